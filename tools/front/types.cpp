#include "front/types.hpp"

#include <string>
#include <vector>

namespace front {

void types(CLI::App& app, md::Types& types) {
  app.add_option_function<std::vector<std::string>>(
         "--types",
         [&types](const std::vector<std::string>& names) {
           for (const std::string& name : names) {
             const auto type = md::type_from(name);
             if (!type) throw CLI::ValidationError("--types", "unknown event type '" + name + "'");
             types.add(*type);
           }
         },
         "Event types to give, such as trade,book_change; default all")
      ->delimiter(',')
      ->type_name("TYPE[,TYPE...]");
}

}  // namespace front

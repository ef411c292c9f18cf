// Options and checks for what a tool reads and writes.
#include <fmt/format.h>
#include <unistd.h>

#include "front/front.hpp"

namespace front {

void inputs(CLI::App& app, std::vector<std::string>& files) {
  files = {"-"};
  app.add_option("file", files, "input, compressed or not; '-' is standard input");
}

void output(CLI::App& app, std::string& path) {
  path = "-";
  app.add_option("-o,--output", path, "write to FILE instead of standard output")
      ->type_name("FILE");
}

md::Result<void> refuse_terminal(const std::string& path, md::codec::Compression compression) {
  if (path != "-" || compression == md::codec::Compression::none || isatty(STDOUT_FILENO) == 0)
    return {};
  return md::Error{md::Errc::usage, "compressed output is not written to a terminal", {}, 0, 0};
}

}  // namespace front

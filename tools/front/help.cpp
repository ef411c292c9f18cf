#include "front/help.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace front {
namespace {

constexpr std::size_t kTextColumn = 28;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// The name of an option's argument; empty for flags. CLI11 puts its checks behind a colon, for
// itself.
std::string argument_name(const CLI::Option& option) {
  if (option.get_expected_min() == 0 && option.get_type_size_max() == 0) return {};
  std::string name = option.get_type_name();
  name = name.substr(0, name.find(':'));
  return name == "INT" || name == "UINT" || name == "FLOAT" ? "N" : name;
}

// "VENUE", "[FILE...]"
std::string positional_usage(const CLI::Option& option) {
  std::string text = upper(option.get_name(true, false));
  if (option.get_expected_max() > 1) text += "...";
  return option.get_required() ? text : "[" + text + "]";
}

std::string usage_line(const CLI::App& app, const std::string& name) {
  std::string text = name + " [OPTION...]";
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_required() && !option->get_positional()) {
      text += fmt::format(" --{} {}", option->get_lnames().at(0), argument_name(*option));
    }
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) text += ' ' + positional_usage(*option);
  }
  return text + '\n';
}

std::string option_line(const CLI::Option& option) {
  std::string text = "      ";
  if (!option.get_snames().empty()) text = fmt::format("  -{}, ", option.get_snames()[0]);
  if (!option.get_lnames().empty()) {
    text += "--" + option.get_lnames()[0];
  } else {
    text.resize(4);
  }
  if (const std::string argument = argument_name(option); !argument.empty()) text += ' ' + argument;
  if (text.size() + 2 > kTextColumn) {
    text += '\n' + std::string(kTextColumn, ' ');
  } else {
    text.resize(kTextColumn, ' ');
  }
  text += option.get_description();
  if (!option.get_default_str().empty())
    text += fmt::format(" (default: {})", option.get_default_str());
  return text + '\n';
}

void append_options(std::string& text, const CLI::App& app, bool common) {
  for (const CLI::Option* option : app.get_options()) {
    const bool is_common = option->get_group() == kCommonGroup;
    if (option->get_positional() || option->get_group().empty() || is_common != common) continue;
    // A subcommand has a --help of its own, which says nothing new.
    if (app.get_parent() != nullptr && option == app.get_help_ptr()) continue;
    text += option_line(*option);
  }
}

void append_subcommands(std::string& text, const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands({})) {
    text += fmt::format("\n{}: {}\n", command->get_name(), command->get_description());
    append_options(text, *command, false);
  }
}

}  // namespace

std::string help_text(const CLI::App& app, const Program& program) {
  const std::vector<CLI::App*> given = app.get_subcommands();
  const std::vector<const CLI::App*> commands =
      given.empty() ? app.get_subcommands({}) : std::vector<const CLI::App*>{given[0]};
  std::string text;
  const auto add_usage = [&](const std::string& line) {
    text += (text.empty() ? "usage: " : "       ") + line;
  };
  if (commands.empty()) add_usage(usage_line(app, program.name));
  for (const CLI::App* command : commands) {
    add_usage(usage_line(*command, fmt::format("{} {}", program.name, command->get_name())));
  }
  text += fmt::format("\n{}\n\nOptions:\n",
                      given.empty() ? program.summary : given[0]->get_description());
  if (!given.empty()) append_options(text, *given[0], false);
  append_options(text, app, false);
  append_options(text, app, true);
  if (given.empty()) append_subcommands(text, app);
  text += fmt::format("\nExample:\n  {}\n\nManual: man {}\n", program.example, program.name);
  return text;
}

}  // namespace front

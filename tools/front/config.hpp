// --config FILE: options from a TOML file, through toml++ into CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <istream>
#include <string>
#include <vector>

namespace front {

// key = value: an option by its long name, or a positional by its name; an array gives several
// values. A [table] is the subcommand of that name. Anything else throws CLI::ConfigError, syntax
// errors with their line and column.
class TomlConfig final : public CLI::Config {
 public:
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  // Asked by CLI11's interface; we never write configuration.
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }
};

}  // namespace front

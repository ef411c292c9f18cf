// --config FILE: options from a TOML file, through toml++ into CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <istream>
#include <string>
#include <utility>
#include <vector>

namespace front {

// key = value: an option by its long name, or a positional by its name; an array gives several
// values. A [table] is the subcommand of that name. Anything else throws CLI::ConfigError, syntax
// errors with their line and column.
//
// Where a program has tables ("venue"), [venue.NAME] is not a subcommand but holds options of NAME
// alone, which replace those above: of these tables only `table` is read, if any.
class TomlConfig final : public CLI::Config {
 public:
  explicit TomlConfig(std::string tables = {}, std::string table = {})
      : tables_(std::move(tables)), table_(std::move(table)) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;
  // Asked by CLI11's interface; we never write configuration.
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  // The NAMEs in the file that was read last.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::string tables_;
  std::string table_;
  mutable std::vector<std::string> names_;  // CLI11 reads through a const
};

}  // namespace front

#include "front/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

namespace front {
namespace {

[[noreturn]] void fail(const toml::node& node, std::string_view what) {
  throw CLI::ConfigError(fmt::format("line {}: {}", node.source().begin.line, what),
                         CLI::ExitCodes::ConfigError);
}

std::string value_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  fail(node, "a value must be a string, a number, true or false, or an array of these");
}

void collect(const toml::table& table, const std::vector<std::string>& parents,
             std::vector<CLI::ConfigItem>& items) {
  for (const auto& [key, node] : table) {
    if (const auto* inner = node.as_table()) {
      std::vector<std::string> deeper = parents;
      deeper.emplace_back(key.str());
      collect(*inner, deeper, items);
      continue;
    }
    CLI::ConfigItem item;
    item.parents = parents;
    item.name = std::string{key.str()};
    if (const auto* array = node.as_array()) {
      for (const auto& element : *array) item.inputs.push_back(value_text(element));
    } else {
      item.inputs.push_back(value_text(node));
    }
    items.push_back(std::move(item));
  }
}

// What a table says replaces what stands above all tables.
void replace(std::vector<CLI::ConfigItem>& items, std::vector<CLI::ConfigItem> with) {
  for (CLI::ConfigItem& item : with) {
    std::erase_if(items, [&](const CLI::ConfigItem& other) {
      return other.parents == item.parents && other.name == item.name;
    });
    items.push_back(std::move(item));
  }
}

}  // namespace

std::vector<CLI::ConfigItem> TomlConfig::from_config(std::istream& input) const {
  names_.clear();
  try {
    toml::table file = toml::parse(input);
    std::vector<CLI::ConfigItem> own;
    if (const auto* tables = tables_.empty() ? nullptr : file[tables_].as_table()) {
      for (const auto& [name, node] : *tables) {
        const auto* table = node.as_table();
        if (table == nullptr) fail(node, fmt::format("expected a table [{}.NAME]", tables_));
        names_.emplace_back(name.str());
        if (names_.back() == table_) collect(*table, {}, own);
      }
      file.erase(tables_);
    }
    std::vector<CLI::ConfigItem> found;
    collect(file, {}, found);
    replace(found, std::move(own));
    return found;
  } catch (const toml::parse_error& error) {
    const auto where = error.source().begin;
    throw CLI::ConfigError(
        fmt::format("line {}, column {}: {}", where.line, where.column, error.description()),
        CLI::ExitCodes::ConfigError);
  }
}

}  // namespace front

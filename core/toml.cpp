#include "core/toml.hpp"

#include <sstream>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"

namespace sourceos::toml {

namespace {

// `levels` bounds the recursion; toml++ itself stops at 256 nested values.
Result<json::Value> convert(const ::toml::node& node, std::size_t levels) {
  if (levels == 0) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("nested deeper than {} levels", limits::k_json_depth_max));
  }
  if (const auto* table = node.as_table()) {
    json::Value out = json::Value::object();
    for (const auto& [key, member] : *table) {
      SOURCEOS_TRY_ASSIGN(out[std::string(key.str())], convert(member, levels - 1));
    }
    return out;
  }
  if (const auto* array = node.as_array()) {
    json::Value out = json::Value::array();
    for (const auto& member : *array) {
      SOURCEOS_TRY_ASSIGN(json::Value item, convert(member, levels - 1));
      out.push_back(std::move(item));
    }
    return out;
  }
  if (const auto* text = node.as_string()) {
    return json::Value(text->get());
  }
  if (const auto* number = node.as_integer()) {
    return json::Value(number->get());
  }
  if (const auto* number = node.as_floating_point()) {
    return json::Value(number->get());
  }
  if (const auto* flag = node.as_boolean()) {
    return json::Value(flag->get());
  }
  std::ostringstream date;
  node.visit([&date](const auto& value) {
    if constexpr (!::toml::is_table<decltype(value)> && !::toml::is_array<decltype(value)>) {
      date << value.get();
    }
  });
  return json::Value(date.str());
}

}  // namespace

Result<json::Value> parse(std::string_view text) {
  if (text.size() > limits::k_config_file_bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("a TOML document of {} bytes, at most {} are read", text.size(),
                            limits::k_config_file_bytes_max));
  }
  try {
    const ::toml::table table = ::toml::parse(text);
    return convert(table, limits::k_json_depth_max);
  } catch (const ::toml::parse_error& error) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("not TOML at line {}, column {}: {}", error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
}

}  // namespace sourceos::toml

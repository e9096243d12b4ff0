#include "collect/collectors/options.hpp"

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::collect {

namespace {

const json::Value* find(const CollectContext& context, std::string_view name) {
  if (!context.options.is_object()) {
    return nullptr;
  }
  const auto found = context.options.find(std::string(name));
  return found == context.options.end() ? nullptr : &*found;
}

}  // namespace

std::string text_option(const CollectContext& context, std::string_view name) {
  const json::Value* value = find(context, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::vector<std::string> list_option(const CollectContext& context, std::string_view name) {
  std::vector<std::string> list;
  const json::Value* value = find(context, name);
  if (value != nullptr && value->is_array()) {
    for (const json::Value& item : *value) {
      if (item.is_string()) {
        list.push_back(item.get<std::string>());
      }
    }
  }
  return list;
}

std::uint64_t number_option(const CollectContext& context, std::string_view name,
                            std::uint64_t otherwise) {
  const json::Value* value = find(context, name);
  const bool is_count = value != nullptr && value->is_number_integer() &&
                        (value->is_number_unsigned() || value->get<std::int64_t>() >= 0);
  return is_count ? value->get<std::uint64_t>() : otherwise;
}

bool flag_option(const CollectContext& context, std::string_view name, bool otherwise) {
  const json::Value* value = find(context, name);
  return value != nullptr && value->is_boolean() ? value->get<bool>() : otherwise;
}

std::filesystem::path option_path(const CollectContext& context, std::string_view path) {
  std::filesystem::path result(path);
  if (path == "~" || path.starts_with("~/")) {
    result = context.host.environment.home / path.substr(path.size() > 1 ? 2 : 1);
  }
  if (result.is_relative()) {
    result = context.directory / result;
  }
  result = result.lexically_normal();
  return result.has_filename() || !result.has_relative_path() ? result : result.parent_path();
}

std::string json_text(std::string_view bytes) {
  const bool plain = text::is_utf8(bytes) && bytes.find('\0') == std::string_view::npos;
  return plain ? std::string(bytes) : text::for_display_line(bytes);
}

}  // namespace sourceos::collect

#include "runtime/agent/declaration_fields.hpp"

#include <utility>

#include <fmt/format.h>

#include "core/json/json.hpp"

namespace sourceos::runtime {

std::unexpected<Error> invalid_declaration(std::string message) {
  return fail(ErrorKind::malformed, "invalid-declaration", std::move(message));
}

DeclarationFields::DeclarationFields(const json::Value& object, std::string prefix)
    : prefix_(std::move(prefix)) {
  if (object.is_object()) {
    object_ = &object;
  } else {
    complain("", "an object");
  }
}

void DeclarationFields::text(const char* name, std::string& out) {
  if (const json::Value* value = take(name)) {
    if (value->is_string()) {
      out = value->get<std::string>();
      check_text(name, out);
    } else {
      complain(name, "a string");
    }
  }
}

void DeclarationFields::text_or_null(const char* name, std::optional<std::string>& out) {
  const json::Value* value = take(name);
  if (value == nullptr) {
    return;
  }
  if (value->is_null()) {
    out.reset();
  } else if (value->is_string()) {
    out = value->get<std::string>();
    check_text(name, *out);
  } else {
    complain(name, "a string or null");
  }
}

void DeclarationFields::flag(const char* name, bool& out) {
  if (const json::Value* value = take(name)) {
    if (value->is_boolean()) {
      out = value->get<bool>();
    } else {
      complain(name, "true or false");
    }
  }
}

void DeclarationFields::number(const char* name, std::uint64_t& out, std::uint64_t least, std::uint64_t most) {
  if (const json::Value* value = take(name)) {
    if (value->is_number_unsigned() && value->get<std::uint64_t>() >= least &&
        value->get<std::uint64_t>() <= most) {
      out = value->get<std::uint64_t>();
    } else {
      complain(name, fmt::format("a whole number from {} to {}", least, most));
    }
  }
}

void DeclarationFields::words(const char* name, std::vector<std::string>& out) {
  const json::Value* value = take(name);
  if (value == nullptr || value->is_null()) {
    return;
  }
  out.clear();
  bool fits = value->is_array() && !value->empty();
  for (const json::Value& word : fits ? *value : json::Value::array()) {
    fits = fits && word.is_string();
    if (fits) {
      out.push_back(word.get<std::string>());
      check_text(name, out.back());
    }
  }
  if (!fits || out.front().empty()) {
    complain(name, "null or a list of strings with at least one");
  }
}

const json::Value* DeclarationFields::take(const char* name) {
  known_.insert(name);
  if (object_ == nullptr || !object_->contains(name)) {
    return nullptr;
  }
  return &object_->at(name);
}

std::string DeclarationFields::path_of(std::string_view name) const {
  return prefix_.empty() ? std::string(name) : fmt::format("{}.{}", prefix_, name);
}

Status DeclarationFields::finish() {
  if (object_ != nullptr && fault_.empty()) {
    for (const auto& [name, value] : object_->items()) {
      if (!known_.contains(name)) {
        return invalid_declaration(fmt::format("unknown field '{}'", path_of(name)));
      }
    }
  }
  return fault_.empty() ? Status{} : invalid_declaration(fault_);
}

void DeclarationFields::complain(std::string_view name, std::string_view expected) {
  if (fault_.empty()) {
    fault_ = fmt::format("expected '{}' to be {}", name.empty() ? prefix_ : path_of(name), expected);
  }
}

// Values end up in service definitions: one line each, no control characters.
void DeclarationFields::check_text(std::string_view name, const std::string& value) {
  const bool odd = std::ranges::any_of(
      value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (odd) {
    complain(name, "text without control characters");
  }
}

}  // namespace sourceos::runtime

// Pipeline::json(): every string and key of a value through the engine, then canonical bytes.
#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/pipeline_impl.hpp"
#include "redact/placeholder.hpp"

namespace sourceos::redact {

namespace {

// What canonical JSON takes: valid UTF-8 without NUL.
std::string as_json_text(const std::string& bytes) {
  if (bytes.find('\0') == std::string::npos && text::is_utf8(bytes)) {
    return bytes;
  }
  return text::for_display(bytes);
}

class Walk {
 public:
  explicit Walk(const Pipeline& pipeline) : pipeline_(&pipeline) {}

  [[nodiscard]] json::Value redact(const json::Value& value, std::string_view name,
                                   std::size_t depth) const {
    if ((value.is_object() || value.is_array()) && depth >= limits::k_json_depth_max) {
      return text(value.dump(-1, ' ', false, json::Value::error_handler_t::replace));
    }
    if (value.is_object()) {
      return object(value, depth);
    }
    if (value.is_array()) {
      json::Value out = json::Value::array();
      for (const json::Value& item : value) {
        out.push_back(redact(item, name, depth + 1));
      }
      return out;
    }
    if (value.is_string()) {
      return string(value.get_ref<const std::string&>(), name);
    }
    return number(value);
  }

 private:
  [[nodiscard]] json::Value object(const json::Value& value, std::size_t depth) const {
    // {name, value} pairs: the name of the one is the key of the other.
    std::string_view pair_name;
    if (const auto named = value.find("name"); named != value.end() && named->is_string()) {
      pair_name = named->get_ref<const std::string&>();
    }
    json::Value out = json::Value::object();
    for (const auto& [key, item] : value.items()) {
      out[text(key)] = redact(item, key == "value" && !pair_name.empty() ? pair_name : key,
                              depth + 1);
    }
    return out;
  }

  [[nodiscard]] json::Value string(const std::string& value, std::string_view name) const {
    if (!name.empty() && is_secret_value(name, value)) {
      return pipeline_->masked(value, class_of_name(name)).str();
    }
    return text(value);
  }

  [[nodiscard]] static json::Value number(const json::Value& value) {
    const bool integer = value.is_number_unsigned() &&
                         value.get<std::uint64_t>() <= limits::k_json_integer_max;
    const bool small_signed = value.is_number_integer() && !value.is_number_unsigned() &&
                              value.get<std::int64_t>() >= 0;
    if (value.is_number() && !integer && !small_signed) {
      return value.dump();
    }
    return value;
  }

  [[nodiscard]] std::string text(const std::string& bytes) const {
    return as_json_text(pipeline_->text(bytes).str());
  }

  const Pipeline* pipeline_;
};

}  // namespace

bundle::RedactedText Pipeline::masked(std::string_view value, std::string_view klass) const {
  Span span{.klass = klass.empty() ? std::string_view("secret") : klass,
            .label = impl_->rules->label(Own::structured)};
  if (!impl_->setup.name_span(span, value, false)) {
    return bundle::RedactedText(std::string(value));
  }
  std::string out;
  append_placeholder(out, span);
  return bundle::RedactedText(std::move(out));
}

bundle::RedactedJson Pipeline::json(const json::Value& value) const {
  auto canonical = json::write_canonical(Walk(*this).redact(value, "", 0));
  return bundle::RedactedJson(canonical ? std::move(*canonical) : std::string("null"));
}

}  // namespace sourceos::redact

// Reading is a SAX pass that enforces the bounds before a value grows; writing checks the subset.
#include "core/json/json.hpp"

#include <unordered_set>

#include <fmt/format.h>

#include "core/json/canonical.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"

namespace sourceos::json {

namespace {

std::unexpected<Error> malformed(std::string what) {
  return fail(ErrorKind::malformed, "malformed", std::move(what));
}

// Builds the value with nlohmann's own builder and says no to what we do not take.
class BoundedSax : public nlohmann::detail::json_sax_dom_parser<Value> {
  using Base = nlohmann::detail::json_sax_dom_parser<Value>;

 public:
  BoundedSax(Value& into, const Bounds& bounds)
      : Base(into, false), depth_max_(bounds.depth_max), string_bytes_max_(bounds.string_bytes_max) {}

  std::string problem;
  bool is_limit = false;

  // NOLINTBEGIN(readability-identifier-naming): nlohmann's names
  bool string(std::string& text) {
    if (text.size() > string_bytes_max_) {
      return stop_at_long_string();
    }
    return text.find('\0') == std::string::npos ? Base::string(text) : stop("a string holds U+0000");
  }
  bool start_object(std::size_t size) {
    keys_.emplace_back();
    return keys_.size() > depth_max_ ? stop_at_limit() : Base::start_object(size);
  }
  bool end_object() {
    keys_.pop_back();
    return Base::end_object();
  }
  bool start_array(std::size_t size) {
    keys_.emplace_back();
    return keys_.size() > depth_max_ ? stop_at_limit() : Base::start_array(size);
  }
  bool end_array() {
    keys_.pop_back();
    return Base::end_array();
  }
  bool key(std::string& name) {
    if (name.size() > string_bytes_max_) {
      return stop_at_long_string();
    }
    if (!keys_.back().insert(name).second) {
      return stop("the same key stands twice in an object");
    }
    return name.find('\0') == std::string::npos ? Base::key(name) : stop("a key holds U+0000");
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    return stop(fmt::format("not JSON at byte {}", position));
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  bool stop(std::string why) {
    problem = std::move(why);
    return false;
  }
  bool stop_at_limit() {
    is_limit = true;
    return stop(fmt::format("nested deeper than {} levels", depth_max_));
  }

  bool stop_at_long_string() {
    is_limit = true;
    return stop(fmt::format("a string of more than {} bytes", string_bytes_max_));
  }

  std::size_t depth_max_;
  std::size_t string_bytes_max_;
  std::vector<std::unordered_set<std::string>> keys_;
};

Status append_value(std::string& out, const Value& value, std::size_t depth) {
  if (depth > limits::k_json_depth_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("nested deeper than {} levels", limits::k_json_depth_max));
  }
  switch (value.type()) {
    case Value::value_t::null: out += "null"; return {};
    case Value::value_t::boolean: out += value.get<bool>() ? "true" : "false"; return {};
    case Value::value_t::number_integer:
      if (value.get<std::int64_t>() < 0) {
        return malformed("a negative number is outside canonical JSON");
      }
      [[fallthrough]];
    case Value::value_t::number_unsigned: {
      const auto number = value.get<std::uint64_t>();
      if (number > limits::k_json_integer_max) {
        return malformed("a number above 2^53-1 is outside canonical JSON");
      }
      out += fmt::format_int(number).str();
      return {};
    }
    case Value::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      if (!text::is_utf8(text) || text.find('\0') != std::string::npos) {
        return malformed("a string is not valid UTF-8 or holds U+0000");
      }
      append_string(out, text);
      return {};
    }
    case Value::value_t::array: {
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i != 0) {
          out += ',';
        }
        SOURCEOS_TRY(append_value(out, value[i], depth + 1));
      }
      out += ']';
      return {};
    }
    case Value::value_t::object: {
      out += '{';
      bool first = true;
      for (const auto& [name, member] : value.items()) {
        if (!first) {
          out += ',';
        }
        first = false;
        if (!text::is_utf8(name)) {
          return malformed("a key is not valid UTF-8");
        }
        append_string(out, name);
        out += ':';
        SOURCEOS_TRY(append_value(out, member, depth + 1));
      }
      out += '}';
      return {};
    }
    default: return malformed("only integers, strings, booleans and null are canonical");
  }
}

}  // namespace

Result<Value> parse(std::string_view text, Bounds bounds) {
  if (text.size() > bounds.bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("a JSON document of {} bytes, at most {} are read", text.size(),
                            bounds.bytes_max));
  }
  // The parser skips the one and takes the other for the end, whatever comes after it.
  if (text.starts_with("\xEF\xBB\xBF")) {
    return malformed("not JSON: it begins with a byte order mark");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return malformed(fmt::format("not JSON at byte {}: it is NUL", nul + 1));
  }
  Value root;
  BoundedSax sax(root, bounds);
  if (!Value::sax_parse(text.begin(), text.end(), &sax)) {
    return fail(sax.is_limit ? ErrorKind::limit : ErrorKind::malformed,
                sax.is_limit ? "limit" : "malformed",
                sax.problem.empty() ? "not JSON" : sax.problem);
  }
  return root;
}

Result<std::string> write_canonical(const Value& value) {
  std::string out;
  SOURCEOS_TRY(append_value(out, value, value.is_structured() ? 1 : 0));
  return out;
}

Result<Value> parse_canonical(std::string_view text, Bounds bounds) {
  SOURCEOS_TRY_ASSIGN(Value value, parse(text, bounds));
  SOURCEOS_TRY_ASSIGN(const std::string written, write_canonical(value));
  if (written != text) {
    return malformed("not written canonically (sorted keys, no white space, plain integers)");
  }
  return value;
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view k_hex = "0123456789abcdef";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') {
      continue;
    }
    out += text.substr(from, i - from);
    from = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        out += "\\u00";
        out += k_hex[byte >> 4];
        out += k_hex[byte & 15];
    }
  }
  out += text.substr(from);
  out += '"';
}

}  // namespace sourceos::json

#include "bundle/record_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/time.hpp"

namespace sourceos::bundle::shape {

std::unexpected<Error> differs(const std::string& place, std::string_view expected) {
  return fail(ErrorKind::malformed, "schema",
              fmt::format("{}: expected {}", place.empty() ? "record" : place, expected));
}

// --- single values
Status text(const Value& value, const std::string& place) {
  return value.is_string() ? Status{} : Status(differs(place, "a string"));
}
Status sentence(const Value& value, const std::string& place) {
  SOURCEOS_TRY(text(value, place));
  constexpr std::string_view k_blanks = " \t\r\n";
  return value.get_ref<const std::string&>().find_first_not_of(k_blanks) != std::string::npos
             ? Status{}
             : Status(differs(place, "a sentence"));
}
Status boolean(const Value& value, const std::string& place) {
  return value.is_boolean() ? Status{} : Status(differs(place, "true or false"));
}
Status always_true(const Value& value, const std::string& place) {
  return value.is_boolean() && value.get<bool>() ? Status{} : Status(differs(place, "true"));
}
Status integer(const Value& value, const std::string& place) {
  return value.is_number_unsigned() && value.get<std::uint64_t>() <= limits::k_json_integer_max
             ? Status{}
             : Status(differs(place, "an integer from 0 to 2^53-1"));
}
Status object(const Value& value, const std::string& place) {
  return value.is_object() ? Status{} : Status(differs(place, "an object"));
}
Status anything(const Value&, const std::string&) { return {}; }

Status hex(const Value& value, const std::string& place) {
  return value.is_string() && is_lower_hex(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "lower-case hex digits"));
}
Status hex32(const Value& value, const std::string& place) {
  SOURCEOS_TRY(hex(value, place));
  return value.get_ref<const std::string&>().size() == 32
             ? Status{}
             : Status(differs(place, "32 lower-case hex digits"));
}
// 16 to 64 bytes.
Status nonce(const Value& value, const std::string& place) {
  SOURCEOS_TRY(hex(value, place));
  const std::size_t digits = value.get_ref<const std::string&>().size();
  return digits % 2 == 0 && digits >= 32 && digits <= 128
             ? Status{}
             : Status(differs(place, "32 to 128 hex digits"));
}
Status digest(const Value& value, const std::string& place) {
  return value.is_string() && Digest::parse(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "sha256:<64 hex digits>"));
}
Status time(const Value& value, const std::string& place) {
  return value.is_string() && parse_time(value.get_ref<const std::string&>())
             ? Status{}
             : Status(differs(place, "a time like 2026-01-31T23:59:59Z"));
}

Status one_of(const Value& value, const std::string& place,
              std::initializer_list<std::string_view> words) {
  SOURCEOS_TRY(text(value, place));
  const auto& word = value.get_ref<const std::string&>();
  return std::find(words.begin(), words.end(), word) != words.end()
             ? Status{}
             : Status(differs(place, fmt::format("one of {}", fmt::join(words, ", "))));
}

// --- what is made of them
Status nullable_of(Check check, const Value& value, const std::string& place) {
  return value.is_null() ? Status{} : check(value, place);
}

Status list_of(Check check, const Value& value, const std::string& place) {
  if (!value.is_array()) {
    return differs(place, "an array");
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    SOURCEOS_TRY(check(value[i], fmt::format("{}/{}", place, i)));
  }
  return {};
}

Status some_of(Check check, const Value& value, const std::string& place) {
  SOURCEOS_TRY(list_of(check, value, place));
  return value.empty() ? Status(differs(place, "at least one item")) : Status{};
}

Status fields(const Value& value, const std::string& place, std::span<const Field> table) {
  SOURCEOS_TRY(object(value, place));
  std::size_t found = 0;
  for (const Field& field : table) {
    const auto member = value.find(field.key);
    const std::string inner = fmt::format("{}/{}", place, field.key);
    if (member == value.end()) {
      if (field.presence == Presence::always) {
        return differs(inner, "a value");
      }
      continue;
    }
    ++found;
    SOURCEOS_TRY(field.check(*member, inner));
  }
  if (found != value.size()) {
    return fail(
        ErrorKind::malformed, "malformed",
        fmt::format("{}: a key that does not belong there", place.empty() ? "record" : place));
  }
  return {};
}

}  // namespace sourceos::bundle::shape

// Property lists, XML and binary, as a bounded tree. The one door to libplist.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace sourceos::host {

enum class PlistKind { string, integer, real, boolean, date, data, array, dictionary, other };

struct PlistMember;

struct PlistValue {
  PlistKind kind = PlistKind::other;
  std::string text;          // string; data as raw bytes
  std::uint64_t number = 0;  // integer (negative ones in two's complement); boolean as 0 or 1
  std::vector<PlistValue> items;
  std::vector<PlistMember> members;

  // The member of a dictionary, or nullptr.
  [[nodiscard]] const PlistValue* find(std::string_view name) const;
  [[nodiscard]] bool is_true() const { return kind == PlistKind::boolean && number != 0; }
};

struct PlistMember {
  std::string name;
  PlistValue value;
};

// `malformed` when it is none; `limit` past 1 MiB, 64 levels or 100,000 values.
[[nodiscard]] Result<PlistValue> parse_plist(std::string_view bytes);
// A binary one as XML, so that it can be read and redacted as text.
[[nodiscard]] Result<std::string> plist_as_xml(std::string_view bytes);
[[nodiscard]] bool is_binary_plist(std::string_view bytes);

}  // namespace sourceos::host

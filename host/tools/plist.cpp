// libplist recurses once a level and copies a shared object each time it is referred to, so depth
// and number of values are checked before it sees the bytes: in XML by counting tags, in the
// binary form by walking the object table. It also ends the process on a key that holds a NUL, so no
// text may hold one. Binary form: "bplist00", objects, a table of offsets,
// and a trailer of 32 bytes: 6 unused, size of an offset, size of a reference, then as 64-bit
// big-endian numbers: how many objects, which is the root, where the table begins.
#include "host/tools/plist.hpp"

#include "core/limits.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <plist/plist.h>

namespace sourceos::host {

namespace {

constexpr std::size_t k_depth_max = 64;
constexpr std::size_t k_values_max = 100'000;
constexpr std::size_t k_trailer_bytes = 32;
constexpr std::string_view k_magic = "bplist00";

std::unexpected<Error> malformed() {
  return fail(ErrorKind::malformed, "plist", "expected a property list");
}
std::unexpected<Error> over(std::string_view what) {
  return fail(ErrorKind::limit, "limit", fmt::format("property list has more than {}", what));
}

// A NUL, as it is or as &#0;, &#x00; and so on.
bool holds_nul(std::string_view xml) {
  for (std::size_t at = xml.find("&#"); at != std::string_view::npos; at = xml.find("&#", at + 2)) {
    const std::size_t digits = at + 2 < xml.size() && (xml[at + 2] | 0x20) == 'x' ? at + 3 : at + 2;
    const std::size_t end = xml.find_first_not_of('0', digits);
    if (end != digits && (end == std::string_view::npos || xml[end] == ';')) {
      return true;
    }
  }
  return xml.find('\0') != std::string_view::npos;
}

Status check_xml(std::string_view text) {
  if (holds_nul(text)) {
    return malformed();
  }
  std::size_t depth = 0;
  std::size_t values = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::string_view tag = text.substr(at + 1, 6);
    ++values;
    if (tag.starts_with("dict") || tag.starts_with("array")) {
      ++depth;
    } else if (tag.starts_with("/dict") || tag.starts_with("/array")) {
      depth -= depth > 0 ? 1U : 0U;
    }
    if (depth > k_depth_max) {
      return over("64 levels");
    }
    if (values > 4 * k_values_max) {
      return over("100,000 values");
    }
  }
  return {};
}

class BinaryCheck {
 public:
  explicit BinaryCheck(std::string_view bytes) : bytes_(bytes) {}

  Status run() {
    if (bytes_.size() < k_magic.size() + k_trailer_bytes) {
      return malformed();
    }
    const std::size_t trailer = bytes_.size() - k_trailer_bytes;
    offset_size_ = static_cast<unsigned char>(bytes_[trailer + 6]);
    reference_size_ = static_cast<unsigned char>(bytes_[trailer + 7]);
    const auto objects = number(trailer + 8, 8);
    const auto root = number(trailer + 16, 8);
    const auto table = number(trailer + 24, 8);
    if (!objects || !root || !table || offset_size_ == 0 || offset_size_ > 8 ||
        reference_size_ == 0 || reference_size_ > 8 || *objects > k_values_max ||
        *table > trailer || *objects * offset_size_ > trailer - *table) {
      return malformed();
    }
    objects_ = *objects;
    table_ = *table;
    return walk(*root);
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> number(std::uint64_t at, std::size_t size) const {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      return std::nullopt;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
    }
    return value;
  }

  // The upper half of an object's first byte. Sets (two kinds) lie between the last two.
  static constexpr std::uint64_t k_ascii = 0x5;
  static constexpr std::uint64_t k_utf16 = 0x6;
  static constexpr std::uint64_t k_array = 0xA;
  static constexpr std::uint64_t k_dictionary = 0xD;

  struct Pending {
    std::uint64_t object;
    std::size_t depth;
  };

  Status walk(std::uint64_t root) {
    std::vector<Pending> pending = {{root, 1}};
    std::size_t values = 0;
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      if (next.depth > k_depth_max) {
        return over("64 levels");
      }
      if (++values + pending.size() > k_values_max) {
        return over("100,000 values");
      }
      SOURCEOS_TRY(add_members(next, pending));
    }
    return {};
  }

  // `count` characters of that many bytes, none of them a NUL.
  [[nodiscard]] Status check_text(std::uint64_t at, std::uint64_t count, std::size_t size) const {
    if (count > bytes_.size()) {
      return malformed();
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto character = number(at + i * size, size);
      if (!character || *character == 0) {
        return malformed();
      }
    }
    return {};
  }

  // References of an array, a set or a dictionary (keys, then values).
  Status add_members(const Pending& of, std::vector<Pending>& pending) const {
    if (of.object >= objects_) {
      return malformed();
    }
    const auto offset = number(table_ + of.object * offset_size_, offset_size_);
    const auto marker = offset ? number(*offset, 1) : std::nullopt;
    if (!marker) {
      return malformed();
    }
    const std::uint64_t type = *marker >> 4U;
    const bool is_text = type == k_ascii || type == k_utf16;
    if (!is_text && (type < k_array || type > k_dictionary)) {
      return {};
    }
    std::uint64_t at = *offset + 1;
    std::uint64_t count = *marker & 0xFU;
    if (count == 0xF) {  // the count follows as an integer object
      const auto integer = number(at, 1);
      const std::size_t size = integer ? std::size_t{1} << (*integer & 0x3U) : 0;
      const auto value = integer ? number(at + 1, size) : std::nullopt;
      if (!value) {
        return malformed();
      }
      count = *value;
      at += 1 + size;
    }
    if (is_text) {
      return check_text(at, count, type == k_ascii ? 1 : 2);
    }
    if (count > k_values_max) {
      return malformed();
    }
    count *= type == k_dictionary ? 2U : 1U;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto reference = number(at + i * reference_size_, reference_size_);
      if (!reference) {
        return malformed();
      }
      if (pending.size() > k_values_max) {
        return over("100,000 values");
      }
      pending.push_back({*reference, of.depth + 1});
    }
    return {};
  }

  std::string_view bytes_;
  std::size_t offset_size_ = 0;
  std::size_t reference_size_ = 0;
  std::uint64_t objects_ = 0;
  std::uint64_t table_ = 0;
};

struct NodeDeleter {
  void operator()(void* node) const { plist_free(node); }
};
using Node = std::unique_ptr<void, NodeDeleter>;

Result<Node> parse_node(std::string_view bytes) {
  if (bytes.size() > limits::k_config_file_bytes_max) {
    return over("1 MiB");
  }
  const auto size = static_cast<std::uint32_t>(bytes.size());
  plist_t node = nullptr;
  if (is_binary_plist(bytes)) {
    SOURCEOS_TRY(BinaryCheck(bytes).run());
    plist_from_bin(bytes.data(), size, &node);
  } else {
    SOURCEOS_TRY(check_xml(bytes));
    const std::string terminated(bytes);
    plist_from_xml(terminated.c_str(), size, &node);
  }
  if (node == nullptr) {
    return malformed();
  }
  return Node(node);
}

void read_dictionary(plist_t node, PlistValue& value);
PlistValue read_value(plist_t node);

// NOLINTNEXTLINE(misc-no-recursion): at most k_depth_max levels, checked before
void read_array(plist_t node, PlistValue& value) {
  for (std::uint32_t i = 0; i < plist_array_get_size(node); ++i) {
    value.items.push_back(read_value(plist_array_get_item(node, i)));
  }
}

// NOLINTNEXTLINE(misc-no-recursion): at most k_depth_max levels, checked before
void read_dictionary(plist_t node, PlistValue& value) {
  plist_dict_iter raw = nullptr;
  plist_dict_new_iter(node, &raw);
  const std::unique_ptr<void, decltype(&std::free)> iterator(raw, &std::free);
  while (true) {
    char* raw_key = nullptr;
    plist_t member = nullptr;
    plist_dict_next_item(node, raw, &raw_key, &member);
    const std::unique_ptr<char, decltype(&std::free)> key(raw_key, &std::free);
    if (member == nullptr || !key) {
      return;
    }
    value.members.push_back({key.get(), read_value(member)});
  }
}

// NOLINTNEXTLINE(misc-no-recursion): at most k_depth_max levels, checked before
PlistValue read_value(plist_t node) {
  PlistValue value;
  std::uint64_t size = 0;
  std::uint8_t flag = 0;
  switch (plist_get_node_type(node)) {
    case PLIST_STRING:
      value.kind = PlistKind::string;
      if (const char* text = plist_get_string_ptr(node, &size)) {
        value.text.assign(text, size);
      }
      break;
    case PLIST_DATA:
      value.kind = PlistKind::data;
      if (const char* data = plist_get_data_ptr(node, &size)) {
        value.text.assign(data, size);
      }
      break;
    case PLIST_BOOLEAN:
      value.kind = PlistKind::boolean;
      plist_get_bool_val(node, &flag);
      value.number = flag;
      break;
    case PLIST_UINT:
      value.kind = PlistKind::integer;
      plist_get_uint_val(node, &value.number);
      break;
    case PLIST_REAL: value.kind = PlistKind::real; break;
    case PLIST_DATE: value.kind = PlistKind::date; break;
    case PLIST_ARRAY:
      value.kind = PlistKind::array;
      read_array(node, value);
      break;
    case PLIST_DICT:
      value.kind = PlistKind::dictionary;
      read_dictionary(node, value);
      break;
    default: break;
  }
  return value;
}

}  // namespace

const PlistValue* PlistValue::find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

bool is_binary_plist(std::string_view bytes) { return bytes.starts_with(k_magic); }

Result<PlistValue> parse_plist(std::string_view bytes) {
  SOURCEOS_TRY_ASSIGN(const Node node, parse_node(bytes));
  return read_value(node.get());
}

Result<std::string> plist_as_xml(std::string_view bytes) {
  SOURCEOS_TRY_ASSIGN(const Node node, parse_node(bytes));
  char* xml = nullptr;
  std::uint32_t size = 0;
  plist_to_xml(node.get(), &xml, &size);
  if (xml == nullptr) {
    return malformed();
  }
  std::string text(xml, size);
  plist_to_xml_free(xml);
  return text;
}

}  // namespace sourceos::host

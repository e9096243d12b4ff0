// The reader takes the one form of a line that index_line.cpp shows, from left to right, which is
// what "parse, write canonically, compare" would come to; a fuzzer holds the two against each
// other.
#include "bundle/index_line.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "bundle/json_text.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

// Values of lower-case hex digits; -1 for all other bytes.
constexpr std::array<std::int8_t, 256> make_hex_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < 16; ++i) {
    values[static_cast<unsigned char>("0123456789abcdef"[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr std::array<std::int8_t, 256> k_hex_values = make_hex_values();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a line from left to right; after a difference nothing is taken any more.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text), rest_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }
  [[nodiscard]] std::size_t position() const { return text_.size() - rest_.size(); }

  // Takes `literal` when it comes next.
  [[gnu::always_inline]] bool try_take(std::string_view literal) {
    if (!ok_ || !rest_.starts_with(literal)) {
      return false;
    }
    rest_.remove_prefix(literal.size());
    return true;
  }
  [[gnu::always_inline]] void take(std::string_view literal) { ok_ = try_take(literal) && ok_; }

  void number(std::uint64_t& value) {
    constexpr std::size_t k_digits_max = 16;  // of 2^53-1
    value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && digits <= k_digits_max && is_digit(rest_[digits])) {
      value = value * 10 + static_cast<std::uint64_t>(rest_[digits++] - '0');
    }
    ok_ = ok_ && digits != 0 && value <= limits::k_json_integer_max &&
          (rest_[0] != '0' || digits == 1);
    rest_.remove_prefix(digits);
  }

  void boolean(bool& value) {
    value = try_take("true");
    if (!value) {
      take("false");
    }
  }

  void string(std::string& value) {
    take("\"");
    const std::size_t plain = plain_ascii_prefix(rest_);
    if (!ok_ || plain == rest_.size()) {
      ok_ = false;
      return;
    }
    value.assign(rest_.substr(0, plain));
    rest_.remove_prefix(plain);
    if (!try_take("\"")) {
      escaped_string(value);
      ok_ = ok_ && text::is_utf8(value);
    }
  }

  void time(std::string& value) {
    string(value);
    ok_ = ok_ && parse_time(value).has_value();
  }

  // 64 lower-case hex digits between quotes, also as the bytes they stand for.
  std::string_view hex64(Digest& digest) {
    take("\"");
    const std::string_view text = rest_.substr(0, 2 * Digest::k_size);
    std::array<std::uint8_t, Digest::k_size> bytes{};
    int all = text.size() == 2 * Digest::k_size ? 0 : -1;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
      const int high = k_hex_values[static_cast<unsigned char>(text[i])];
      const int low = k_hex_values[static_cast<unsigned char>(text[i + 1])];
      all |= high | low;
      bytes[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
    }
    ok_ = ok_ && all >= 0;
    digest = Digest(bytes);
    rest_.remove_prefix(text.size());
    take("\"");
    return text;
  }

  void fail() { ok_ = false; }

 private:
  // Goes on where the plain part of a string ended.
  void escaped_string(std::string& value) {
    while (ok_) {
      if (rest_.empty() || static_cast<unsigned char>(rest_[0]) < 0x20) {
        ok_ = false;
      } else if (rest_[0] == '"') {
        rest_.remove_prefix(1);
        return;
      } else if (rest_[0] == '\\') {
        escape(value);
      } else {
        value += rest_[0];
        rest_.remove_prefix(1);
      }
    }
  }

  // The one escape that canonical JSON has for a character.
  void escape(std::string& value) {
    constexpr std::string_view k_letters = "\"\\bfnrt";
    constexpr std::string_view k_meanings = "\"\\\b\f\n\r\t";
    constexpr std::string_view k_hex = "0123456789abcdef";
    const std::size_t letter = rest_.size() < 2 ? std::string_view::npos : k_letters.find(rest_[1]);
    if (letter != std::string_view::npos) {
      value += k_meanings[letter];
      rest_.remove_prefix(2);
      return;
    }
    const bool is_unicode = rest_.size() >= 6 && rest_.starts_with("\\u00");
    const std::size_t high = is_unicode ? k_hex.find(rest_[4]) : 16;
    const std::size_t low = is_unicode ? k_hex.find(rest_[5]) : 16;
    const auto character = static_cast<char>(high * 16 + low);
    if (high > 1 || low > 15 || character == '\0' ||
        k_meanings.find(character) != std::string_view::npos) {
      ok_ = false;
      return;
    }
    value += character;
    rest_.remove_prefix(6);
  }

  std::string_view text_;
  std::string_view rest_;
  bool ok_ = true;
};

// The items of an array whose "[" was taken: reuses what is in `items`.
template <class Items, class TakeItem>
void take_items(LineReader& reader, Items& items, TakeItem take_item) {
  std::size_t count = 0;
  if (!reader.try_take("]")) {
    do {
      if (count == items.size()) {
        items.emplace_back();
      }
      take_item(items[count++]);
    } while (reader.ok() && reader.try_take(","));
    reader.take("]");
  }
  items.resize(count);
}

void take_redaction(LineReader& reader, IndexLine::Redaction& redaction) {
  reader.take(R"({"bytesScanned":)");
  reader.number(redaction.bytes_scanned);
  reader.take(R"(,"commitment":)");
  if (reader.try_take("null")) {
    redaction.commitment.reset();
  } else {
    Digest commitment;
    const std::string_view hex = reader.hex64(commitment);
    (redaction.commitment ? *redaction.commitment : redaction.commitment.emplace()).assign(hex);
  }
  reader.take(R"(,"complete":)");
  reader.boolean(redaction.complete);
  reader.take(R"(,"foreign":)");
  reader.number(redaction.foreign);
  reader.take(R"(,"known":)");
  reader.number(redaction.known);
  reader.take(R"(,"limits":[)");
  take_items(reader, redaction.limits, [&](std::string& name) { reader.string(name); });
  reader.take(R"(,"rules":[)");
  take_items(reader, redaction.rules, [&](NamedCount& rule) {
    reader.take(R"({"name":)");
    reader.string(rule.name);
    reader.take(R"(,"value":)");
    reader.number(rule.value);
    reader.take("}");
  });
  const bool is_sorted =
      std::is_sorted(redaction.rules.begin(), redaction.rules.end(),
                     [](const NamedCount& a, const NamedCount& b) { return a.name <= b.name; });
  if (redaction.rules.size() > 1 && !is_sorted) {
    reader.fail();
  }
  reader.take("}");
}

void take_source(LineReader& reader, IndexLine::Source& source) {
  reader.take(R"({"changed":)");
  reader.boolean(source.changed);
  reader.take(R"(,"gid":)");
  reader.number(source.gid);
  reader.take(R"(,"kept":[)");
  take_items(reader, source.kept, [&](std::pair<std::uint64_t, std::uint64_t>& range) {
    reader.take("[");
    reader.number(range.first);
    reader.take(",");
    reader.number(range.second);
    reader.take("]");
  });
  reader.take(R"(,"mode":)");
  reader.number(source.mode);
  reader.take(R"(,"mtime":)");
  reader.time(source.mtime);
  reader.take(R"(,"pathRef":)");
  reader.string(source.path_ref);
  reader.take(R"(,"read":)");
  reader.number(source.read);
  reader.take(R"(,"size":)");
  reader.number(source.size);
  reader.take(R"(,"uid":)");
  reader.number(source.uid);
  reader.take("}");
}

void take_where(LineReader& reader, std::vector<Where>& where) {
  reader.take("[");
  take_items(reader, where, [&](Where& place) {
    reader.take(R"({"frame":)");
    reader.number(place.frame);
    reader.take(R"(,"layer":)");
    reader.number(place.layer);
    reader.take(R"(,"offset":)");
    reader.number(place.offset);
    reader.take(R"(,"size":)");
    reader.number(place.size);
    reader.take("}");
  });
  if (where.empty()) {
    reader.fail();
  }
}

Status check_length(std::string_view text) {
  if (text.size() >= limits::k_index_line_bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("an index line of {} bytes, at most {} are allowed", text.size() + 1,
                            limits::k_index_line_bytes_max));
  }
  return {};
}

std::unexpected<Error> not_a_line(const LineReader& reader) {
  return fail(ErrorKind::malformed, "malformed",
              fmt::format("not a canonical index line from byte {} on", reader.position()));
}

}  // namespace

Status parse_index_line(std::string_view text, IndexLine& line) {
  SOURCEOS_TRY(check_length(text));
  LineReader reader(text);
  reader.take(R"({"at":)");
  reader.time(line.at);
  reader.take(R"(,"collector":)");
  reader.string(line.collector);
  reader.take(R"(,"kind":)");
  reader.string(line.kind);
  reader.take(R"(,"mediaType":)");
  reader.string(line.media_type);
  reader.take(R"(,"path":)");
  reader.string(line.path);
  reader.take(R"(,"redaction":)");
  take_redaction(reader, line.redaction);
  reader.take(R"(,"sha256":)");
  reader.hex64(line.sha256);
  reader.take(R"(,"size":)");
  reader.number(line.size);
  reader.take(R"(,"source":)");
  if (reader.try_take("null")) {
    line.source.reset();
  } else {
    if (!line.source) {
      line.source = IndexLine::Source{};
    }
    take_source(reader, *line.source);
  }
  reader.take(R"(,"where":)");
  take_where(reader, line.where);
  reader.take("}");
  if (!reader.at_end()) {
    return not_a_line(reader);
  }
  return {};
}

Result<DisclosableLine> parse_disclosable_line(std::string_view text) {
  SOURCEOS_TRY(check_length(text));
  DisclosableLine line;
  LineReader reader(text);
  reader.take(R"({"bytes":)");
  reader.number(line.bytes);
  reader.take(R"(,"entries":)");
  reader.number(line.entries);
  reader.take(R"(,"layer":)");
  reader.number(line.layer);
  reader.take("}");
  if (!reader.at_end()) {
    return not_a_line(reader);
  }
  return line;
}

bool is_disclosable_line(std::string_view text) { return text.starts_with(R"({"bytes":)"); }

}  // namespace sourceos::bundle

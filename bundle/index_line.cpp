// A line, canonical JSON (keys sorted, no white space), ended by LF. Keys and their order are
// fixed, so it is read and written without a general JSON library, at more than 1 GB/s.
//
//   {"at":TIME,"collector":STR,"kind":STR,"mediaType":STR,"path":STR,"redaction":REDACTION,
//    "sha256":HEX64,"size":INT,"source":SOURCE|null,"where":[WHERE,...]}
//   REDACTION = {"bytesScanned":INT,"commitment":HEX64|null,"complete":BOOL,"foreign":INT,
//                "known":INT,"limits":[STR,...],"rules":[{"name":STR,"value":INT},...]}
//   SOURCE    = {"changed":BOOL,"gid":INT,"kept":[[INT,INT],...],"mode":INT,"mtime":TIME,
//                "pathRef":STR,"read":INT,"size":INT,"uid":INT}
//   WHERE     = {"frame":INT,"layer":INT,"offset":INT,"size":INT}
//
// and for a layer that may be withheld, after all those:
//
//   {"bytes":INT,"entries":INT,"layer":INT}
//
// The reader takes this one form only, which is what "parse, write canonically, compare" would
// come to; a fuzzer holds the two against each other. `where` stands last, so that a writer can
// put a line down before it knows where the bytes will lie.
#include "bundle/index_line.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "bundle/json_text.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

// Exact lengths would tell how long a masked secret was (security S-31).
constexpr std::uint64_t k_rounding = 256;
std::uint64_t rounded_up(std::uint64_t value) {
  return (value + k_rounding - 1) / k_rounding * k_rounding;
}

void append_hex(std::string& out, const Digest& digest) {
  constexpr std::string_view k_hex = "0123456789abcdef";
  char text[2 * Digest::k_size];
  char* to = text;
  for (const char c : digest.bytes()) {
    const auto byte = static_cast<unsigned char>(c);
    *to++ = k_hex[byte >> 4];
    *to++ = k_hex[byte & 15];
  }
  out.append(text, sizeof(text));
}

std::string_view to_word(bool value) { return value ? "true" : "false"; }

void append_redaction(std::string& out, const IndexLine::Redaction& redaction) {
  out += R"({"bytesScanned":)";
  append_json(out, redaction.bytes_scanned);
  out += R"(,"commitment":)";
  if (redaction.commitment) {
    append_json(out, *redaction.commitment);
  } else {
    out += "null";
  }
  out += R"(,"complete":)";
  out += to_word(redaction.complete);
  out += R"(,"foreign":)";
  append_json(out, redaction.foreign);
  out += R"(,"known":)";
  append_json(out, redaction.known);
  out += R"(,"limits":[)";
  for (std::size_t i = 0; i < redaction.limits.size(); ++i) {
    out += i == 0 ? "" : ",";
    append_json(out, redaction.limits[i]);
  }
  out += R"(],"rules":[)";
  for (std::size_t i = 0; i < redaction.rules.size(); ++i) {
    out += i == 0 ? R"({"name":)" : R"(,{"name":)";
    append_json(out, redaction.rules[i].name);
    out += R"(,"value":)";
    append_json(out, redaction.rules[i].value);
    out += '}';
  }
  out += "]}";
}

void append_source(std::string& out, const IndexLine::Source& source) {
  out += R"({"changed":)";
  out += to_word(source.changed);
  out += R"(,"gid":)";
  append_json(out, source.gid);
  out += R"(,"kept":[)";
  for (std::size_t i = 0; i < source.kept.size(); ++i) {
    out += i == 0 ? "[" : ",[";
    append_json(out, source.kept[i].first);
    out += ',';
    append_json(out, source.kept[i].second);
    out += ']';
  }
  out += R"(],"mode":)";
  append_json(out, source.mode);
  out += R"(,"mtime":)";
  append_json(out, source.mtime);
  out += R"(,"pathRef":)";
  append_json(out, source.path_ref);
  out += R"(,"read":)";
  append_json(out, source.read);
  out += R"(,"size":)";
  append_json(out, source.size);
  out += R"(,"uid":)";
  append_json(out, source.uid);
  out += '}';
}

// Takes a line from left to right; after a difference nothing is taken any more.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text), rest_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }
  [[nodiscard]] std::size_t position() const { return text_.size() - rest_.size(); }

  // Takes `literal` when it comes next.
  bool try_take(std::string_view literal) {
    if (!ok_ || !rest_.starts_with(literal)) {
      return false;
    }
    rest_.remove_prefix(literal.size());
    return true;
  }
  void take(std::string_view literal) { ok_ = try_take(literal) && ok_; }

  void number(std::uint64_t& value) {
    value = 0;
    const char* const end = rest_.data() + rest_.size();
    const std::from_chars_result taken = std::from_chars(rest_.data(), end, value);
    const auto digits = static_cast<std::size_t>(taken.ptr - rest_.data());
    ok_ = ok_ && taken.ec == std::errc() && value <= limits::k_json_integer_max &&
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
    const std::size_t quote = rest_.find('"');
    if (!ok_ || quote == std::string_view::npos) {
      ok_ = false;
      return;
    }
    const std::string_view plain = rest_.substr(0, quote);
    if (is_plain_json(plain)) {
      value.assign(plain);
      rest_.remove_prefix(quote + 1);
    } else {
      escaped_string(value);
    }
    ok_ = ok_ && text::is_utf8(value);
  }

  void time(std::string& value) {
    string(value);
    ok_ = ok_ && parse_time(value).has_value();
  }

  // Hex digits of a given number, between quotes.
  std::string_view hex(std::size_t digits) {
    take("\"");
    const std::string_view value = rest_.substr(0, digits);
    ok_ = ok_ && value.size() == digits;
    rest_.remove_prefix(value.size());
    take("\"");
    return value;
  }

  void fail() { ok_ = false; }

 private:
  void escaped_string(std::string& value) {
    value.clear();
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
  redaction.commitment.reset();
  if (!reader.try_take("null")) {
    const std::string_view hex = reader.hex(64);
    redaction.commitment = hex;
    if (!Digest::parse_hex(hex)) {
      reader.fail();
    }
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
  const bool is_sorted = std::is_sorted(
      redaction.rules.begin(), redaction.rules.end(),
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

bool IndexLine::Redaction::has_hit() const {
  return known > 0 || std::any_of(rules.begin(), rules.end(),
                                  [](const NamedCount& rule) { return rule.value > 0; });
}

IndexLine make_index_line(const EntryHeader& header, std::uint64_t size, const Digest& sha256,
                          const std::optional<SourceFacts>& source,
                          const RedactionRecord& redaction) {
  const auto shown = [&](std::uint64_t value) {
    return redaction.has_hit() ? rounded_up(value) : value;
  };
  IndexLine line;
  line.path = header.path;
  line.kind = json_text(header.kind.str());
  line.media_type = json_text(header.media_type.str());
  line.collector = json_text(header.collector.str());
  line.at = format_exact(header.at);
  line.size = size;
  line.sha256 = sha256;
  if (source) {
    line.source = IndexLine::Source{json_text(source->path_ref.str()),
                                    format_exact(source->mtime),
                                    source->mode,
                                    source->uid,
                                    source->gid,
                                    shown(source->size),
                                    shown(source->read),
                                    source->kept,
                                    source->changed};
    for (auto& [from, to] : line.source->kept) {
      from = shown(from);
      to = shown(to);
    }
  }
  line.redaction = {redaction.rules,  redaction.known,
                    redaction.foreign, shown(redaction.bytes_scanned),
                    redaction.complete, redaction.limits,
                    redaction.commitment};
  return line;
}

void append_index_line_head(std::string& out, const IndexLine& line) {
  out += R"({"at":)";
  append_json(out, line.at);
  out += R"(,"collector":)";
  append_json(out, line.collector);
  out += R"(,"kind":)";
  append_json(out, line.kind);
  out += R"(,"mediaType":)";
  append_json(out, line.media_type);
  out += R"(,"path":)";
  append_json(out, line.path);
  out += R"(,"redaction":)";
  append_redaction(out, line.redaction);
  out += R"(,"sha256":")";
  append_hex(out, line.sha256);
  out += R"(","size":)";
  append_json(out, line.size);
  out += R"(,"source":)";
  if (line.source) {
    append_source(out, *line.source);
  } else {
    out += "null";
  }
  out += R"(,"where":)";
}

void append_index_line_tail(std::string& out, const Where* where, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out += i == 0 ? R"([{"frame":)" : R"(,{"frame":)";
    append_json(out, where[i].frame);
    out += R"(,"layer":)";
    append_json(out, where[i].layer);
    out += R"(,"offset":)";
    append_json(out, where[i].offset);
    out += R"(,"size":)";
    append_json(out, where[i].size);
    out += '}';
  }
  out += "]}\n";
}

void append_index_line(std::string& out, const IndexLine& line) {
  append_index_line_head(out, line);
  append_index_line_tail(out, line.where.data(), line.where.size());
}

void append_index_line(std::string& out, const DisclosableLine& line) {
  out += R"({"bytes":)";
  append_json(out, line.bytes);
  out += R"(,"entries":)";
  append_json(out, line.entries);
  out += R"(,"layer":)";
  append_json(out, line.layer);
  out += "}\n";
}

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
  const std::string_view sha256 = reader.hex(64);
  reader.take(R"(,"size":)");
  reader.number(line.size);
  reader.take(R"(,"source":)");
  if (reader.try_take("null")) {
    line.source.reset();
  } else {
    take_source(reader, line.source ? *line.source : line.source.emplace());
  }
  reader.take(R"(,"where":)");
  take_where(reader, line.where);
  reader.take("}");
  if (!reader.at_end()) {
    return not_a_line(reader);
  }
  SOURCEOS_TRY_ASSIGN(line.sha256, Digest::parse_hex(sha256));
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

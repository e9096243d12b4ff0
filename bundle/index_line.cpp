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
// `where` stands last, so that a writer can put a line down before it knows where the bytes will
// lie. The reader is in index_line_reader.cpp.
#include "bundle/index_line.hpp"

#include <algorithm>

#include "bundle/json_text.hpp"

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
  line.redaction = {
      redaction.rules,    redaction.known,  redaction.foreign,   shown(redaction.bytes_scanned),
      redaction.complete, redaction.limits, redaction.commitment};
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

}  // namespace sourceos::bundle

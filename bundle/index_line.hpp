// The index of a bundle: one line of canonical JSON an entry. Written and read by hand, since a
// bundle may hold a million of them. The grammar stands in index_line.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::bundle {

// Where the bytes of an entry lie.
struct Where {
  std::uint64_t layer = 0;   // position in M.layers; 0 is the index itself
  std::uint64_t frame = 0;   // offset in the blob of the zstd frame that holds the first byte
  std::uint64_t offset = 0;  // of the first byte in the decompressed layer
  std::uint64_t size = 0;
  auto operator<=>(const Where&) const = default;
};

// What the writer is told about the file an entry was made of; exact numbers.
struct SourceFacts {
  RedactedText path_ref;
  UtcTime mtime;
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;
  std::uint64_t read = 0;  // bytes scanned; more than kept for a cut log
  std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;  // empty: nothing was left out
  bool changed = false;
};

// What the writer is told about an entry. `path` comes from assign_paths.
struct EntryHeader {
  std::string path;
  RedactedText kind;
  RedactedText media_type;
  RedactedText collector;
  UtcTime at;
};

// A line as it is written and read.
struct IndexLine {
  struct Source {
    std::string path_ref;
    std::string mtime;
    std::uint64_t mode = 0;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::uint64_t size = 0;
    std::uint64_t read = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;
    bool changed = false;
    bool operator==(const Source&) const = default;
  };
  struct Redaction {
    std::vector<NamedCount> rules;
    std::uint64_t known = 0;
    std::uint64_t foreign = 0;
    std::uint64_t bytes_scanned = 0;
    bool complete = true;
    std::vector<std::string> limits;
    std::optional<std::string> commitment;
    bool operator==(const Redaction&) const = default;

    [[nodiscard]] bool has_hit() const;
  };

  std::string path;
  std::string kind;
  std::string media_type;
  std::string collector;
  std::string at;
  std::uint64_t size = 0;
  Digest sha256;
  std::vector<Where> where;
  std::optional<Source> source;
  Redaction redaction;
  bool operator==(const IndexLine&) const = default;
};

// A layer that may be withheld: one line after all path lines.
struct DisclosableLine {
  std::uint64_t layer = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
  bool operator==(const DisclosableLine&) const = default;
};

// The line of an entry but for its `where`; lengths are rounded when there was a hit (S-31).
[[nodiscard]] IndexLine make_index_line(const EntryHeader& header, std::uint64_t size,
                                        const Digest& sha256,
                                        const std::optional<SourceFacts>& source,
                                        const RedactionRecord& redaction);

// Appends the canonical line and its LF.
void append_index_line(std::string& out, const IndexLine& line);
void append_index_line(std::string& out, const DisclosableLine& line);
// The same in two parts, for a writer that learns last where the bytes lie.
void append_index_line_head(std::string& out, const IndexLine& line);
void append_index_line_tail(std::string& out, const Where* where, std::size_t count);

// Both readers take a line without its LF and only its canonical form; they check types and
// formats, not the path grammar, order or sums. `line` may be one used before: its memory is
// kept. `malformed`, or `limit` past 64 KiB.
[[nodiscard]] Status parse_index_line(std::string_view text, IndexLine& line);
[[nodiscard]] Result<DisclosableLine> parse_disclosable_line(std::string_view text);
// Which of the two a line claims to be.
[[nodiscard]] bool is_disclosable_line(std::string_view text);

}  // namespace sourceos::bundle

#include "tests/bench/data/index_lines.hpp"

#include <fmt/format.h>

namespace sourceos::bench {

bundle::IndexLine index_line(std::size_t number) {
  bundle::IndexLine line;
  line.path = fmt::format("files/tree/part-{:04}/file-{:07}.log", number / 1'000, number);
  line.kind = "file";
  line.media_type = "text/plain";
  line.collector = "files";
  line.at = "2026-01-31T10:00:00.25Z";
  line.size = 4'096;
  line.sha256 = bundle::sha256(line.path);
  line.where = {{1 + number % 60, number * 10, number * 4'608, 4'096}};
  line.source = bundle::IndexLine::Source{
      "$HOME/" + line.path, "2026-01-01T09:30:00Z", 420, 1'000, 1'000, 4'096, 4'096, {}, false};
  line.redaction.bytes_scanned = 4'096;
  line.redaction.rules = {{"identity.home", 2}};
  line.redaction.commitment = line.sha256.hex();
  return line;
}

std::string index_text(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    bundle::append_index_line(text, index_line(i));
  }
  return text;
}

}  // namespace sourceos::bench

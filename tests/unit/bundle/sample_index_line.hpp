// An index line with every field set, made up.
#pragma once

#include <string>

#include "bundle/index_line.hpp"

namespace sourceos::tests {

inline bundle::IndexLine full_line() {
  using namespace bundle;
  IndexLine line;
  line.path = "logs/node.log";
  line.kind = "log";
  line.media_type = "text/plain";
  line.collector = "logs";
  line.at = "2026-01-31T23:59:59.25Z";
  line.size = 1000;
  line.sha256 = sha256("x");
  line.where = {{1, 200, 512, 600}, {2, 0, 0, 400}};
  line.source = IndexLine::Source{"$HOME/node \"1\"\t\x01.log",
                                  "2026-01-01T00:00:00Z",
                                  420,
                                  1,
                                  2,
                                  2048,
                                  2048,
                                  {{0, 256}, {512, 1024}},
                                  true};
  line.redaction = {{{"aws-key", 2}, {"jwt", 1}}, 3, 4, 2048, false, {"cut"}, sha256("c").hex()};
  return line;
}

// Without its LF.
inline std::string written(const bundle::IndexLine& line) {
  std::string out;
  bundle::append_index_line(out, line);
  out.pop_back();
  return out;
}

}  // namespace sourceos::tests

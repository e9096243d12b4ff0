// What was asked of a tool and how it ended: every probe is a row of its collector's facts, also
// one that failed, and its output is an entry.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/collector.hpp"
#include "core/json/fwd.hpp"
#include "host/tools/answer.hpp"

namespace sourceos::collect {

struct ProbeEntry {
  std::vector<std::string> path;
  EntryKind kind = EntryKind::probe_output;
  MediaType media_type = MediaType::json;
  ContentHint hint = ContentHint::json;
};

class Probes {
 public:
  explicit Probes(ArtifactSink& sink);
  ~Probes();

  // Notes the answer; the output of one that is ok is added as `entry` and returned.
  [[nodiscard]] Result<std::optional<std::string>> keep(std::string_view id,
                                                        Result<host::ToolAnswer> answer,
                                                        ProbeEntry entry);
  // Notes the answer only, and returns the output of one that is ok.
  [[nodiscard]] std::optional<std::string> note(std::string_view id,
                                                const Result<host::ToolAnswer>& answer);
  // Some probe said that the program does not exist.
  [[nodiscard]] bool is_missing() const { return missing_; }
  // `[{ id, argv, status, exitCode, error }]`
  [[nodiscard]] const json::Value& rows() const { return *rows_; }

 private:
  ArtifactSink& sink_;
  std::unique_ptr<json::Value> rows_;
  bool missing_ = false;
};

}  // namespace sourceos::collect

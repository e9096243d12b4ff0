// What the checks want to know of a record, as plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::verify {

struct RecordFacts {
  std::string mode;
  std::string subject;
  std::string finished_at;  // as written
  UtcTime finished;
  std::string log_id;
  std::uint64_t seq = 0;
  std::optional<std::uint64_t> intent;
  bool test_seams = false;
  std::string key_custody;
  std::optional<std::string> nonce;

  std::uint64_t entry_count = 0;
  std::uint64_t entry_bytes = 0;
  bundle::Digest index_digest;
  bool complete = true;
  std::vector<bundle::NamedCount> by_rule;
  std::uint64_t masked = 0;  // places, the sum of byClass
  std::string ruleset_digest;

  bool includes_raw_content = false;     // sealed originals
  bool claims_other_raw_content = false;  // any of the other four flags of receiptSafety

  std::optional<std::string> git_head;
  std::optional<bool> git_dirty;
  bool has_image = false;
  bool is_image_pinned = false;  // its digest is known and the image is present
  std::uint64_t high_findings = 0;
  struct Finding {
    std::string entry;  // empty: of no entry
    std::uint64_t to = 0;
  };
  std::vector<Finding> findings;

  struct Collector {
    std::string name;
    std::string status;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
  };
  std::vector<Collector> collectors;
  struct Tool {
    std::string name;
    std::string version;
    std::string status;
    std::string sha256;
  };
  std::vector<Tool> tools;
};

// Canonical, of the record's shape and version; the reasons are bundle::parse_record's.
[[nodiscard]] Result<RecordFacts> read_record_facts(std::string_view record);

}  // namespace sourceos::verify

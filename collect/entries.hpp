// From raw artifacts to entries of a bundle: names are redacted, encoded and sorted; contents are
// read once and redacted on worker threads; the writer gets them in path order, so that the bytes
// of a bundle do not depend on scheduling.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bundle/redacted.hpp"
#include "collect/gather.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sourceos::host {
struct Host;
}
namespace sourceos::redact {
class Pipeline;
}
namespace sourceos::bundle {
class BundleWriter;
}

namespace sourceos::collect {

// Who gives what no collector does: a command's own entries, and the list of all findings.
inline constexpr char k_session_collector[] = "session";

// How far the work is; called from one thread, often.
struct Progress {
  std::uint64_t entries = 0;
  std::uint64_t entries_total = 0;
  std::uint64_t bytes = 0;  // of the sources
};
using ProgressFunction = std::function<void(const Progress&)>;

struct EntriesOptions {
  unsigned jobs = 0;  // 0: one for each core
  UtcTime at;
  ProgressFunction progress;
};

// What came of one collector's artifacts, beside the state it reported itself.
struct CollectorTally {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;         // redacted
  std::uint64_t source_bytes = 0;  // read
  std::string cut;                 // reason of the first cut: "byte-limit", "timeout", ...
};

struct EntriesOutcome {
  std::vector<CollectorTally> tallies;  // as `gathered`
  std::vector<bundle::Finding> findings;  // by path, then by place; all of them
};

// Takes the artifacts out of `gathered` and writes them. The pipeline is frozen.
[[nodiscard]] Result<EntriesOutcome> write_entries(host::Host& host,
                                                   const redact::Pipeline& pipeline,
                                                   bundle::BundleWriter& writer,
                                                   std::vector<Gathered>& gathered,
                                                   const EntriesOptions& options);

}  // namespace sourceos::collect

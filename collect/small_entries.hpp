// Reads, redacts and hashes small entries on worker threads, a bounded distance ahead of the one
// who takes them in order. A worker whose source hangs is left behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bundle/writer.hpp"
#include "collect/entry_plan.hpp"
#include "core/time.hpp"

namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::collect {

// An entry that is ready for the writer.
struct SmallEntry {
  bundle::PreparedEntry prepared;
  std::vector<bundle::Finding> findings;
  std::uint64_t source_bytes = 0;
  std::string cut;  // empty: read to its end
};
// A source that turned out to be large or of unknown size: opened, to be streamed.
struct LargeEntry {
  std::unique_ptr<ByteSource> source;
  std::optional<std::uint64_t> size;
};
// Nothing of it can be had: why. "timeout" when it hung.
struct SkippedEntry {
  Error error;
};
using EntryWork = std::variant<SmallEntry, LargeEntry, SkippedEntry>;

class SmallEntries {
 public:
  // `entries` and `pipeline` must outlive the object; contents are moved out of the entries.
  SmallEntries(const redact::Pipeline& pipeline, std::vector<PlannedEntry>& entries,
               const std::vector<Gathered>& gathered, unsigned jobs, UtcTime at);
  ~SmallEntries();
  SmallEntries(const SmallEntries&) = delete;
  SmallEntries& operator=(const SmallEntries&) = delete;

  // The work for entry `i`; to be asked for in order, each once.
  [[nodiscard]] EntryWork take(std::size_t i);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sourceos::collect

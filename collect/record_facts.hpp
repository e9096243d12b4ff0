// What the collectors found, in the record's own fields: every string redacted on the way.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/record.hpp"
#include "collect/entries.hpp"
#include "collect/gather.hpp"

namespace sourceos::host {
struct Host;
}
namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::collect {

// Single rows, also for facts that a command knows itself (collect/session_facts).
[[nodiscard]] bundle::RecordGitRef git_row(const redact::Pipeline& pipeline, const GitFacts& facts);
[[nodiscard]] bundle::RecordImage image_row(const redact::Pipeline& pipeline,
                                            const ImageFacts& facts);

struct RecordFactsOptions {
  // Keyed hash of a string that must not be guessable from its hash, as hex (L-7).
  std::function<std::string(std::string_view)> keyed_tag;
  std::string toolkit_version;
};

// Fills host, gitRef, image, tools, auth, collectors, findings and clock.synchronised of the
// record. `toolVersions` always names the toolkit, podman, git and nix.
void fill_record_facts(bundle::Record& record, host::Host& host, const redact::Pipeline& pipeline,
                       const std::vector<Gathered>& gathered, const EntriesOutcome& entries,
                       const RecordFactsOptions& options);

// Of a required collector that did not deliver: its name and why; empty when all delivered.
struct Gap {
  std::string collector;
  std::string reason;
};
[[nodiscard]] std::vector<Gap> required_gaps(const bundle::Record& record,
                                             const std::vector<Gathered>& gathered);

}  // namespace sourceos::collect

// The bundle's checkpoint against those that this verifier has accepted (security S-05). An older
// one is never a rollback by itself; one size with two roots is a fork; any other two sizes need a
// consistency proof, without which nothing is said.
#include "bundle/log/merkle.hpp"
#include "verify/checks/checks.hpp"
#include "verify/key_choice.hpp"
#include "verify/memory.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {
namespace {

constexpr std::string_view k_fork_text = "the log has shown another tree of the same size before";

bool leads_from(const bundle::log::ConsistencyProof& proof, std::uint64_t old_size,
                const bundle::Digest& old_root, std::uint64_t size, const bundle::Digest& root) {
  return bundle::log::verify_consistency(old_size, old_root, size, root, proof.hashes);
}

void say_anchor(Run& run, const SeenCheckpoint& seen) {
  if (seen.size > run.log->leaf.seq) {
    run.verdict.anchor = fmt::format("anchored to {} at {} by this verifier's memory", seen.size,
                                     format_seconds(seen.seen_at));
  }
}

}  // namespace

CheckResult sequence(Run& run) {
  if (run.options.memory == nullptr || !run.options.memory->usable()) {
    return skipped("no memory");
  }
  if (load_log(run).outcome != CheckOutcome::pass) {
    return skipped("needs log-proof");
  }
  CheckpointMemory& memory = *run.options.memory;
  const bundle::PublicKey& key = run.log->key->key;
  const bundle::log::Checkpoint& own = run.log->checkpoint.checkpoint;
  if (const auto same = memory.of_size(key, own.size)) {
    if (same->root != own.root) {
      return failed("log-fork", {}, std::string(k_fork_text));
    }
    say_anchor(run, *same);
    return pass(fmt::format("the tree of {} was seen before", own.size));
  }
  const auto newest = memory.newest(key);
  if (!newest) {
    memory.accept(key, {own.size, own.root, run.options.now});
    return pass("the first checkpoint of this log");
  }
  const std::uint64_t old_size = std::min(own.size, newest->size);
  const std::uint64_t new_size = std::max(own.size, newest->size);
  const auto proof = find_consistency(run, own.origin, old_size, new_size);
  if (!proof) {
    if (run.verdict.next.empty()) {
      run.verdict.next = fmt::format("sourceosctl evidence log consistency {} {}", old_size, new_size);
    }
    return unverifiable("consistency-missing", {},
                        fmt::format("a proof from {} to {} is needed", old_size, new_size));
  }
  const bool fits = own.size < newest->size
                        ? leads_from(*proof, own.size, own.root, newest->size, newest->root)
                        : leads_from(*proof, newest->size, newest->root, own.size, own.root);
  if (!fits) {
    return failed("log-proof", {},
                  fmt::format("the proof does not lead from {} to {}", old_size, new_size));
  }
  say_anchor(run, *newest);
  memory.accept(key, {own.size, own.root, run.options.now});
  return pass(fmt::format("consistent with the tree of {}", newest->size));
}

}  // namespace sourceos::verify::checks

// The whole log read again, trusting no cache: what a fault would look like is listed, not
// returned at the first one.

#include <map>

#include <fmt/format.h>

#include "bundle/log/host_log_state.hpp"
#include "bundle/log/merkle.hpp"

namespace sourceos::bundle::log {

namespace {

class LeafChecker {
 public:
  explicit LeafChecker(std::vector<LogFault>& faults) : faults_(&faults) {}

  void check(std::uint64_t seq, std::string_view bytes) {
    const auto parsed = parse_leaf(bytes);
    if (!parsed) {
      return add("malformed", fmt::format("leaf {}: {}", seq, parsed.error().message));
    }
    const Leaf& leaf = *parsed;
    if (leaf.seq != seq) {
      add("log-gap", fmt::format("expected leaf {}, there is leaf {}", seq, leaf.seq));
    }
    if ((leaf.kind == LeafKind::open) != (seq == 0)) {
      add("malformed", fmt::format("expected kind 'open' at leaf 0 only, there is '{}' at leaf {}",
                                   to_string(leaf.kind), seq));
    }
    check_time(leaf, seq);
    check_reference(leaf, seq);
    kinds_.push_back(leaf.kind);
  }

 private:
  void check_time(const Leaf& leaf, std::uint64_t seq) {
    const auto at = parse_time(leaf.at);
    if (!at || *at < last_) {
      add("malformed", fmt::format("expected leaf {} at or after the one before, there is '{}'",
                                   seq, leaf.at));
      return;
    }
    last_ = *at;
  }

  // A bundle and a recovery refer to an intent, a gc to what it pruned.
  void check_reference(const Leaf& leaf, std::uint64_t seq) {
    if (!leaf.ref) {
      if (leaf.kind == LeafKind::recovered || leaf.kind == LeafKind::gc) {
        add("malformed", fmt::format("expected leaf {} to refer to another, it does not", seq));
      }
      return;
    }
    const auto fits = [&](LeafKind kind) {
      switch (leaf.kind) {
        case LeafKind::bundle:
        case LeafKind::recovered: return kind == LeafKind::intent;
        case LeafKind::gc: return kind == LeafKind::bundle || kind == LeafKind::import;
        case LeafKind::change: return true;
        default: return false;
      }
    };
    if (*leaf.ref >= kinds_.size() || !fits(kinds_[*leaf.ref])) {
      add("malformed", fmt::format("leaf {} refers to leaf {}, which it cannot be about", seq,
                                   *leaf.ref));
    }
  }

  void add(std::string reason, std::string detail) {
    faults_->push_back({std::move(reason), std::move(detail)});
  }

  std::vector<LogFault>* faults_;
  std::vector<LeafKind> kinds_;
  UtcTime last_;
};

}  // namespace

std::vector<LogFault> HostLog::verify(const std::optional<PublicKey>& log_key) const {
  std::vector<LogFault> faults;
  LeafChecker checker(faults);
  MemoryTree tree;
  const auto check = [&](std::uint64_t seq, std::string_view leaf) -> Status {
    checker.check(seq, leaf);
    tree.append(leaf_hash(leaf));
    return {};
  };
  if (const Status read = state_->leaves.for_each(0, size(), check); !read) {
    faults.push_back({"log-gap", fmt::format("expected {} leaves, there are {} whole ones", size(),
                                             tree.size())});
  } else if (tree.root() != root()) {
    faults.push_back({"log-fork", fmt::format("the leaves lead to the root {}, the checkpoint "
                                              "says {}",
                                              tree.root().text(), root().text())});
  }
  if (log_key) {
    const auto note = parse_checkpoint(checkpoint_text());
    const NoteVerdict verdict = note ? note->verify(*log_key) : NoteVerdict::bad_signature;
    if (verdict == NoteVerdict::bad_signature) {
      faults.push_back({"bad-signature", "the checkpoint's signature is not the log key's"});
    } else if (verdict == NoteVerdict::not_signed_by_key) {
      faults.push_back({"untrusted-key", "the checkpoint is not signed by the log key"});
    }
  }
  return faults;
}

}  // namespace sourceos::bundle::log

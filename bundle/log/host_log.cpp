#include "bundle/log/host_log.hpp"

#include <fmt/format.h>

#include "bundle/log/host_log_state.hpp"
#include "bundle/log/merkle.hpp"

namespace sourceos::bundle::log {

namespace {

constexpr std::uint64_t k_checkpoint_bytes_max = 64 * 1024;

Result<StoredLeaf> read_leaf(std::uint64_t seq, std::string_view bytes) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(Leaf leaf, parse_leaf(bytes), fmt::format("read leaf {}", seq));
  if (leaf.seq != seq) {
    return fail(ErrorKind::malformed, "log-gap",
                fmt::format("expected leaf {}, there is leaf {}", seq, leaf.seq));
  }
  return StoredLeaf{std::move(leaf), std::string(bytes)};
}

// A log begins with a leaf and a checkpoint: of one that has only one of them a part is gone.
Error as_torn(Error error, const std::filesystem::path& directory) {
  const bool is_there = host::describe(directory / "leaves") || host::describe(directory / "checkpoint");
  return error.kind == ErrorKind::not_found && is_there
             ? Error(ErrorKind::malformed, "log-gap",
                     "expected leaves and a checkpoint in the log, one of them is gone")
             : error;
}

}  // namespace

Result<HostLog> HostLog::open(const std::filesystem::path& directory) {
  auto state = std::make_unique<State>(directory);
  HostLog log(std::move(state));
  if (Status read = log.refresh(); !read) {
    return fail(as_torn(std::move(read).error(), directory).with_context("open the host log"));
  }
  auto leaves = LeafFile::open(directory, LeafFile::Access::read);
  if (!leaves) {
    return fail(as_torn(std::move(leaves).error(), directory).with_context("open the host log"));
  }
  log.state_->leaves = std::move(*leaves);
  return log;
}

HostLog::HostLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
HostLog::HostLog(HostLog&&) noexcept = default;
HostLog& HostLog::operator=(HostLog&&) noexcept = default;
HostLog::~HostLog() = default;

HostLog::State::State(std::filesystem::path log_directory)
    : directory(std::move(log_directory)),
      tiles(directory, [this](std::uint64_t from, std::uint64_t count) {
        return hash_leaves(leaves, from, count);
      }) {}

Result<std::vector<Digest>> hash_leaves(const LeafFile& leaves, std::uint64_t from,
                                        std::uint64_t count) {
  std::vector<Digest> hashes;
  hashes.reserve(count);
  SOURCEOS_TRY(leaves.for_each(from, count, [&](std::uint64_t, std::string_view leaf) -> Status {
    hashes.push_back(leaf_hash(leaf));
    return {};
  }));
  return hashes;
}

const std::filesystem::path& HostLog::directory() const { return state_->directory; }
std::uint64_t HostLog::size() const { return state_->checkpoint.size; }
const Checkpoint& HostLog::checkpoint() const { return state_->checkpoint; }
const std::string& HostLog::checkpoint_text() const { return state_->checkpoint_text; }

Status HostLog::refresh() {
  SOURCEOS_TRY_ASSIGN(std::string text, host::read_file(state_->directory / "checkpoint",
                                                        k_checkpoint_bytes_max));
  if (text == state_->checkpoint_text) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(SignedCheckpoint checkpoint, parse_checkpoint(text));
  state_->checkpoint = std::move(checkpoint.checkpoint);
  state_->checkpoint_text = std::move(text);
  return {};
}

Result<StoredLeaf> HostLog::leaf(std::uint64_t seq) const {
  if (seq >= size()) {
    return fail(ErrorKind::not_found, "input-missing",
                fmt::format("expected a leaf below {}, there is no leaf {}", size(), seq));
  }
  SOURCEOS_TRY_ASSIGN(const LeafFile::Record record, state_->leaves.record(seq));
  return read_leaf(seq, record.leaf);
}

Status HostLog::for_each(std::uint64_t from, std::uint64_t to,
                         const std::function<Status(const StoredLeaf&)>& each) const {
  const auto read = [&](std::uint64_t seq, std::string_view bytes) -> Status {
    SOURCEOS_TRY_ASSIGN(const StoredLeaf leaf, read_leaf(seq, bytes));
    return each(leaf);
  };
  return state_->leaves.for_each(from, to - from, read);
}

Status HostLog::for_each_back(const std::function<Result<bool>(const StoredLeaf&)>& each) const {
  for (std::uint64_t seq = size(); seq > 0; --seq) {
    SOURCEOS_TRY_ASSIGN(const StoredLeaf stored, leaf(seq - 1));
    SOURCEOS_TRY_ASSIGN(const bool go_on, each(stored));
    if (!go_on) {
      break;
    }
  }
  return {};
}

Result<Digest> HostLog::subtree(std::uint64_t tree_size, unsigned level,
                                std::uint64_t index) const {
  return state_->tiles.subtree(tree_size, level, index);
}

// Tiles are a cache: when what they say does not lead to the checkpoint's root, the hashes are made
// from the leaves.
Result<Digest> HostLog::root_of(std::uint64_t tree_size) const {
  return tree_root(tree_size, [&](unsigned level, std::uint64_t index) {
    return subtree(tree_size, level, index);
  });
}

Result<TlogProof> HostLog::proof(std::uint64_t seq) const {
  SOURCEOS_TRY_ASSIGN(StoredLeaf stored, leaf(seq));
  TlogProof proof{std::move(stored.bytes), seq, {}, checkpoint_text()};
  const auto from_tiles = [&](unsigned level, std::uint64_t index) {
    return subtree(size(), level, index);
  };
  SOURCEOS_TRY_ASSIGN(proof.hashes, inclusion_proof(seq, size(), from_tiles));
  if (is_included(proof, checkpoint())) {
    return proof;
  }
  SOURCEOS_TRY_ASSIGN(const MemoryTree tree, state_->tree_of_leaves(size()));
  SOURCEOS_TRY_ASSIGN(proof.hashes, tree.inclusion(seq, size()));
  if (is_included(proof, checkpoint())) {
    return proof;
  }
  return fail(ErrorKind::malformed, "log-proof",
              "expected leaves that lead to the root of the checkpoint, these lead elsewhere");
}

Result<ConsistencyProof> HostLog::consistency(std::uint64_t old_size,
                                              std::uint64_t new_size) const {
  if (old_size == 0 || old_size > new_size || new_size > size()) {
    return fail(ErrorKind::usage, "usage",
                fmt::format("expected sizes 1 <= OLD <= NEW <= {}, there are {} and {}", size(),
                            old_size, new_size));
  }
  ConsistencyProof proof{checkpoint().origin, old_size, new_size, {}};
  SOURCEOS_TRY_ASSIGN(const Digest root, root_of(size()));
  if (root == checkpoint().root) {
    SOURCEOS_TRY_ASSIGN(proof.hashes, consistency_proof(old_size, new_size,
                                                        [&](unsigned level, std::uint64_t index) {
                                                          return subtree(size(), level, index);
                                                        }));
    return proof;
  }
  SOURCEOS_TRY_ASSIGN(const MemoryTree tree, state_->tree_of_leaves(new_size));
  SOURCEOS_TRY_ASSIGN(proof.hashes, tree.consistency(old_size, new_size));
  return proof;
}

Result<MemoryTree> HostLog::State::tree_of_leaves(std::uint64_t size) const {
  MemoryTree tree;
  SOURCEOS_TRY(leaves.for_each(0, size, [&](std::uint64_t, std::string_view leaf) -> Status {
    tree.append(leaf_hash(leaf));
    return {};
  }));
  return tree;
}

}  // namespace sourceos::bundle::log

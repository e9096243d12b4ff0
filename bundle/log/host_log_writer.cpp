// The log grows in two steps (security S-06): a record that is whole and synced is committed; a
// checkpoint that is renamed into place is published. Between the two lies only a crash, after
// which the next writer signs for what was committed. A committed leaf is never dropped; what is
// cut was never whole.

#include "bundle/log/host_log_writer.hpp"

#include <fmt/format.h>

#include "bundle/log/host_log_state.hpp"
#include "bundle/log/merkle.hpp"

namespace sourceos::bundle::log {

namespace {

Status write_checkpoint(const std::filesystem::path& directory, const Checkpoint& checkpoint,
                        const Signer& signer) {
  SOURCEOS_TRY_ASSIGN(const std::string note, sign_checkpoint(checkpoint, signer));
  return host::write_file_atomically(directory / "checkpoint", note, 0600,
                                     host::Durability::synced, "store.checkpoint");
}

}  // namespace

Status LogWriter::create(const std::filesystem::path& directory, const std::string& origin,
                         const Leaf& first, const Signer& signer) {
  SOURCEOS_TRY(host::make_directories(directory / "pending", 0700));
  SOURCEOS_TRY_ASSIGN(const LeafFile file, LeafFile::open(directory, LeafFile::Access::write));
  const std::string leaf = write_leaf(first);
  const std::string record = write_leaf_record(leaf);
  SOURCEOS_TRY(file.write_at(0, record));
  SOURCEOS_TRY(file.sync());
  SOURCEOS_TRY(file.write_offsets(0, {record.size()}));
  Tiles tiles(directory, [](std::uint64_t, std::uint64_t) -> Result<std::vector<Digest>> {
    return std::vector<Digest>();
  });
  SOURCEOS_TRY(tiles.append(0, {leaf_hash(leaf)}));
  return write_checkpoint(directory, {origin, 1, leaf_hash(leaf)}, signer);
}

Result<LogWriter> LogWriter::open(HostLog& log, const Signer& signer) {
  SOURCEOS_TRY(log.refresh());
  HostLog::State& state = *log.state_;
  SOURCEOS_TRY_ASSIGN(state.leaves, LeafFile::open(state.directory, LeafFile::Access::write));
  state.tiles.forget();
  LogWriter writer(log, signer);
  SOURCEOS_TRY_CONTEXT(writer.recover(), "recover the host log");
  return writer;
}

Status LogWriter::recover() {
  HostLog::State& state = *log_->state_;
  size_ = state.checkpoint.size;
  if (!state.leaves.offsets_fit(size_)) {
    SOURCEOS_TRY(rebuild_offsets());
  }
  SOURCEOS_TRY_ASSIGN(end_, state.leaves.end_of(size_));
  SOURCEOS_TRY(check_tree());

  std::vector<std::string> whole;
  std::uint64_t end = end_;
  for (;;) {
    SOURCEOS_TRY_ASSIGN(auto record, state.leaves.record_at(end));
    if (!record) {
      break;
    }
    end = record->end;
    whole.push_back(std::move(record->leaf));
  }
  SOURCEOS_TRY_ASSIGN(const std::uint64_t bytes, state.leaves.size_bytes());
  if (bytes > end) {
    SOURCEOS_TRY(state.leaves.cut(end));
  }
  if (whole.empty()) {
    return {};
  }
  SOURCEOS_TRY(rewrite_unpublished(whole));
  recovered_ = whole.size();
  return publish();
}

// The sync of these records may have failed, and then pages count as clean that never reached the
// disk (security S-21): they are written anew before a checkpoint speaks for them.
Status LogWriter::rewrite_unpublished(const std::vector<std::string>& leaves) {
  std::vector<Leaf> parsed;
  for (const std::string& bytes : leaves) {
    SOURCEOS_TRY_ASSIGN(Leaf leaf, parse_leaf(bytes));
    parsed.push_back(std::move(leaf));
  }
  return append(parsed);
}

Status LogWriter::check_tree() {
  HostLog::State& state = *log_->state_;
  const auto root = log_->root_of(size_);
  if (root && *root == state.checkpoint.root) {
    return {};
  }
  SOURCEOS_TRY(rebuild_tiles());
  SOURCEOS_TRY_ASSIGN(const Digest rebuilt, log_->root_of(size_));
  if (rebuilt != state.checkpoint.root) {
    return fail(Error(ErrorKind::refused, "log-fork",
                      "expected leaves that lead to the root of the checkpoint, "
                      "these lead elsewhere")
                    .with_next("sourceosctl evidence fsck"));
  }
  return {};
}

Status LogWriter::rebuild_offsets() {
  const LeafFile& leaves = log_->state_->leaves;
  SOURCEOS_TRY_ASSIGN(const auto ends, leaves.scan_ends(size_));
  if (ends.size() < size_) {
    return fail(Error(ErrorKind::refused, "log-rewound",
                      fmt::format("expected {} leaves under the checkpoint, there are {}", size_,
                                  ends.size()))
                    .with_next("sourceosctl evidence log new --succeeds"));
  }
  return leaves.write_offsets(0, ends);
}

Status LogWriter::rebuild_tiles() {
  HostLog::State& state = *log_->state_;
  SOURCEOS_TRY(state.tiles.clear());
  SOURCEOS_TRY_ASSIGN(const auto hashes, hash_leaves(state.leaves, 0, size_));
  return state.tiles.append(0, hashes);
}

Status LogWriter::rebuild_caches() {
  SOURCEOS_TRY(rebuild_offsets());
  return rebuild_tiles();
}

Status LogWriter::append(const std::vector<Leaf>& leaves) {
  LeafFile& file = log_->state_->leaves;
  std::string records;
  std::vector<std::uint64_t> ends;
  std::vector<Digest> hashes;
  for (const Leaf& leaf : leaves) {
    if (leaf.seq != size_ + ends.size()) {
      return fail(ErrorKind::malformed, "log-gap",
                  fmt::format("expected leaf {}, there is leaf {}", size_ + ends.size(), leaf.seq));
    }
    const std::string bytes = write_leaf(leaf);
    hashes.push_back(leaf_hash(bytes));
    records += write_leaf_record(bytes);
    ends.push_back(end_ + records.size());
  }
  if (Status written = file.write_at(end_, records); !written) {
    (void)file.cut(end_);  // recovery would do it too
    return written;
  }
  SOURCEOS_TRY(file.sync());
  // Committed. The offsets are a cache: an error here shows when they are used.
  (void)file.write_offsets(size_, ends);
  unpublished_.insert(unpublished_.end(), hashes.begin(), hashes.end());
  size_ += leaves.size();
  end_ += records.size();
  return {};
}

Status LogWriter::publish() {
  HostLog::State& state = *log_->state_;
  const std::uint64_t published = state.checkpoint.size;
  SOURCEOS_TRY(state.tiles.append(published, unpublished_));
  Checkpoint next{state.checkpoint.origin, size_, {}};
  SOURCEOS_TRY_ASSIGN(next.root, log_->root_of(size_));
  SOURCEOS_TRY(write_checkpoint(state.directory, next, *signer_));
  unpublished_.clear();
  return log_->refresh();
}

}  // namespace sourceos::bundle::log

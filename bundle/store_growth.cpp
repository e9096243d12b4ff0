#include "bundle/store_growth.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_directory_entries_max = 10'000'000;
constexpr std::string_view k_referrers_prefix = "referrers.";

std::optional<std::uint64_t> parse_seq(const std::string& name) {
  std::uint64_t seq = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), seq);
  if (error != std::errc() || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return seq;
}

Result<std::string> next_time(const log::HostLog& log, UtcTime now) {
  SOURCEOS_TRY_ASSIGN(const log::StoredLeaf last, log.leaf(log.size() - 1));
  SOURCEOS_TRY_ASSIGN(const UtcTime last_at, parse_time(last.leaf.at));
  const UtcTime whole_seconds = UtcTime::from_seconds(now.nanoseconds / 1'000'000'000);
  return whole_seconds < last_at ? last.leaf.at : format_seconds(whole_seconds);
}

}  // namespace

Status free_reserve(const StorePlaces& places) {
  if (::unlink(places.reserve().c_str()) != 0 && errno != ENOENT) {
    return fail(system_error(errno, "free the reserve"));
  }
  return {};
}

void keep_reserve(const StorePlaces& places) {
  const auto facts = host::describe(places.reserve());
  if (facts && facts->size == limits::k_store_reserve_bytes) {
    return;
  }
  const host::Descriptor file(
      ::open(places.reserve().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const auto size = static_cast<off_t>(limits::k_store_reserve_bytes);
  if (file && ::posix_fallocate(file.get(), 0, size) != 0) {
    ::unlink(places.reserve().c_str());  // there is no room to keep
  }
}

Result<Growth> Growth::begin(StoreState& store) {
  SOURCEOS_TRY(store.require_write());
  SOURCEOS_TRY_ASSIGN(host::FileLock lock, host::FileLock::acquire(store.places.lock()));
  SOURCEOS_TRY_ASSIGN(log::LogWriter writer,
                      log::LogWriter::open(*store.log, *store.options.log_signer));
  Growth growth(store, std::move(lock), std::move(writer));
  SOURCEOS_TRY(growth.settle());
  growth.bytes_moved_ = 0;  // by another's commit; the sum is for a quota, not for accounts
  SOURCEOS_TRY_ASSIGN(growth.at_, next_time(*store.log, store.clock->now()));
  SOURCEOS_TRY_ASSIGN(growth.heads_, store.heads());
  return growth;
}

Status Growth::settle() {
  const StorePlaces& places = store_->places;
  SOURCEOS_TRY_ASSIGN(const host::Descriptor directory, host::open_directory(places.pending()));
  SOURCEOS_TRY_ASSIGN(const auto entries,
                      host::list_directory(directory, k_directory_entries_max));
  for (const auto& entry : entries) {
    const fs::path path = places.pending() / entry.name;
    const auto seq = parse_seq(entry.name);
    if (seq && *seq < writer_.size()) {
      SOURCEOS_TRY(move_in(path));  // durable before the directory goes
    }
    SOURCEOS_TRY(host::remove_tree(path));
  }
  return {};
}

Status Growth::move_in(const fs::path& directory) {
  const StorePlaces& places = store_->places;
  SOURCEOS_TRY_ASSIGN(const host::Descriptor opened, host::open_directory(directory));
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(opened, k_directory_entries_max));
  std::vector<ToSync> changed = {{places.blobs(), {}}};
  for (const auto& entry : entries) {
    const fs::path from = directory / entry.name;
    if (entry.name.starts_with(k_referrers_prefix)) {
      SOURCEOS_TRY_ASSIGN(const Digest manifest,
                          Digest::parse_hex(entry.name.substr(k_referrers_prefix.size())));
      const fs::path to = places.referrers(manifest);
      SOURCEOS_TRY(host::make_directories(to.parent_path(), 0700));
      SOURCEOS_TRY(rename_file(from, to, "store.record.rename"));
      changed.push_back({to.parent_path(), {}});
      changed.push_back({places.referrers(), {}});
      continue;
    }
    SOURCEOS_TRY_ASSIGN(const Digest digest, Digest::parse_hex(entry.name));
    const fs::path to = places.blob(digest);
    const auto before = host::describe(to);
    const auto now = host::describe(from);
    // What is there under this name may be torn or planted; ours was hashed and synced (S-21).
    SOURCEOS_TRY(rename_file(from, to, "store.record.rename"));
    bytes_moved_ += now && !before ? now->size : 0;
  }
  return sync_all(changed);
}

Status Growth::make_pending(std::uint64_t own_seq) {
  if (std::find(pending_.rbegin(), pending_.rend(), own_seq) != pending_.rend()) {
    return {};
  }
  const fs::path directory = store_->places.pending(own_seq);
  if (::mkdir(directory.c_str(), 0700) != 0) {
    return fail(system_error(errno, fmt::format("make 'log/pending/{}'", own_seq)));
  }
  pending_.push_back(own_seq);
  return {};
}

Status Growth::add_blob(const Digest& digest, std::string_view bytes) {
  SOURCEOS_TRY(make_pending(seq()));
  const fs::path path = store_->places.pending(seq()) / digest.hex();
  if (std::find(added_.begin(), added_.end(), path) != added_.end()) {
    return {};
  }
  added_.push_back(path);
  return write_new_file(path, bytes, "store.record");
}

Status Growth::take_file(const Digest& digest, const fs::path& from,
                         std::string_view fault_point) {
  SOURCEOS_TRY(make_pending(seq()));
  return rename_file(from, store_->places.pending(seq()) / digest.hex(), fault_point);
}

Status Growth::add_referrers(std::uint64_t own_seq, const Digest& manifest,
                             const Referrers& referrers) {
  SOURCEOS_TRY(make_pending(own_seq));
  const fs::path path = store_->places.pending(own_seq) / pending_referrers_name(manifest);
  added_.push_back(path);
  return write_new_file(path, write_referrers(referrers), "store.record");
}

void Growth::drop_documents() {
  for (const fs::path& path : added_) {
    ::unlink(path.c_str());
  }
  added_.clear();
}

void Growth::drop_pending() {
  for (const std::uint64_t own_seq : pending_) {
    (void)host::remove_tree(store_->places.pending(own_seq));
  }
  added_.clear();
  pending_.clear();
}

Status Growth::sync_pending() {
  if (pending_.empty()) {
    return {};
  }
  std::vector<ToSync> what;
  for (const fs::path& path : added_) {
    what.push_back({path, "store.record.fsync"});
  }
  for (const std::uint64_t own_seq : pending_) {
    what.push_back({store_->places.pending(own_seq), {}});
  }
  what.push_back({store_->places.pending(), {}});
  return sync_all(what);
}

Status Growth::with_reserve(const std::function<Status()>& step) {
  Status done = step();
  if (done || !may_use_reserve_ || !is_no_space(done.error())) {
    return done;
  }
  SOURCEOS_TRY(free_reserve(store_->places));
  return step();
}

Status Growth::commit(const std::vector<log::Leaf>& leaves) {
  if (Status synced = sync_pending(); !synced) {
    drop_pending();
    return synced;
  }
  // An error here may leave a whole record whose sync failed: it is not ours to take back.
  SOURCEOS_TRY(with_reserve([&] { return writer_.append(leaves); }));
  SOURCEOS_TRY(with_reserve([&] { return writer_.publish(); }));
  added_.clear();
  pending_.clear();
  SOURCEOS_TRY(settle());
  heads_.blob_bytes += std::exchange(bytes_moved_, 0);
  if (extend_heads(heads_, store_->places, *store_->log)) {
    write_heads_file();
  }
  return {};
}

Result<std::uint64_t> Growth::commit_document(log::LeafKind kind, std::string_view document,
                                              const std::optional<Digest>& bundle,
                                              std::optional<std::uint64_t> ref) {
  const std::uint64_t own_seq = seq();
  const Digest payload = sha256(document);
  if (Status added = add_blob(payload, document); !added) {
    drop_pending();
    return fail(std::move(added).error());
  }
  SOURCEOS_TRY(commit({{own_seq, kind, bundle, payload, ref, at_}}));
  return own_seq;
}

Status Growth::rebuild_heads() {
  SOURCEOS_TRY_ASSIGN(heads_, bundle::rebuild_heads(store_->places, *store_->log,
                                                    store_->opened.log_id));
  write_heads_file();
  return {};
}

// A cache: whoever finds it wrong makes it anew.
void Growth::write_heads_file() {
  (void)host::write_file_atomically(store_->places.heads(), write_heads(heads_), 0600,
                                    host::Durability::synced, "store.heads");
}

}  // namespace sourceos::bundle

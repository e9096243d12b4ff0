// Reads everything again and trusts no cache: blobs by their digests, the log by its records, its
// tree and its signature, each bundle by what its leaf says. Then, when the store was opened to
// write, caches that proved wrong are made anew, under the lock; evidence that is wrong is only
// named.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "bundle/layout.hpp"
#include "bundle/log/host_log_caches.hpp"
#include "bundle/store_fsck_bundles.hpp"
#include "bundle/store_growth.hpp"
#include "bundle/store_reach.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_read_bytes = 1024 * 1024;

Result<std::vector<Digest>> blobs_in(const StorePlaces& places, FsckReport& report) {
  std::vector<Digest> digests;
  std::error_code error;
  for (auto it = fs::directory_iterator(places.blobs(), error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().native();
    if (const auto digest = Digest::parse_hex(name)) {
      digests.push_back(*digest);
    } else {
      report.findings.push_back({"unlisted-member", "blobs/sha256/" + name,
                                 "expected a blob named by its digest, this is not", false});
    }
  }
  if (error) {
    return fail(system_error(error.value(), "read 'blobs'"));
  }
  return digests;
}

Result<Digest> hash_of(const BlobReader& reader) {
  Sha256 hash;
  std::string buffer(std::min<std::uint64_t>(k_read_bytes, reader.size()), '\0');
  for (std::uint64_t done = 0; done < reader.size();) {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), reader.size() - done);
    SOURCEOS_TRY(reader.read_at(done, buffer.data(), count));
    hash.update({buffer.data(), count});
    done += count;
  }
  return hash.finish();
}

struct BlobVerdict {
  std::uint64_t size = 0;
  std::vector<FsckFinding> findings;
};

BlobVerdict check_blob(const StorePlaces& places, const Digest& digest) {
  BlobVerdict verdict;
  const auto add = [&](std::string reason, std::string detail) {
    verdict.findings.push_back({std::move(reason), blob_name(digest), std::move(detail), false});
  };
  const auto facts = host::describe(places.blob(digest));
  if (!facts) {
    return verdict;  // gone since it was listed
  }
  if (facts->kind != host::FileKind::regular) {
    add("special-file", "expected a regular file, there is something else");
    return verdict;
  }
  if (facts->links > 1) {
    add("hard-link", fmt::format("expected one name, the file has {}", facts->links));
  }
  if (facts->uid != ::geteuid() || (facts->mode & 077) != 0) {
    add("store-owner", fmt::format("expected a file of the user with mode 0600, there is uid {} "
                                   "and mode {:04o}",
                                   facts->uid, facts->mode));
  }
  verdict.size = facts->size;
  const auto reader = BlobReader::open(places.blob(digest));
  const auto found = reader ? hash_of(*reader) : Result<Digest>(std::unexpected(reader.error()));
  if (!found) {
    add(found.error().reason, found.error().message);
  } else if (*found != digest) {
    add("digest-mismatch", fmt::format("the bytes are {}", found->text()));
  }
  return verdict;
}

void check_blobs(const StorePlaces& places, const std::vector<Digest>& blobs,
                 FsckReport& report) {
  std::vector<BlobVerdict> verdicts(blobs.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < blobs.size(); i = next++) {
      verdicts[i] = check_blob(places, blobs[i]);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
      threads.emplace_back(work);
    }
    work();
  }
  report.blobs = blobs.size();
  for (BlobVerdict& verdict : verdicts) {
    report.bytes += verdict.size;
    std::move(verdict.findings.begin(), verdict.findings.end(),
              std::back_inserter(report.findings));
  }
}

void check_log(const StoreState& store, FsckReport& report) {
  report.leaves = store.log->size();
  for (log::LogFault& fault : store.log->verify(store.opened.key)) {
    report.findings.push_back({std::move(fault.reason), "log", std::move(fault.detail), false});
  }
  if (const Status anchors = store.check_anchors(); !anchors) {
    report.findings.push_back({anchors.error().reason, "log/anchors", anchors.error().message,
                               false});
  }
}

// Which caches are wrong, and how they are made anew.
struct Repairs {
  bool offsets = false;
  bool tiles = false;
  bool heads = false;
  std::vector<WrongReferrers> referrers;

  [[nodiscard]] bool any() const { return offsets || tiles || heads || !referrers.empty(); }
};

void check_caches(const StoreState& store, Repairs& repairs) {
  repairs.offsets = !log::offsets_are_right(*store.log);
  repairs.tiles = !log::tiles_are_right(*store.log);
  const auto text = host::read_file(store.places.heads(), limits::k_json_bytes_max);
  const auto heads = text ? parse_heads(*text) : Result<Heads>(std::unexpected(text.error()));
  const auto rebuilt = rebuild_heads(store.places, *store.log, store.opened.log_id);
  // Leaves that came meanwhile are not a fault; another sum of bytes is no more than an estimate.
  repairs.heads = rebuilt && (!heads || heads->count < rebuilt->count ||
                              (heads->count == rebuilt->count &&
                               !says_the_same(*heads, *rebuilt)));
}

Status repair(StoreState& store, const Repairs& repairs) {
  SOURCEOS_TRY_ASSIGN(Growth growth, Growth::begin(store));
  if (repairs.offsets || repairs.tiles) {
    SOURCEOS_TRY(growth.rebuild_log_caches());
  }
  for (const WrongReferrers& wrong : repairs.referrers) {
    const fs::path path = store.places.referrers(wrong.id);
    SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
    SOURCEOS_TRY(host::write_file_atomically(path, write_referrers(wrong.right), 0600,
                                             host::Durability::synced));
  }
  return growth.rebuild_heads();
}

void name_repairs(const Repairs& repairs, bool repaired, FsckReport& report) {
  const auto add = [&](std::string name) {
    report.findings.push_back(
        {"cache", std::move(name), "expected what the log says, there was another", repaired});
  };
  if (repairs.offsets) {
    add("log/offsets");
  }
  if (repairs.tiles) {
    add("log/tile");
  }
  if (repairs.heads) {
    add("heads.json");
  }
  for (const WrongReferrers& wrong : repairs.referrers) {
    add("referrers/" + wrong.id.hex().substr(0, 2) + "/" + wrong.id.hex());
  }
}

}  // namespace

bool FsckReport::whole() const {
  return std::all_of(findings.begin(), findings.end(),
                     [](const FsckFinding& finding) { return finding.repaired; });
}

Result<FsckReport> Store::fsck() {
  StoreState& store = *state_;
  SOURCEOS_TRY(store.log->refresh());
  FsckReport report;
  SOURCEOS_TRY_ASSIGN_CONTEXT(const std::vector<Digest> blobs, blobs_in(store.places, report),
                              "check the store");
  check_blobs(store.places, blobs, report);
  check_log(store, report);
  Repairs repairs;
  repairs.referrers = check_bundles(store, blobs, report);
  check_caches(store, repairs);
  const bool may_repair = store.options.access == StoreAccess::write;
  if (repairs.any() && may_repair) {
    SOURCEOS_TRY_CONTEXT(repair(store, repairs), "repair the store's caches");
  }
  name_repairs(repairs, may_repair, report);
  if (const auto reached = reach_of_store(store, {})) {
    report.unreached_blobs = static_cast<std::uint64_t>(
        std::count_if(blobs.begin(), blobs.end(),
                      [&](const Digest& blob) { return !reached->contains(blob); }));
  }
  return report;
}

}  // namespace sourceos::bundle

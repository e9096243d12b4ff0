// Pruning (security S-21, S-35). What goes is written down before it goes: the gc leaves first,
// then the blobs that nothing reaches any more move to tmp/gc-<random>/, and they are deleted when
// no writer that began before is alive. Evidence that somebody may want gone is never pruned
// without force and a reason: held bundles, high findings, open intents, quarantine, and what
// neither an anchor nor an export has outside this host.

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include <fmt/format.h>

#include "bundle/record.hpp"
#include "bundle/store_growth.hpp"
#include "bundle/store_opening.hpp"
#include "bundle/store_reach.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_writers_max = 100'000;
constexpr std::int64_t k_day_seconds = 86'400;
constexpr std::uint64_t k_keep_days_max = 50'000;  // keeps the arithmetic in range

// What the log says about single bundles and about the whole.
struct Protection {
  std::set<Digest> held;
  std::set<Digest> exported;
  std::set<std::uint64_t> open_intents;
  std::uint64_t anchored_size = 0;
};

Result<Protection> read_protection(const StoreState& store, const Heads& heads) {
  Protection protection;
  for (const OpenIntent& open : heads.open) {
    protection.open_intents.insert(open.seq);
  }
  SOURCEOS_TRY_ASSIGN(const auto anchors, store.anchors());
  for (const Anchor& anchor : anchors) {
    protection.anchored_size = std::max(protection.anchored_size, anchor.size);
  }
  SOURCEOS_TRY(store.log->for_each(
      0, store.log->size(), [&](const log::StoredLeaf& stored) -> Status {
        const log::Leaf& leaf = stored.leaf;
        if (leaf.kind != log::LeafKind::change || !leaf.bundle) {
          return {};
        }
        SOURCEOS_TRY_ASSIGN(const std::string document, store.document(leaf));
        const std::string action = read_change_action(document);
        if (action == "hold") {
          protection.held.insert(*leaf.bundle);
        } else if (action == "release") {
          protection.held.erase(*leaf.bundle);
        } else if (action == "export" || action == "push") {
          protection.exported.insert(*leaf.bundle);
        }
        return {};
      }));
  return protection;
}

bool is_quarantine(const json::Value& record) {
  const json::Value& path = record.at("command").at("path");
  return record.at("subject").at("kind") == "quarantine" ||
         std::find(path.begin(), path.end(), "quarantine") != path.end();
}

bool has_open_intent(const json::Value& record, const Protection& protection) {
  const json::Value& sequence = record.at("sequence");
  const auto is_open = [&](const json::Value& seq) {
    return seq.is_number_unsigned() && protection.open_intents.contains(seq.get<std::uint64_t>());
  };
  const json::Value& open = sequence.at("openIntents");
  return is_open(sequence.at("intent")) || std::any_of(open.begin(), open.end(), is_open);
}

bool has_high_finding(const json::Value& record) {
  const json::Value& findings = record.at("findings");
  return std::any_of(findings.begin(), findings.end(),
                     [](const json::Value& finding) { return finding.at("severity") == "high"; });
}

// Why a bundle must stay; empty when it may go.
std::string why_kept(const StorePlaces& places, const BundleFacts& facts,
                     const Protection& protection) {
  if (protection.held.contains(facts.id)) {
    return "hold";
  }
  const auto text = read_record_of(places, facts.id);
  const auto record = text ? parse_record(*text) : Result<json::Value>(std::unexpected(text.error()));
  if (!record) {
    return "unreadable";  // fsck's to judge, not gc's to remove
  }
  if (has_high_finding(*record)) {
    return "finding-high";
  }
  if (has_open_intent(*record, protection)) {
    return "open-intent";
  }
  if (is_quarantine(*record)) {
    return "quarantine";
  }
  if (facts.seq >= protection.anchored_size && !protection.exported.contains(facts.id)) {
    return "not-anchored";
  }
  return {};
}

std::string rule_of(const GcOptions& options) {
  if (options.keep_days && options.keep_last) {
    return "keep-days,keep-last";
  }
  return options.keep_days ? "keep-days" : "keep-last";
}

// Bundles that neither age nor count keeps.
Result<std::vector<BundleFacts>> candidates(const StoreState& store, const GcOptions& options) {
  if (!options.keep_days && !options.keep_last) {
    return std::vector<BundleFacts>();
  }
  SOURCEOS_TRY_ASSIGN(std::vector<BundleFacts> standing, bundles_of_log(store));
  std::erase_if(standing, [](const BundleFacts& facts) { return facts.pruned.has_value(); });
  if (options.keep_last) {
    standing.resize(standing.size() - std::min<std::size_t>(standing.size(), *options.keep_last));
  }
  if (!options.keep_days) {
    return standing;
  }
  const auto days =
      static_cast<std::int64_t>(std::min<std::uint64_t>(*options.keep_days, k_keep_days_max));
  const UtcTime limit{store.clock->now().nanoseconds -
                      UtcTime::from_seconds(days * k_day_seconds).nanoseconds};
  std::vector<BundleFacts> old;
  for (const BundleFacts& facts : standing) {
    SOURCEOS_TRY_ASSIGN(const log::StoredLeaf leaf, store.log->leaf(facts.seq));
    const auto at = parse_time(leaf.leaf.at);
    if (at && *at < limit) {
      old.push_back(facts);
    }
  }
  return old;
}

Result<GcReport> choose(const StoreState& store, const Heads& heads, const GcOptions& options) {
  GcReport report;
  SOURCEOS_TRY_ASSIGN(const Protection protection, read_protection(store, heads));
  SOURCEOS_TRY_ASSIGN(const auto chosen, candidates(store, options));
  for (const BundleFacts& facts : chosen) {
    std::string why = options.force ? "" : why_kept(store.places, facts, protection);
    if (why.empty()) {
      report.pruned.push_back(facts);
    } else {
      report.kept.push_back({facts.id, facts.seq, std::move(why)});
    }
  }
  return report;
}

// Leaves and the referrers files that say so, all in one commit.
Status write_down(Growth& growth, GcReport& report, const GcDocument& document) {
  const std::string text = write_gc_document(document);
  const Digest payload = sha256(text);
  SOURCEOS_TRY(growth.add_blob(payload, text));
  std::vector<log::Leaf> leaves;
  for (BundleFacts& facts : report.pruned) {
    const std::uint64_t seq = growth.seq() + leaves.size();
    facts.pruned = Pruned{seq, growth.at(), document.rule, document.reason};
    leaves.push_back({seq, log::LeafKind::gc, facts.id, payload, facts.seq, growth.at()});
    SOURCEOS_TRY(growth.add_referrers(
        seq, facts.id, {facts.attached, facts.imported, facts.log_id, seq, facts.seq}));
  }
  return growth.commit(leaves);
}

Result<fs::path> make_gc_directory(const StorePlaces& places) {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor tmp, host::open_directory(places.tmp()));
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(tmp, k_writers_max));
  std::string writers;
  for (const auto& entry : entries) {
    if (!entry.name.starts_with("gc-")) {
      writers += entry.name + "\n";
    }
  }
  std::string name = (places.tmp() / "gc-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(system_error(errno, "make a directory in 'tmp'"));
  }
  SOURCEOS_TRY(write_new_file(fs::path(name) / "writers", writers, "store.gc"));
  return fs::path(name);
}

// Blobs that nothing reaches leave blobs/.
Status sweep(const StorePlaces& places, const std::set<Digest>& reached, bool dry_run,
             GcReport& report) {
  std::vector<fs::path> unreached;
  std::error_code error;
  for (auto it = fs::directory_iterator(places.blobs(), error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    const auto digest = Digest::parse_hex(it->path().filename().native());
    const auto facts = host::describe(it->path());
    if (digest && facts && !reached.contains(*digest)) {
      unreached.push_back(it->path());
      report.bytes_removed += facts->size;
    }
  }
  if (error) {
    return fail(system_error(error.value(), "read 'blobs'"));
  }
  report.blobs_removed = unreached.size();
  if (dry_run || unreached.empty()) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const fs::path into, make_gc_directory(places));
  for (const fs::path& path : unreached) {
    SOURCEOS_TRY(rename_file(path, into / path.filename(), "store.gc.rename"));
  }
  clean_up(places);
  return {};
}

Status prune(Growth& growth, GcReport& report, const GcDocument& document, bool dry_run) {
  StoreState& store = growth.store();
  if (!dry_run && !report.pruned.empty()) {
    SOURCEOS_TRY(write_down(growth, report, document));
  }
  std::set<Digest> gone;
  for (const BundleFacts& facts : report.pruned) {
    gone.insert(facts.id);
  }
  SOURCEOS_TRY_ASSIGN(const std::set<Digest> reached, reach_of_store(store, gone));
  SOURCEOS_TRY(sweep(store.places, reached, dry_run, report));
  return dry_run ? Status() : growth.rebuild_heads();
}

}  // namespace

Result<GcReport> Store::gc(const GcOptions& options) {
  if (options.force && options.reason.empty()) {
    return fail(ErrorKind::usage, "usage", "expected a reason beside force, there is none");
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(Growth growth, Growth::begin(*state_), "prune the store");
  growth.allow_reserve();  // room is what we are here for
  SOURCEOS_TRY_ASSIGN(GcReport report, choose(*state_, growth.heads(), options));
  SOURCEOS_TRY_CONTEXT(prune(growth, report, {rule_of(options), options.reason.str()},
                             options.dry_run),
                       "prune the store");
  return report;
}

Result<GcReport> Store::purge(const Digest& id, const RedactedText& reason, bool dry_run) {
  if (reason.empty()) {
    return fail(ErrorKind::usage, "usage", "expected a reason to purge, there is none");
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(Growth growth, Growth::begin(*state_), "purge a bundle");
  GcReport report;
  SOURCEOS_TRY_ASSIGN(const BundleFacts facts, state_->facts(id));
  if (facts.pruned) {
    return report;
  }
  SOURCEOS_TRY_ASSIGN(report.pruned, sharing_layers(*state_, facts));
  SOURCEOS_TRY_CONTEXT(prune(growth, report, {"spill", reason.str()}, dry_run), "purge a bundle");
  return report;
}

}  // namespace sourceos::bundle

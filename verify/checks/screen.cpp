// The screen's hits, and the second look of an Inspector when the caller brought one. A hit fails
// safety and leaves integrity as it is: a later table may find more in an old bundle (S-13).
#include "bundle/frame.hpp"
#include "bundle/screen.hpp"
#include "core/limits.hpp"
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sourceos::verify::checks {
namespace {

// The entries of one layer after the other, so that each frame is decompressed about once.
class InspectorReader {
 public:
  explicit InspectorReader(Run& run) : run_(run) {}

  Status read(const Entry& entry) {
    const auto inspection = run_.options.inspector->begin(entry.path);
    for (const bundle::Where& where : entry.where) {
      SOURCEOS_TRY(feed(where, *inspection));
    }
    SOURCEOS_TRY_ASSIGN(const std::vector<InspectorHit> hits, inspection->finish());
    for (const InspectorHit& hit : hits) {
      run_.content->inspector_hits.push_back({entry.path, {}, hit.from, hit.to});
    }
    return {};
  }

 private:
  Status feed(const bundle::Where& where, EntryInspection& inspection) {
    SOURCEOS_TRY(move_to(where));
    std::string buffer(std::min(where.size, limits::k_mib), '\0');
    for (std::uint64_t left = where.size; left > 0;) {
      const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), left);
      SOURCEOS_TRY_ASSIGN(const std::size_t count, cursor_->read(buffer.data(), wanted));
      if (count == 0) {
        return fail(ErrorKind::malformed, "malformed", "the layer ends before its entry");
      }
      inspection.feed(std::string_view(buffer).substr(0, count));
      left -= count;
      at_ += count;
    }
    return {};
  }

  // Forward in the same layer by reading on, else with a new cursor.
  Status move_to(const bundle::Where& where) {
    if (!cursor_ || where.layer != layer_ || where.offset < at_) {
      SOURCEOS_TRY_ASSIGN(bundle::BlobReader blob,
                          run_.layout.open(run_.manifest->layers[where.layer].digest));
      SOURCEOS_TRY_ASSIGN(
          cursor_, bundle::FrameCursor::open(std::move(blob), where.frame, where.offset));
      layer_ = where.layer;
      at_ = where.offset;
    }
    while (at_ < where.offset) {
      SOURCEOS_TRY_ASSIGN(const std::string_view skipped_bytes,
                          cursor_->next(where.offset - at_));
      if (skipped_bytes.empty()) {
        return fail(ErrorKind::malformed, "malformed", "the layer ends before its entry");
      }
      at_ += skipped_bytes.size();
    }
    return {};
  }

  Run& run_;
  std::optional<bundle::FrameCursor> cursor_;
  std::uint64_t layer_ = 0;
  std::uint64_t at_ = 0;
};

bool is_content_read(const Run& run) {
  return run.content && run.index && !run.content->stored && !run.content->content &&
         !run.index->order && !run.index->unique && !run.index->path;
}

std::string place_of(const ScreenHit& hit, std::size_t count) {
  return fmt::format("bytes {} to {}{}", hit.from, hit.to,
                     count > 1 ? fmt::format(", and {} more places", count - 1) : "");
}

}  // namespace

CheckResult screen(Run& run) {
  if (run.options.level == Level::stored) {
    return skipped(k_skipped_when_fast);
  }
  if (!run.record_bytes || !run.content) {
    return skipped("needs record and digests");
  }
  std::vector<ScreenHit>& hits = run.content->screen_hits;
  for (const bundle::screen::Hit& hit : bundle::screen::scan(*run.record_bytes)) {
    hits.insert(hits.begin(), {"record", hit.rule, hit.from, hit.to});
  }
  if (!hits.empty()) {
    return failed("screen-hit", hits.front().member,
                  fmt::format("{} at {}", hits.front().rule,
                              place_of(hits.front(), hits.size())));
  }
  if (!is_content_read(run)) {
    return skipped("needs content");
  }
  return pass(fmt::format("screen v{}: no hit", bundle::screen::k_version));
}

CheckResult rescan(Run& run) {
  if (run.options.inspector == nullptr) {
    return skipped("no inspector (--rescan)");
  }
  if (!is_content_read(run)) {
    return skipped("needs content");
  }
  InspectorReader reader(run);
  for (const Entry& entry : run.index->entries) {
    if (const Status read = reader.read(entry); !read) {
      return failed(read.error(), entry.path);
    }
  }
  const std::vector<ScreenHit>& hits = run.content->inspector_hits;
  if (hits.empty()) {
    return pass("no residue");
  }
  const bool is_same_rules =
      run.facts() != nullptr &&
      run.options.inspector->ruleset_digest() == run.facts()->ruleset_digest;
  const std::string place = place_of(hits.front(), hits.size());
  return is_same_rules ? failed("residual-secret", hits.front().member, place)
                       : unverifiable("residual-secret", hits.front().member,
                                      place + ", by other rules than the bundle's own");
}

}  // namespace sourceos::verify::checks

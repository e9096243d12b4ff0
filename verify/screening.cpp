#include "verify/screening.hpp"

#include <algorithm>

namespace sourceos::verify {
namespace {

// Enough on both sides of a seam that whatever a token's surroundings are, one view holds them.
constexpr std::uint64_t k_edge_bytes = 2 * bundle::screen::k_reach_bytes;
// A bundle full of tokens is as bad as one with these.
constexpr std::size_t k_hits_max = 100;

}  // namespace

Screening::Screening(const Run& run, const std::vector<bundle::PackMember>& members)
    : run_(run), members_(&members) {}

Screening::Screening(const Run& run, std::string_view member, std::uint64_t before)
    : run_(run), member_(member), before_(before) {}

bundle::FrameInspector Screening::inspector() {
  return [this](std::uint64_t offset, std::string_view bytes) { return inspect(offset, bytes); };
}

bundle::FrameVisitor& Screening::around(bundle::FrameVisitor& inner) {
  around_.inner = &inner;
  return around_;
}

Status Screening::Around::inspect(std::uint64_t offset, std::string_view bytes) {
  return screening_.inspect(offset, bytes);
}

Status Screening::Around::consume(std::uint64_t offset, std::string_view bytes) {
  return inner->consume(offset, bytes);
}

Status Screening::inspect(std::uint64_t offset, std::string_view bytes) {
  if (run_.is_late()) {
    return fail(ErrorKind::limit, "limit", "the time that --max-seconds allows is over");
  }
  std::vector<bundle::screen::Hit> found = bundle::screen::scan(bytes);
  if (found.size() > k_hits_max) {
    found.resize(k_hits_max);
  }
  const bool is_first = offset == 0;
  const bool is_full = bytes.size() == limits::k_frame_input_bytes;  // others may follow
  const std::lock_guard lock(mutex_);
  for (bundle::screen::Hit& hit : found) {
    // What is near a seam is decided with both sides in view.
    const bool near_head = !is_first && hit.from < bundle::screen::k_reach_bytes;
    const bool near_tail = is_full && hit.from + bundle::screen::k_reach_bytes > bytes.size();
    if (!near_head && !near_tail) {
      hits_.push_back({hit.rule, hit.from + offset, hit.to + offset});
    }
  }
  if (!is_first) {
    seams_[offset].head = bytes.substr(0, k_edge_bytes);
  }
  if (is_full) {
    seams_[offset + bytes.size()].tail = bytes.substr(bytes.size() - k_edge_bytes);
  }
  return {};
}

void Screening::scan_seams() {
  for (const auto& [offset, ends] : seams_) {
    const std::string text = ends.tail + ends.head;
    const std::uint64_t seam = ends.tail.size();
    for (const bundle::screen::Hit& hit : bundle::screen::scan(text)) {
      if (hit.from + bundle::screen::k_reach_bytes > seam &&
          hit.from < seam + bundle::screen::k_reach_bytes) {
        hits_.push_back({hit.rule, offset - seam + hit.from, offset - seam + hit.to});
      }
    }
  }
  seams_.clear();
}

bool Screening::locate(const bundle::screen::Hit& hit, ScreenHit& located) const {
  located.rule = hit.rule;
  if (members_ == nullptr) {
    located.member = std::string(member_);
    located.from = before_ + hit.from;
    located.to = before_ + hit.to;
    return true;
  }
  // Members come in the order of their offsets.
  const auto after = std::upper_bound(
      members_->begin(), members_->end(), hit.from,
      [](std::uint64_t at, const bundle::PackMember& member) { return at < member.offset; });
  if (after == members_->begin()) {
    return false;
  }
  const bundle::PackMember& member = *(after - 1);
  if (hit.from >= member.offset + member.size) {
    return false;  // in a header: the path is in the index, which is screened itself
  }
  located.member = std::string(member.path);
  located.from = hit.from - member.offset;
  located.to = std::min(hit.to - member.offset, member.size);
  return true;
}

void Screening::collect(std::vector<ScreenHit>& hits) {
  scan_seams();
  std::sort(hits_.begin(), hits_.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  for (const bundle::screen::Hit& hit : hits_) {
    ScreenHit located;
    if (hits.size() < k_hits_max && locate(hit, located)) {
      hits.push_back(std::move(located));
    }
  }
}

}  // namespace sourceos::verify

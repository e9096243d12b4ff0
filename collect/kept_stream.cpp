#include "collect/kept_stream.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace sourceos::collect {

namespace {

constexpr std::uint64_t k_unknown_tail_bytes = limits::k_segment_bytes;
constexpr std::uint64_t k_rounding = 256;  // exact lengths of what was dropped stay unsaid (S-31)

std::uint64_t round_up(std::uint64_t value, std::uint64_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

KeptStream::KeptStream(bundle::EntryStream& entry, const KeepRule& rule)
    : entry_(entry), rule_(rule) {
  head_end_ = rule_.bytes_max;
  if (fits_whole()) {
    head_end_ = UINT64_MAX;
  } else if (rule_.tail && !rule_.source_size) {
    head_end_ = rule_.bytes_max - std::min(rule_.bytes_max / 2, k_unknown_tail_bytes);
  } else if (rule_.tail) {
    head_end_ = std::min(rule_.bytes_max, limits::k_kept_head_bytes);
    const std::uint64_t tail_bytes = rule_.bytes_max - head_end_;
    tail_from_ = std::max(
        head_end_, round_up(*rule_.source_size - tail_bytes, limits::k_segment_bytes));
  }
}

bool KeptStream::fits_whole() const {
  return rule_.source_size && *rule_.source_size <= rule_.bytes_max;
}

Status KeptStream::append(const bundle::RedactedBlock& block, std::uint64_t fed) {
  const std::uint64_t from = fed_;
  fed_ = fed;
  if (block.bytes().empty()) {
    return {};
  }
  if (from < head_end_ && dropped_bytes_ == 0) {
    head_bytes_ += block.bytes().size();
    return entry_.append(block);
  }
  if (tail_from_ && from >= *tail_from_) {
    if (tail_bytes_ == 0) {
      kept_from_ = from;
    }
    return append_tail(block);
  }
  if (rule_.tail && !rule_.source_size) {
    held_.push_back({bundle::OwnedBlock(block), from});
    return hold_for_tail(block);
  }
  dropped_bytes_ += block.bytes().size();
  return {};
}

Status KeptStream::hold_for_tail(const bundle::RedactedBlock& block) {
  held_bytes_ += block.bytes().size();
  while (held_bytes_ > k_unknown_tail_bytes && held_.size() > 1) {
    held_bytes_ -= held_.front().block.size();
    dropped_bytes_ += held_.front().block.size();
    held_.pop_front();
  }
  return {};
}

Status KeptStream::write_marker() {
  bundle::RedactedText marker("\n... ");
  marker += bundle::RedactedText::number(round_up(dropped_bytes_, k_rounding));
  marker += bundle::RedactedText(" bytes not kept ...\n");
  marker_bytes_ = marker.str().size();
  return entry_.append(bundle::RedactedBlock(marker));
}

Status KeptStream::append_tail(const bundle::RedactedBlock& block) {
  if (marker_bytes_ == 0 && dropped_bytes_ > 0) {
    SOURCEOS_TRY(write_marker());
  }
  tail_bytes_ += block.bytes().size();
  return entry_.append(block);
}

Status KeptStream::finish() {
  if (!held_.empty()) {
    kept_from_ = held_.front().from;
  }
  for (const Held& held : held_) {
    SOURCEOS_TRY(append_tail(held.block.block()));
  }
  held_.clear();
  if (dropped_bytes_ > 0 && marker_bytes_ == 0) {
    return write_marker();
  }
  return {};
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> KeptStream::kept() const {
  if (fed_ == 0) {
    return {};
  }
  if (dropped_bytes_ == 0) {
    return {{0, fed_}};
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges = {{0, std::min(head_end_, fed_)}};
  if (tail_bytes_ > 0) {
    ranges.emplace_back(kept_from_, fed_);
  }
  return ranges;
}

void KeptStream::place(bundle::Finding& finding) const {
  const std::uint64_t entry_size = head_bytes_ + marker_bytes_ + tail_bytes_;
  const auto moved = [&](std::uint64_t offset) {
    if (offset < head_bytes_ || dropped_bytes_ == 0) {
      return std::min(offset, entry_size);
    }
    if (offset < head_bytes_ + dropped_bytes_) {
      return head_bytes_;  // the marker stands for what was dropped
    }
    return std::min(offset - dropped_bytes_ + marker_bytes_, entry_size);
  };
  finding.from = moved(finding.from);
  finding.to = std::max(finding.from, moved(finding.to));
}

}  // namespace sourceos::collect

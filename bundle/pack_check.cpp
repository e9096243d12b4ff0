// A pack is compared with the stream that its members make: header, content, zero padding, and so
// on, then zero end blocks up to a whole record. The index tells names, sizes and digests, so every
// byte of the stream but the content is known beforehand, and content is held to its digest.
//
// Frames are checked where they are decompressed, in parallel: all regions that lie wholly inside
// one frame at once. What is left for the ordered pass are members that cross a frame boundary,
// whose hash must run from frame to frame, and those few bytes of a header that do.
#include "bundle/pack_check.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "bundle/tar_header.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

std::unexpected<Error> differs(std::string_view path) {
  return fail(
      ErrorKind::malformed, "malformed",
      fmt::format("the pack is not the tar of its members, at '{}'", text::for_display_line(path)));
}

std::unexpected<Error> wrong_digest(std::string_view path) {
  return fail(
      ErrorKind::malformed, "digest-mismatch",
      fmt::format("the content of '{}' is not what the index says", text::for_display_line(path)));
}

bool is_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// The part of [from, from + size) that lies in a frame, as bytes and as an offset into the region.
struct Part {
  std::string_view bytes;
  std::uint64_t at = 0;
  bool is_whole = false;
};
Part part_of(std::uint64_t from, std::uint64_t size, std::uint64_t frame_from,
             std::string_view frame) {
  const std::uint64_t first = std::max(from, frame_from);
  const std::uint64_t last = std::min(from + size, frame_from + frame.size());
  if (first >= last) {
    return {};
  }
  const std::string_view bytes = frame.substr(static_cast<std::size_t>(first - frame_from),
                                              static_cast<std::size_t>(last - first));
  return {bytes, first - from, bytes.size() == size};
}

class PackVisitor final : public FrameVisitor {
 public:
  PackVisitor(const std::vector<PackMember>& members, const FrameInspector& inspect)
      : members_(members), inspect_(inspect) {}

  // Where each member should lie; wrong claims of the index are found here already.
  Status lay_out() {
    std::uint64_t at = 0;
    starts_.reserve(members_.size());
    for (const PackMember& member : members_) {
      starts_.push_back(at);
      if (member.offset != at + k_tar_block_bytes) {
        return fail(ErrorKind::malformed, "descriptor",
                    fmt::format("'{}' begins at {} of its pack, the index says {}",
                                text::for_display_line(member.path), at + k_tar_block_bytes,
                                member.offset));
      }
      if (member.size > k_tar_member_bytes_max) {
        return fail(ErrorKind::limit, "limit", "a member that is too large for a pack");
      }
      // Nothing of an empty member passes by later.
      if (member.size == 0 && member.sha256 != sha256({})) {
        return wrong_digest(member.path);
      }
      at += tar_member_bytes(member.size);
    }
    end_ = at;
    return {};
  }
  [[nodiscard]] std::uint64_t stream_bytes() const { return tar_stream_bytes(end_); }

  Status inspect(std::uint64_t offset, std::string_view bytes) override {
    if (inspect_) {
      SOURCEOS_TRY(inspect_(offset, bytes));
    }
    for (std::size_t i = first_member(offset); i < members_.size(); ++i) {
      if (starts_[i] >= offset + bytes.size()) {
        break;
      }
      SOURCEOS_TRY(check_fixed_bytes(i, offset, bytes));
      const Part content = part_of(members_[i].offset, members_[i].size, offset, bytes);
      if (content.is_whole && sha256(content.bytes) != members_[i].sha256) {
        return wrong_digest(members_[i].path);
      }
    }
    const Part end = part_of(end_, stream_bytes() - end_, offset, bytes);
    return is_zero(end.bytes) ? Status{} : Status(differs("end of the pack"));
  }

  // Members that do not lie in one frame: at most the first and the last of each.
  Status consume(std::uint64_t offset, std::string_view bytes) override {
    const std::size_t first = first_member(offset);
    const std::size_t last = first_member(offset + bytes.size() - 1);
    if (first < members_.size()) {
      SOURCEOS_TRY(consume_part(first, offset, bytes));
    }
    if (last < members_.size() && last != first) {
      SOURCEOS_TRY(consume_part(last, offset, bytes));
    }
    return {};
  }

 private:
  // The member whose bytes, header to padding, hold stream byte `offset`.
  [[nodiscard]] std::size_t first_member(std::uint64_t offset) const {
    if (offset >= end_) {
      return members_.size();
    }
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
    return static_cast<std::size_t>(after - starts_.begin()) - 1;
  }

  Status check_fixed_bytes(std::size_t i, std::uint64_t offset, std::string_view bytes) const {
    const PackMember& member = members_[i];
    const Part header = part_of(starts_[i], k_tar_block_bytes, offset, bytes);
    if (!header.bytes.empty()) {
      SOURCEOS_TRY_ASSIGN(const TarHeader made, make_tar_header(member.path, member.size));
      if (std::memcmp(made.data() + header.at, header.bytes.data(), header.bytes.size()) != 0) {
        return differs(member.path);
      }
    }
    const Part padding =
        part_of(member.offset + member.size, tar_padding(member.size), offset, bytes);
    return is_zero(padding.bytes) ? Status{} : Status(differs(member.path));
  }

  Status consume_part(std::size_t i, std::uint64_t offset, std::string_view bytes) {
    const PackMember& member = members_[i];
    const Part content = part_of(member.offset, member.size, offset, bytes);
    if (content.is_whole || content.bytes.empty()) {
      return {};
    }
    running_.update(content.bytes);
    const bool is_end = content.at + content.bytes.size() == member.size;
    return !is_end || running_.finish() == member.sha256 ? Status{}
                                                         : Status(wrong_digest(member.path));
  }

  const std::vector<PackMember>& members_;
  const FrameInspector& inspect_;
  std::vector<std::uint64_t> starts_;
  std::uint64_t end_ = 0;
  Sha256 running_;
};

class SegmentVisitor final : public FrameVisitor {
 public:
  SegmentVisitor(Sha256& running, const FrameInspector& inspect)
      : running_(running), inspect_(inspect) {}
  Status inspect(std::uint64_t offset, std::string_view bytes) override {
    return inspect_ ? inspect_(offset, bytes) : Status{};
  }
  Status consume(std::uint64_t, std::string_view bytes) override {
    running_.update(bytes);
    return {};
  }

 private:
  Sha256& running_;
  const FrameInspector& inspect_;
};

}  // namespace

Result<FrameSummary> check_pack(FramePool& pool, const BlobReader& blob,
                                const std::vector<PackMember>& members,
                                const FrameInspector& inspect) {
  PackVisitor visitor(members, inspect);
  SOURCEOS_TRY(visitor.lay_out());
  SOURCEOS_TRY_ASSIGN(FrameSummary summary,
                      read_frames(pool, blob, {visitor.stream_bytes(), true}, visitor));
  for (const PackMember& member : members) {
    if (summary.frame_of(member.offset) != member.frame) {
      return fail(ErrorKind::malformed, "descriptor",
                  fmt::format("'{}' lies in the frame at {}, the index says {}",
                              text::for_display_line(member.path), summary.frame_of(member.offset),
                              member.frame));
    }
  }
  return summary;
}

Result<FrameSummary> check_segment(FramePool& pool, const BlobReader& blob, std::uint64_t size,
                                   Sha256& running, const FrameInspector& inspect) {
  SegmentVisitor visitor(running, inspect);
  return read_frames(pool, blob, {size, true}, visitor);
}

}  // namespace sourceos::bundle

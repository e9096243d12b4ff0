// What a layer must look like, so that every stored byte has a meaning (rule 9 of the format):
//
// * frames of the standard magic only: no skippable frame, no legacy version, nothing after the
//   last frame, at least one frame;
// * in the frame header: content size present, no dictionary id, reserved and unused bits zero,
//   window at most 8 MiB;
// * every frame but the last has exactly 4,194,304 bytes of content, the last at least one, unless
//   the layer is empty: then it is one empty frame;
// * a checksum is checked when it is there.
//
// A header tells how much content follows, so a layer that would give more than its bound is
// refused before any of that is decompressed.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "bundle/frame.hpp"
#include "bundle/frame_buffers.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_header_bytes_max = 14;
constexpr std::size_t k_read_bytes = limits::k_mib;

std::unexpected<Error> malformed(std::string why) {
  return fail(ErrorKind::malformed, "malformed", std::move(why));
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

// The content size that a frame header states, when the header is one we take.
Result<std::uint64_t> read_header(std::string_view bytes) {
  constexpr std::array<std::size_t, 4> k_size_bytes = {0, 2, 4, 8};
  if (bytes.size() < 6 || little_endian(bytes.substr(0, 4)) != ZSTD_MAGICNUMBER) {
    return malformed("expected a zstd frame");
  }
  const auto flags = static_cast<unsigned char>(bytes[4]);
  const bool has_checksum_only_extras = (flags & 0x1B) == 0;  // unused, reserved, dictionary
  if (!has_checksum_only_extras) {
    return malformed("a zstd frame with a dictionary or reserved bits");
  }
  const bool is_single_segment = (flags & 0x20) != 0;
  const std::size_t size_flag = flags >> 6;
  const std::size_t size_at = is_single_segment ? 5 : 6;
  const std::size_t size_bytes = size_flag == 0 && is_single_segment ? 1 : k_size_bytes[size_flag];
  if (size_bytes == 0) {
    return malformed("a zstd frame without content size");
  }
  if (bytes.size() < size_at + size_bytes) {
    return malformed("a zstd frame that is cut off");
  }
  const std::uint64_t size =
      little_endian(bytes.substr(size_at, size_bytes)) + (size_bytes == 2 ? 256 : 0);
  std::uint64_t window = size;
  if (!is_single_segment) {
    const auto descriptor = static_cast<unsigned char>(bytes[5]);
    const std::uint64_t base = std::uint64_t{1} << (10 + (descriptor >> 3));
    window = base + base / 8 * (descriptor & 7);
  }
  // A single segment's window is its content, which has a bound of its own.
  if (!is_single_segment && window > limits::k_zstd_window_bytes_max) {
    return malformed(fmt::format("a zstd window of {} bytes, at most {} are allowed", window,
                                 limits::k_zstd_window_bytes_max));
  }
  return size;
}

struct Frame {
  std::uint64_t at = 0;       // in the blob
  std::string_view stored;    // good until the next call
  std::uint64_t content = 0;  // bytes
  bool is_last = false;
};

// Walks the frames of a blob and holds them to the rules; decompresses nothing.
class FrameScanner {
 public:
  FrameScanner(BlobReader blob, std::uint64_t from, ContentBound bound)
      : blob_(std::move(blob)), at_(from), read_(from), bound_(bound) {}

  [[nodiscard]] bool is_at_end() const { return at_ == blob_.size(); }

  Result<Frame> next() {
    SOURCEOS_TRY(have(k_header_bytes_max));
    SOURCEOS_TRY_ASSIGN(const std::uint64_t content, read_header(window()));
    if (content > bound_.bytes - content_) {
      return fail(
          ErrorKind::limit, "limit",
          fmt::format("a layer with more content than the {} bytes expected", bound_.bytes));
    }
    if (content > limits::k_frame_input_bytes) {
      return malformed(fmt::format("a zstd frame of {} bytes of content, at most {} are allowed",
                                   content, limits::k_frame_input_bytes));
    }
    SOURCEOS_TRY_ASSIGN(const std::size_t stored, stored_bytes());
    Frame frame{at_, window().substr(0, stored), content, at_ + stored == blob_.size()};
    SOURCEOS_TRY(check_position(frame));
    at_ += stored;
    content_ += content;
    return frame;
  }

 private:
  [[nodiscard]] std::string_view window() const {
    return {buffer_.get() + (at_ - buffer_at_), read_ - at_};
  }

  // At least `count` bytes of the blob from at_ on in the buffer, or all there are.
  Status have(std::size_t count) {
    const std::uint64_t left = blob_.size() - at_;
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, left));
    if (read_ - at_ >= wanted) {
      return {};
    }
    const std::size_t kept = read_ - at_;
    const std::size_t target = static_cast<std::size_t>(
        std::min<std::uint64_t>(std::max<std::uint64_t>(wanted, kept + k_read_bytes), left));
    if (capacity_ < target) {
      auto larger = std::make_unique_for_overwrite<char[]>(target);
      if (kept != 0) {
        std::memcpy(larger.get(), window().data(), kept);
      }
      buffer_ = std::move(larger);
      capacity_ = target;
    } else if (kept != 0) {
      std::memmove(buffer_.get(), window().data(), kept);
    }
    buffer_at_ = at_;
    SOURCEOS_TRY(blob_.read_at(at_ + kept, buffer_.get() + kept, target - kept));
    read_ = at_ + target;
    return {};
  }

  // How long the frame at at_ is; its blocks are walked, not decoded.
  Result<std::size_t> stored_bytes() {
    while (true) {
      const std::size_t size = ZSTD_findFrameCompressedSize(window().data(), window().size());
      if (ZSTD_isError(size) == 0) {
        if (size > frame_stored_bytes_max()) {
          return malformed("a zstd frame stored in more bytes than its content can need");
        }
        return size;
      }
      const bool is_cut = ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong;
      if (!is_cut || read_ == blob_.size() || window().size() > frame_stored_bytes_max()) {
        return malformed(fmt::format("a zstd frame that is damaged or cut off at byte {}", at_));
      }
      SOURCEOS_TRY(have(window().size() + 1));
    }
  }

  Status check_position(const Frame& frame) const {
    if (!frame.is_last && frame.content != limits::k_frame_input_bytes) {
      return malformed(
          fmt::format("a zstd frame of {} bytes of content before the last one", frame.content));
    }
    if (frame.content == 0 && frame.at != 0) {
      return malformed("an empty zstd frame after others");
    }
    return {};
  }

  BlobReader blob_;
  std::uint64_t at_;    // of the next frame in the blob
  std::uint64_t read_;  // end of what is in the buffer
  ContentBound bound_;
  std::uint64_t content_ = 0;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::uint64_t buffer_at_ = 0;
};

Status decompress(FramePool::Buffers& buffers) {
  const std::size_t size =
      ZSTD_decompressDCtx(buffers.decompressor(), buffers.content.get(),
                          limits::k_frame_input_bytes, buffers.stored.get(), buffers.stored_size);
  if (ZSTD_isError(size) != 0) {
    return malformed(
        fmt::format("a zstd frame that does not decompress: {}", ZSTD_getErrorName(size)));
  }
  if (size != buffers.content_size) {
    return malformed(
        fmt::format("a zstd frame that promised {} bytes gave {}", buffers.content_size, size));
  }
  return {};
}

void load(FramePool::Buffers& buffers, const Frame& frame, std::uint64_t content_offset) {
  frame.stored.copy(buffers.stored.get(), frame.stored.size());
  buffers.stored_size = frame.stored.size();
  buffers.content_size = frame.content;
  buffers.content_offset = content_offset;
}

class Decompression final : public OrderedFrames {
 public:
  Decompression(FramePool& pool, FrameVisitor& visitor) : OrderedFrames(pool), visitor_(visitor) {}

 private:
  Status work(FramePool::Buffers& buffers) override {
    SOURCEOS_TRY(decompress(buffers));
    return visitor_.inspect(buffers.content_offset, buffers.content_view());
  }
  Status in_order(FramePool::Buffers& buffers) override {
    return visitor_.consume(buffers.content_offset, buffers.content_view());
  }
  FrameVisitor& visitor_;
};

// Sends frame after frame to be decompressed; the first frame that breaks a rule ends it.
Status send_frames(FramePool& pool, const BlobReader& blob, ContentBound bound,
                   Decompression& decompression, FrameSummary& summary) {
  FrameScanner scanner(blob, 0, bound);
  Sha256 hash;
  do {
    SOURCEOS_TRY_ASSIGN(const Frame frame, scanner.next());
    hash.update(frame.stored);
    FramePool::Buffers& buffers = pool.acquire();
    load(buffers, frame, summary.bytes);
    summary.frames.push_back(frame.at);
    summary.stored += frame.stored.size();
    summary.bytes += frame.content;
    decompression.submit(
        buffers, frame.is_last ? OrderedFrames::Position::last : OrderedFrames::Position::inner);
  } while (!scanner.is_at_end() && !decompression.has_failed());
  summary.digest = hash.finish();
  return {};
}

}  // namespace

Status FrameVisitor::inspect(std::uint64_t, std::string_view) { return {}; }
Status FrameVisitor::consume(std::uint64_t, std::string_view) { return {}; }

Result<FrameSummary> read_frames(FramePool& pool, const BlobReader& blob, ContentBound bound,
                                 FrameVisitor& visitor) {
  FrameSummary summary;
  Decompression decompression(pool, visitor);
  const Status sent = send_frames(pool, blob, bound, decompression, summary);
  // What was sent lies before what could not be: its error comes first.
  SOURCEOS_TRY(decompression.wait());
  SOURCEOS_TRY(sent);
  if (bound.exact && summary.bytes != bound.bytes) {
    return malformed(
        fmt::format("a layer with {} bytes of content, expected {}", summary.bytes, bound.bytes));
  }
  return summary;
}

struct FrameCursor::State {
  State(BlobReader blob, std::uint64_t frame)
      : scanner(std::move(blob), frame, {limits::k_entry_bytes_sum_max, false}) {}

  FrameScanner scanner;
  FramePool::Buffers buffers;
  std::size_t used = 0;  // of the content in buffers

  Status load_next() {
    SOURCEOS_TRY_ASSIGN(const Frame frame, scanner.next());
    load(buffers, frame, 0);
    used = 0;
    return decompress(buffers);
  }
};

FrameCursor::FrameCursor(std::unique_ptr<State> state) : state_(std::move(state)) {}
FrameCursor::FrameCursor(FrameCursor&&) noexcept = default;
FrameCursor& FrameCursor::operator=(FrameCursor&&) noexcept = default;
FrameCursor::~FrameCursor() = default;

Result<FrameCursor> FrameCursor::open(BlobReader blob, std::uint64_t frame, std::uint64_t offset) {
  if (frame >= blob.size()) {
    return fail(ErrorKind::malformed, "descriptor",
                fmt::format("no zstd frame at {}, the blob has {} bytes", frame, blob.size()));
  }
  auto state = std::make_unique<State>(std::move(blob), frame);
  SOURCEOS_TRY(state->load_next());
  state->used = static_cast<std::size_t>(offset % limits::k_frame_input_bytes);
  if (state->used > state->buffers.content_size) {
    return fail(ErrorKind::malformed, "descriptor", "an offset behind the end of its layer");
  }
  return FrameCursor(std::move(state));
}

Result<std::string_view> FrameCursor::next(std::size_t count_max) {
  State& state = *state_;
  if (state.used == state.buffers.content_size) {
    if (state.scanner.is_at_end()) {
      return std::string_view();
    }
    SOURCEOS_TRY(state.load_next());
  }
  const std::string_view part = state.buffers.content_view().substr(state.used, count_max);
  state.used += part.size();
  return part;
}

Result<std::size_t> FrameCursor::read(char* buffer, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    SOURCEOS_TRY_ASSIGN(const std::string_view part, next(count - done));
    if (part.empty()) {
      break;
    }
    part.copy(buffer + done, part.size());
    done += part.size();
  }
  return done;
}

Result<std::string> read_layer(const BlobReader& blob, ContentBound bound) {
  struct Collector final : FrameVisitor {
    std::string bytes;
    Status consume(std::uint64_t, std::string_view part) override {
      bytes += part;
      return {};
    }
  };
  FramePool pool(1);
  Collector collector;
  SOURCEOS_TRY_ASSIGN(const FrameSummary summary, read_frames(pool, blob, bound, collector));
  return std::move(collector.bytes);
}

}  // namespace sourceos::bundle

// Layers as sequences of independent zstd frames, each of exactly 4,194,304 bytes of content but
// the last: all cores can work on one layer, and any part can be read alone. The one door to zstd.
// The rules a reader holds frames to stand in frame_reader.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/blob.hpp"
#include "bundle/digest.hpp"
#include "bundle/frame_pool.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

// "1.5.4", for the record.
[[nodiscard]] std::string zstd_version();
inline constexpr int k_compression_level_min = 1;
inline constexpr int k_compression_level_max = 19;

// A layer written or read to its end.
struct FrameSummary {
  Digest digest;                      // of the stored bytes
  std::uint64_t stored = 0;           // size of the blob
  std::uint64_t bytes = 0;            // of content
  std::vector<std::uint64_t> frames;  // offset of each in the blob

  // The frame that holds content byte `offset` (the last one for the very end).
  [[nodiscard]] std::uint64_t frame_of(std::uint64_t offset) const;
};

// Writes one blob file. Compression runs on the pool, the file is written in order.
class FrameWriter {
 public:
  // The pool must outlive the writer. The file is made anew (mode 0600). `fault` is the fault
  // point of each write (host/fault.hpp), a literal.
  [[nodiscard]] static Result<FrameWriter> create(FramePool& pool, const host::fs::path& path,
                                                  int compression_level,
                                                  std::string_view fault = "store.blob.write");
  FrameWriter(FrameWriter&&) noexcept;
  FrameWriter& operator=(FrameWriter&&) noexcept;
  ~FrameWriter();

  [[nodiscard]] Status append(std::string_view bytes);
  [[nodiscard]] std::uint64_t bytes() const;
  // No more content: lets the last frames be written while the caller goes on.
  [[nodiscard]] Status end();
  // Ends, and waits for all frames; the file is whole, not synced.
  [[nodiscard]] Result<FrameSummary> finish();

 private:
  struct State;
  explicit FrameWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What a whole-layer read calls.
class FrameVisitor {
 public:
  virtual ~FrameVisitor() = default;
  // Content of one frame; on any thread, in any order, several at once.
  [[nodiscard]] virtual Status inspect(std::uint64_t offset, std::string_view bytes);
  // The same content in order, one call at a time, after inspect of it.
  [[nodiscard]] virtual Status consume(std::uint64_t offset, std::string_view bytes);
};

// How much content a layer may have, known before anything is decompressed.
struct ContentBound {
  std::uint64_t bytes = 0;
  bool exact = true;  // fewer bytes are `malformed`; more are always `limit`
};

// Reads a whole layer: each stored byte once, hashed, checked and decompressed on all cores.
// Errors: `malformed` for frames that our rules do not allow, `limit` for too much content.
[[nodiscard]] Result<FrameSummary> read_frames(FramePool& pool, const BlobReader& blob,
                                               ContentBound bound, FrameVisitor& visitor);

// Reads part of a layer, from the frame at blob offset `frame`, which holds content byte `offset`
// (both as in an index line), on the calling thread.
class FrameCursor {
 public:
  [[nodiscard]] static Result<FrameCursor> open(BlobReader blob, std::uint64_t frame,
                                                std::uint64_t offset);
  FrameCursor(FrameCursor&&) noexcept;
  FrameCursor& operator=(FrameCursor&&) noexcept;
  ~FrameCursor();

  // Up to `count` bytes, 0 at the end of the layer.
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t count);
  // The next bytes as they lie in the cursor's own buffer (empty at the end); good until the next
  // call.
  [[nodiscard]] Result<std::string_view> next(std::size_t count_max);

 private:
  struct State;
  explicit FrameCursor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// All content of a small layer.
[[nodiscard]] Result<std::string> read_layer(const BlobReader& blob, ContentBound bound);

}  // namespace sourceos::bundle

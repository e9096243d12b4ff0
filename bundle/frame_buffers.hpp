// Inside of the pool: room for one frame in both forms, and work on frames that is done in any
// order but finished in theirs.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>

#include "bundle/frame_pool.hpp"
#include "core/limits.hpp"
#include "core/result.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace sourceos::bundle {

// The most bytes that zstd needs to store a frame of 4 MiB (ZSTD_compressBound).
[[nodiscard]] std::size_t frame_stored_bytes_max();

// Memory is taken from the system when it is first written, and kept.
struct FramePool::Buffers {
  Buffers();
  ~Buffers();
  Buffers(const Buffers&) = delete;
  Buffers& operator=(const Buffers&) = delete;

  [[nodiscard]] std::string_view content_view() const { return {content.get(), content_size}; }
  [[nodiscard]] std::string_view stored_view() const { return {stored.get(), stored_size}; }
  [[nodiscard]] ZSTD_CCtx_s* compressor();
  [[nodiscard]] ZSTD_DCtx_s* decompressor();

  std::unique_ptr<char[]> content;  // of k_frame_input_bytes
  std::unique_ptr<char[]> stored;   // of frame_stored_bytes_max()
  std::size_t content_size = 0;
  std::size_t stored_size = 0;
  std::uint64_t content_offset = 0;  // of the frame in its layer
  std::uint64_t number = 0;          // of the frame in its layer

 private:
  ZSTD_CCtx_s* compressor_ = nullptr;
  ZSTD_DCtx_s* decompressor_ = nullptr;
};

// Frames of one layer: work() runs on any thread, in_order() one at a time by number.
class OrderedFrames {
 public:
  explicit OrderedFrames(FramePool& pool) : pool_(pool) {}
  virtual ~OrderedFrames() = default;
  OrderedFrames(const OrderedFrames&) = delete;
  OrderedFrames& operator=(const OrderedFrames&) = delete;

  // Takes the buffers over and frees them at the end. The last frame of a layer is worked on here
  // and now when nothing else is under way: a small layer needs no threads.
  enum class Position { inner, last };
  void submit(FramePool::Buffers& buffers, Position position);
  // Waits for all that was submitted; the error of the frame with the lowest number. Must be
  // called before the object goes.
  [[nodiscard]] Status wait();
  [[nodiscard]] bool has_failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] virtual Status work(FramePool::Buffers& buffers) = 0;
  [[nodiscard]] virtual Status in_order(FramePool::Buffers& buffers) = 0;

  void run(FramePool::Buffers& buffers);
  void finish_in_order(FramePool::Buffers& buffers);
  void note(Status status, std::uint64_t number);

  FramePool& pool_;
  std::atomic<std::uint64_t> under_way_ = 0;
  std::atomic<bool> failed_ = false;
  std::uint64_t submitted_ = 0;  // by the one thread that submits

  std::mutex mutex_;
  std::deque<FramePool::Buffers*> waiting_;  // worked on; the first has number next_
  std::uint64_t next_ = 0;
  bool is_draining_ = false;
  std::uint64_t error_number_ = 0;
  Status status_;
};

}  // namespace sourceos::bundle

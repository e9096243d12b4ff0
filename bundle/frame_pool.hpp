// Threads and buffers for zstd frames, shared by all layers that are written or read at once.
// Buffers are few, made once and used again; a caller that finds none free does some of the work.
#pragma once

#include <functional>
#include <memory>

namespace sourceos::bundle {

class FramePool {
 public:
  // `jobs` counts the calling thread too; 0 means one for each core.
  explicit FramePool(unsigned jobs = 0);
  ~FramePool();
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;

  [[nodiscard]] unsigned jobs() const { return jobs_; }

  // Room for one frame in both forms, with the contexts to go from one to the other.
  struct Buffers;
  // A free one; does waiting work while there is none.
  [[nodiscard]] Buffers& acquire();
  void release(Buffers& buffers);

  // Runs `work` on some thread, soon.
  void submit(std::function<void()> work);
  // Does one piece of waiting work on this thread, or waits until `done` says true.
  void help_until(const std::function<bool()>& done);
  // Wakes those who wait in help_until: what `done` looks at has changed.
  void notify();

 private:
  struct State;
  unsigned jobs_;
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::bundle

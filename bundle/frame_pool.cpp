// A queue of work, threads that take from it, and a free list of buffers. The thread that makes
// work also does it whenever it would have to wait: with one job there are no threads at all, and
// with n jobs n - 1, so that redaction and hashing on the caller's side leave no core idle.
#include "bundle/frame_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include <zstd.h>

#include "bundle/frame_buffers.hpp"

namespace sourceos::bundle {

namespace {

// Peak memory stays under 256 MiB: a set of buffers is 8 MiB and its zstd contexts about 2.
constexpr unsigned k_jobs_max = 12;
// Two to fill or drain by the caller beside one for each job.
constexpr unsigned k_spare_buffers = 3;

template <class Context>
Context* or_throw(Context* context) {
  if (context == nullptr) {
    throw std::bad_alloc();
  }
  return context;
}

}  // namespace

std::size_t frame_stored_bytes_max() {
  static const std::size_t bytes = ZSTD_compressBound(limits::k_frame_input_bytes);
  return bytes;
}

FramePool::Buffers::Buffers()
    : content(std::make_unique_for_overwrite<char[]>(limits::k_frame_input_bytes)),
      stored(std::make_unique_for_overwrite<char[]>(frame_stored_bytes_max())) {}

FramePool::Buffers::~Buffers() {
  ZSTD_freeCCtx(compressor_);
  ZSTD_freeDCtx(decompressor_);
}

ZSTD_CCtx_s* FramePool::Buffers::compressor() {
  if (compressor_ == nullptr) {
    compressor_ = or_throw(ZSTD_createCCtx());
  }
  return compressor_;
}

ZSTD_DCtx_s* FramePool::Buffers::decompressor() {
  if (decompressor_ == nullptr) {
    decompressor_ = or_throw(ZSTD_createDCtx());
  }
  return decompressor_;
}

struct FramePool::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<Buffers>> all;
  std::vector<Buffers*> free;
  bool is_ending = false;

  // Runs one piece of work, if there is one, with the lock given back meanwhile.
  bool run_one(std::unique_lock<std::mutex>& lock) {
    if (queue.empty()) {
      return false;
    }
    const std::function<void()> work = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    work();
    lock.lock();
    return true;
  }

  void serve() {
    std::unique_lock lock(mutex);
    while (!is_ending) {
      if (!run_one(lock)) {
        changed.wait(lock);
      }
    }
  }
};

FramePool::FramePool(unsigned jobs)
    : jobs_(std::clamp(jobs == 0 ? std::thread::hardware_concurrency() : jobs, 1U, k_jobs_max)),
      state_(std::make_unique<State>()) {}

FramePool::~FramePool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) {
    thread.join();
  }
}

FramePool::Buffers& FramePool::acquire() {
  std::unique_lock lock(state_->mutex);
  while (true) {
    if (!state_->free.empty()) {
      Buffers& buffers = *state_->free.back();
      state_->free.pop_back();
      return buffers;
    }
    if (state_->all.size() < jobs_ + k_spare_buffers) {
      state_->all.push_back(std::make_unique<Buffers>());
      return *state_->all.back();
    }
    if (!state_->run_one(lock)) {
      state_->changed.wait(lock);
    }
  }
}

void FramePool::release(Buffers& buffers) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->free.push_back(&buffers);
  }
  state_->changed.notify_all();
}

void FramePool::submit(std::function<void()> work) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(work));
    if (state_->threads.empty()) {
      for (unsigned i = 1; i < jobs_; ++i) {
        state_->threads.emplace_back([state = state_.get()] { state->serve(); });
      }
    }
  }
  state_->changed.notify_all();
}

void FramePool::help_until(const std::function<bool()>& done) {
  std::unique_lock lock(state_->mutex);
  while (!done()) {
    if (!state_->run_one(lock)) {
      state_->changed.wait(lock);
    }
  }
}

void FramePool::notify() {
  {
    const std::lock_guard lock(state_->mutex);
  }
  state_->changed.notify_all();
}

void OrderedFrames::submit(FramePool::Buffers& buffers, Position position) {
  buffers.number = submitted_++;
  if (position == Position::last && under_way_.load() == 0) {
    under_way_.fetch_add(1);
    run(buffers);
    return;
  }
  under_way_.fetch_add(1);
  pool_.submit([this, &buffers] { run(buffers); });
}

void OrderedFrames::run(FramePool::Buffers& buffers) {
  FramePool& pool = pool_;
  note(work(buffers), buffers.number);
  finish_in_order(buffers);
  // The last touch of this object: wait() may return at once.
  under_way_.fetch_sub(1);
  pool.notify();
}

// Whoever completes the next frame in order also ends those behind it that are complete.
void OrderedFrames::finish_in_order(FramePool::Buffers& buffers) {
  std::unique_lock lock(mutex_);
  const std::size_t place = buffers.number - next_;
  if (waiting_.size() <= place) {
    waiting_.resize(place + 1, nullptr);
  }
  waiting_[place] = &buffers;
  if (is_draining_) {
    return;
  }
  is_draining_ = true;
  while (!waiting_.empty() && waiting_.front() != nullptr) {
    FramePool::Buffers& next = *waiting_.front();
    const bool is_wanted = status_.has_value() || next.number < error_number_;
    lock.unlock();
    if (is_wanted) {
      note(in_order(next), next.number);
    }
    pool_.release(next);
    lock.lock();
    waiting_.pop_front();
    ++next_;
  }
  is_draining_ = false;
}

void OrderedFrames::note(Status status, std::uint64_t number) {
  if (status) {
    return;
  }
  const std::lock_guard lock(mutex_);
  if (status_ || number < error_number_) {
    status_ = std::move(status);
    error_number_ = number;
  }
  failed_.store(true, std::memory_order_relaxed);
}

Status OrderedFrames::wait() {
  pool_.help_until([this] { return under_way_.load() == 0; });
  const std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace sourceos::bundle

#include "collect/block_reader.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/hardening.hpp"

namespace sourceos::collect {

namespace {

struct Block {
  host::RawBuffer bytes{BlockReader::k_block_bytes};
  std::size_t size = 0;
};

}  // namespace

// A ring of blocks: the thread fills the one at `filled`, the caller holds the one before `taken`.
struct BlockReader::State {
  static constexpr std::size_t k_blocks = 4;

  std::unique_ptr<ByteSource> source;
  std::function<void(std::string_view)> on_block;
  std::array<Block, k_blocks> blocks;

  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t filled = 0;  // blocks that hold bytes so far
  std::uint64_t taken = 0;   // blocks that the caller has had
  bool is_held = false;      // the caller still looks at the last one
  bool is_abandoned = false;
  bool is_done = false;
  SourceEnd end;

  // Waits for a free block; false when nobody wants it any more.
  bool wait_for_room() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] {
      return is_abandoned || filled - taken + (is_held ? 1 : 0) < k_blocks;
    });
    return !is_abandoned;
  }

  Status fill_all() {
    while (wait_for_room()) {
      Block& block = blocks[filled % k_blocks];
      const Status read = fill(block);
      const bool is_last = block.size < k_block_bytes;
      if (block.size > 0) {
        if (on_block) {
          on_block({block.bytes.data(), block.size});
        }
        const std::lock_guard lock(mutex);
        ++filled;
        changed.notify_all();
      }
      if (!read || is_last) {
        return read;
      }
    }
    return {};
  }

  // After an error the block holds what came before it.
  Status fill(Block& block) const {
    block.size = 0;
    while (block.size < k_block_bytes) {
      SOURCEOS_TRY_ASSIGN(const std::size_t got, source->read(block.bytes.data() + block.size,
                                                              k_block_bytes - block.size));
      if (got == 0) {
        break;
      }
      block.size += got;
    }
    return {};
  }

  void run() {
    const Status status = fill_all();
    Result<SourceEnd> ended = source->finish();
    const std::lock_guard lock(mutex);
    if (ended) {
      end = std::move(*ended);
    } else {
      end.cut = ended.error().reason;
    }
    if (!status) {
      end.cut = status.error().reason;
    }
    is_done = true;
    changed.notify_all();
  }
};

BlockReader::BlockReader(std::unique_ptr<ByteSource> source, std::uint64_t timeout_ms,
                         std::function<void(std::string_view)> on_block)
    : state_(std::make_shared<State>()), timeout_ms_(timeout_ms) {
  state_->source = std::move(source);
  state_->on_block = std::move(on_block);
  std::thread([state = state_] { state->run(); }).detach();
}

BlockReader::~BlockReader() {
  const std::lock_guard lock(state_->mutex);
  state_->is_abandoned = true;
  state_->changed.notify_all();
}

Result<std::string_view> BlockReader::next() {
  std::unique_lock lock(state_->mutex);
  state_->is_held = false;
  state_->changed.notify_all();
  const bool has_come = state_->changed.wait_for(
      lock, std::chrono::milliseconds(timeout_ms_),
      [this] { return state_->filled > state_->taken || state_->is_done; });
  if (!has_come) {
    state_->is_abandoned = true;
    return fail(ErrorKind::timeout, "timeout", "the source gave nothing in time");
  }
  if (state_->filled == state_->taken) {
    return std::string_view();
  }
  const Block& block = state_->blocks[state_->taken % State::k_blocks];
  ++state_->taken;
  state_->is_held = true;
  return std::string_view(block.bytes.data(), block.size);
}

SourceEnd BlockReader::finish() {
  std::unique_lock lock(state_->mutex);
  state_->is_held = false;
  if (state_->is_abandoned) {
    return SourceEnd{.info = std::nullopt, .cut = "timeout"};
  }
  state_->changed.notify_all();
  const bool has_ended = state_->changed.wait_for(lock, std::chrono::milliseconds(timeout_ms_),
                                                  [this] { return state_->is_done; });
  if (!has_ended) {
    state_->is_abandoned = true;
    return SourceEnd{.info = std::nullopt, .cut = "timeout"};
  }
  return state_->end;
}

}  // namespace sourceos::collect

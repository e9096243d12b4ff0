// Reads one source on a thread of its own, a few blocks ahead, and can be left behind when the
// source hangs (security S-24: a read from a dead network mount cannot be cancelled).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "collect/collector.hpp"

namespace sourceos::collect {

class BlockReader {
 public:
  static constexpr std::size_t k_block_bytes = 1 << 20;

  // `source` was opened. `on_block`, if any, gets each block on the reading thread before next()
  // does, and may still be called after the reader was left behind.
  BlockReader(std::unique_ptr<ByteSource> source, std::uint64_t timeout_ms,
              std::function<void(std::string_view)> on_block = {});
  // Leaves the thread behind when it is still reading.
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  // The next block, valid until the next call; empty at the end. `timeout` when none came in
  // time; then only finish() may follow.
  [[nodiscard]] Result<std::string_view> next();
  // How reading ended; SourceEnd::cut is "timeout" when it hung, and the reason of an error when one
  // ended it: then the blocks have what came before.
  [[nodiscard]] SourceEnd finish();

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::uint64_t timeout_ms_;
};

}  // namespace sourceos::collect

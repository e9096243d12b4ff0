// What the micro-benchmarks share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include <benchmark/benchmark.h>

namespace sourceos::bench {

inline void set_bytes(benchmark::State& state, std::size_t bytes_each) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(bytes_each));
}

inline void set_items(benchmark::State& state, std::size_t items_each) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(items_each));
}

// A file in the temporary directory, removed at the end.
struct ScratchFile {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "sourceos-bench-layer";
  ScratchFile() { std::filesystem::remove(path); }
  ~ScratchFile() { std::filesystem::remove(path); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
};

}  // namespace sourceos::bench

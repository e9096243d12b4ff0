// Input of the benchmarks as files, each made once and kept for later runs.
#pragma once

#include <cstdint>
#include <filesystem>

namespace sourceos::bench {

// A log of exactly that many bytes, alone in its folder.
[[nodiscard]] std::filesystem::path log_file(const std::filesystem::path& data, std::uint64_t bytes);
// A tree of that many files of 4 KiB, a thousand in a folder.
[[nodiscard]] std::filesystem::path log_tree(const std::filesystem::path& data, std::uint64_t files);
// Appends fresh lines to a log.
void append_log(const std::filesystem::path& log, std::uint64_t bytes);

// Patterns of our own rules for `grep -P` and `rg`: `count` of them, one a line and all in one.
struct PatternFiles {
  std::filesystem::path lines;
  std::filesystem::path joined;
};
[[nodiscard]] PatternFiles pattern_files(const std::filesystem::path& data, std::size_t count);
// A rule file with `count` rules more.
[[nodiscard]] std::filesystem::path rule_file(const std::filesystem::path& data, std::size_t count);

}  // namespace sourceos::bench

// Caps of activation, beside those of core/limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sourceos::limits {

// A transaction of one agent has about 40 lines of 500 bytes.
inline constexpr std::uint64_t k_journal_line_bytes_max = 4 * 1024;
inline constexpr std::size_t k_journal_lines_max = 20'000;
inline constexpr std::uint64_t k_journal_bytes_max = 16 * 1024 * 1024;
inline constexpr std::uint64_t k_journal_rotate_bytes = 256 * 1024;  // then a new file goes on
inline constexpr std::size_t k_staging_entries_max = 100'000;        // of one root, all agents

}  // namespace sourceos::limits

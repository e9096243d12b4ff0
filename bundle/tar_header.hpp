// The one ustar header that GNU tar would write for a regular file under the rules of a pack:
// mode 0644, owner and group 0, time 0. Headers are made, never parsed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"

namespace sourceos::bundle {

inline constexpr std::uint64_t k_tar_block_bytes = 512;
inline constexpr std::uint64_t k_tar_record_bytes = 10'240;             // 20 blocks
inline constexpr std::uint64_t k_tar_end_bytes = 1'024;                 // two zero blocks
inline constexpr std::uint64_t k_tar_member_bytes_max = 8'589'934'591;  // 11 octal digits

using TarHeader = std::array<char, k_tar_block_bytes>;

// `limit` for a name that no ustar header can carry or a size above 8 GiB.
[[nodiscard]] Result<TarHeader> make_tar_header(std::string_view path, std::uint64_t size);

// Zero bytes after `size` bytes of content, up to the next block.
[[nodiscard]] constexpr std::uint64_t tar_padding(std::uint64_t size) {
  return (k_tar_block_bytes - size % k_tar_block_bytes) % k_tar_block_bytes;
}
// Header, content and padding.
[[nodiscard]] constexpr std::uint64_t tar_member_bytes(std::uint64_t size) {
  return k_tar_block_bytes + size + tar_padding(size);
}
// Length of a whole stream whose members take `members` bytes.
[[nodiscard]] constexpr std::uint64_t tar_stream_bytes(std::uint64_t members) {
  const std::uint64_t bytes = members + k_tar_end_bytes;
  return (bytes + k_tar_record_bytes - 1) / k_tar_record_bytes * k_tar_record_bytes;
}

}  // namespace sourceos::bundle

// The slow way of host/files.hpp's open_beneath, for kernels without openat2; apart for its test.
#pragma once

#include <filesystem>

namespace sourceos::host {

// openat with O_NOFOLLOW, one component at a time; takes no "..". A descriptor, or -1 and errno:
// ELOOP for a link, EXDEV for a way out.
[[nodiscard]] int walk_beneath(int root, const std::filesystem::path& relative, int flags);

}  // namespace sourceos::host

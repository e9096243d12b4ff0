// Opens our own roots, stores and keys from '/' down, one component at a time (security S-33):
// no link is followed; each component belongs to the user or root and is not writable by group or
// others unless sticky; the last one belongs to the user. Anything else is `refused`,
// reason "foreign-store". So root never uses a user's store, nor a user root's.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::host {

// A relative path counts from the current directory. `uid` is the effective user's.
[[nodiscard]] Result<Descriptor> open_owned_directory(const fs::path& path, std::uint32_t uid);
// The same, making what is missing (each with `mode`).
[[nodiscard]] Result<Descriptor> make_owned_directory(const fs::path& path, std::uint32_t uid,
                                                      std::uint32_t mode = 0700);
// A regular file of the user in such a directory: a key, a plan, a declaration.
[[nodiscard]] Result<Descriptor> open_owned_file(const fs::path& path, std::uint32_t uid);

// `refused`, reason "store-file-system", for a file system that cannot keep a store (security
// L-9): vfat and exFAT, and any on which flock does not work.
[[nodiscard]] Status check_store_file_system(const Descriptor& directory);

}  // namespace sourceos::host

// Whether a rootless user has ids for containers: the ranges of /etc/subuid and /etc/subgid.
#pragma once

#include <cstdint>
#include <string>

namespace sourceos::host {
struct Environment;
}

namespace sourceos::runtime {

struct SubIds {
  std::uint64_t users = 0;   // ids in the ranges of this user; 0: none
  std::uint64_t groups = 0;
  // Fewer than most images use: their files cannot all be owned.
  [[nodiscard]] bool are_enough() const;
};

// Of the account that runs this, by name or number. Other sources than the two files (a directory
// service) are not asked: what is missing there is a hint, no proof.
[[nodiscard]] SubIds read_sub_ids(const host::Environment& environment);

}  // namespace sourceos::runtime

// The evidence store lies in no directory that a container gets (security S-17): asked before the
// store is opened, since opening makes it.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"

namespace sourceos::cli {

struct Context;

// `refused`, "store-in-mount" when the store of this call is, holds or lies in one of these.
[[nodiscard]] Status check_store_place(const Context& context,
                                       const std::vector<std::string>& mounted);

}  // namespace sourceos::cli

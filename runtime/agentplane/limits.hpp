// Caps of the export, each with its reason.
#pragma once

#include <cstdint>

#include "core/limits.hpp"

namespace sourceos::limits {

// Documents of one bundle that are held as facts at the same time.
inline constexpr std::uint64_t k_export_documents_bytes_max = 64 * k_mib;

}  // namespace sourceos::limits

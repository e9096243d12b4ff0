// Names as macOS and Windows compare them: without case, in one normal form, without the marks
// that a file system may ignore. For deciding what is the same place, never for opening a file.
#pragma once

#include <string>
#include <string_view>

namespace sourceos::runtime {

// Two names with equal keys may be one file there. Bytes that are no UTF-8 stay themselves.
[[nodiscard]] std::string fold_name(std::string_view name);

}  // namespace sourceos::runtime

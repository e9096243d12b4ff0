// Index lines as a large tree of files gives them.
#pragma once

#include <cstddef>
#include <string>

#include "bundle/index_line.hpp"

namespace sourceos::bench {

[[nodiscard]] bundle::IndexLine index_line(std::size_t number);
// So many of them, as stored.
[[nodiscard]] std::string index_text(std::size_t lines);

}  // namespace sourceos::bench

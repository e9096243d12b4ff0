// The deterministic tar of a bundle (`*.evidence.tar`): the rules of a pack, uncompressed, over the
// files of a layout in byte order of their names.
#pragma once

#include <string>
#include <vector>

#include "bundle/layout.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

// Writes all files of the layout into an open, empty file.
[[nodiscard]] Status write_archive(const Layout& layout, const host::Descriptor& into);

}  // namespace sourceos::bundle

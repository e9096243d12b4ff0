// Is a file a private key or a service account? By what it begins with, since names say little.
#pragma once

#include <string_view>

namespace sourceos::runtime {

// Holds key material itself, not only words about it: the marker begins a line and a line of key
// follows, or it is a service-account document with its key.
[[nodiscard]] bool is_key_material(std::string_view head);

}  // namespace sourceos::runtime

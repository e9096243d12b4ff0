// Versions as tools print them: "podman version 4.3.1", "git version 2.39.5", "nix (Nix) 2.18.1".
#pragma once

#include <string>
#include <string_view>

namespace sourceos::host {

// The first word that is numbers with dots, and letters after them ("5.0.0-rc1"); empty when there
// is none. What is no text has none.
[[nodiscard]] std::string version_in(std::string_view output);
// The same of `podman --version`: empty also when another program goes by that name and says so.
[[nodiscard]] std::string podman_version_in(std::string_view output);
// Compares the numbers; "4.10.0" is newer than "4.9.9".
[[nodiscard]] bool is_older_version(std::string_view version, std::string_view least);

}  // namespace sourceos::host

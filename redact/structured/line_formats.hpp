// Secret values of formats that are made of lines or of words: INI and its kin, systemd units, env
// files and shell profiles, netrc, pgpass, argument vectors and environments.
#pragma once

#include <string_view>

#include "redact/structured/structured.hpp"

namespace sourceos::redact {

// `name = value` under [sections]; a `.npmrc` names its registry in front of the name.
[[nodiscard]] SecretValues ini_secrets(std::string_view bytes);
// `Environment=A=1 "B=2"`, `ExecStart=app --password x`, `SetCredential=name:$X`.
[[nodiscard]] SecretValues unit_secrets(std::string_view bytes);
// `export NAME=value`, `NAME='value'`.
[[nodiscard]] SecretValues dotenv_secrets(std::string_view bytes);
[[nodiscard]] SecretValues netrc_secrets(std::string_view bytes);
[[nodiscard]] SecretValues pgpass_secrets(std::string_view bytes);
// Each argument or assignment ended by NUL, or by a newline when there is no NUL.
[[nodiscard]] SecretValues argument_secrets(std::string_view bytes);
[[nodiscard]] SecretValues environment_secrets(std::string_view bytes);

}  // namespace sourceos::redact

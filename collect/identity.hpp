// Who runs this and what this process itself knows that is secret: the first lessons of redaction.
#pragma once

#include "redact/pipeline.hpp"

namespace sourceos::host {
struct Environment;
}

namespace sourceos::collect {

// Account and host name, home, and the other accounts of this host.
[[nodiscard]] redact::Identity read_identity(const host::Environment& environment);

// Teaches the secrets in our own arguments and environment variables.
void teach_own_secrets(redact::Pipeline& pipeline, const host::Environment& environment,
                       const std::vector<std::string>& argv);

}  // namespace sourceos::collect

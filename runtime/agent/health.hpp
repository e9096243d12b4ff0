// Whether a running agent is what its declaration calls healthy.
#pragma once

#include <optional>
#include <string>

#include "host/host.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/podman_answers.hpp"

namespace sourceos::runtime {

struct Health {
  bool ok = false;
  std::string detail;  // what was seen
};
// `container` as it was found just now: it is not asked for again.
[[nodiscard]] Health judge_health(const host::Host& host, const Declaration& declaration,
                                  const std::optional<ContainerAnswer>& container);
// The same, now. Of a service whose process lives.
[[nodiscard]] bool is_healthy(const host::Host& host, const Declaration& declaration);

}  // namespace sourceos::runtime

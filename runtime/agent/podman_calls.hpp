// What is asked of Podman for one agent, over the connection that it declares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/host.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/podman_answers.hpp"

namespace sourceos::runtime {

// "podman [--connection C] WORDS...".
[[nodiscard]] std::vector<std::string> podman_argv(const Declaration& declaration,
                                                   std::vector<std::string> words);
struct ContainerLook {
  std::optional<ContainerAnswer> container;
  std::string unknown;  // why nobody can tell whether there is one, or empty
};
[[nodiscard]] ContainerLook look_at_container(const host::Host& host, const Declaration& declaration);
// The agent's container and image now; none without Podman, without them, or for another runtime.
[[nodiscard]] std::optional<ContainerAnswer> find_container(const host::Host& host,
                                                            const Declaration& declaration);
[[nodiscard]] std::optional<ImageAnswer> find_image(const host::Host& host,
                                                    const Declaration& declaration);
// `podman stop --ignore`, also of a container that is paused: what is frozen hears no signal. Where
// there is nothing to stop nothing fails. One of ours that stays `stopping` then is removed.
[[nodiscard]] OrderResult stop_container(const host::Host& host, const Declaration& declaration);
// The last part of that, for who stopped it in another way; adds to `result`.
void remove_remains(const host::Host& host, const Declaration& declaration, OrderResult& result);

}  // namespace sourceos::runtime

#include "runtime/activation/agent_lock.hpp"

#include "host/ownership.hpp"

namespace sourceos::runtime {

Result<host::FileLock> lock_agent(const host::Host& host, const AgentPlaces& places,
                                  std::uint64_t wait_ms,
                                  const std::function<void(std::uint64_t ms)>& sleep) {
  constexpr std::uint64_t k_interval_ms = 100;
  SOURCEOS_TRY(host::make_owned_directory(places.state, host.environment.uid));
  for (std::uint64_t waited = 0;; waited += k_interval_ms) {
    SOURCEOS_TRY_ASSIGN(std::optional<host::FileLock> lock,
                        host::FileLock::try_acquire(places.state / k_lock_file));
    if (lock) {
      return std::move(*lock);
    }
    if (waited >= wait_ms || host.is_interrupted()) {
      return fail(ErrorKind::refused, "locked", "another command works on this agent");
    }
    sleep(k_interval_ms);
  }
}

}  // namespace sourceos::runtime

#include "runtime/machine/subids.hpp"

#include <charconv>
#include <string_view>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::uint64_t k_ids_least = 65'536;  // what useradd gives; images count to 65534 (nobody)
constexpr std::uint64_t k_ids_most = 1ULL << 32U;

// Lines "name or number : first : count".
std::uint64_t count_in(const host::Environment& environment, std::string_view file) {
  const auto text =
      host::read_file(host::system_path(environment, file), limits::k_config_file_bytes_max);
  std::uint64_t sum = 0;
  if (!text) {
    return sum;
  }
  const std::string number = std::to_string(environment.uid);
  for (const std::string_view line : text::lines(*text)) {
    const auto fields = text::split(line, ':');
    if (fields.size() != 3 || (fields[0] != environment.user && fields[0] != number)) {
      continue;
    }
    const std::string_view words = text::trim(fields[2]);
    std::uint64_t count = 0;
    const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), count);
    if (error == std::errc() && end == words.data() + words.size() && count <= k_ids_most) {
      sum += count;
    }
  }
  return sum;
}

}  // namespace

bool SubIds::are_enough() const { return users >= k_ids_least && groups >= k_ids_least; }

SubIds read_sub_ids(const host::Environment& environment) {
  return {count_in(environment, "/etc/subuid"), count_in(environment, "/etc/subgid")};
}

}  // namespace sourceos::runtime

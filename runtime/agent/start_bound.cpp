#include "runtime/agent/start_bound.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::int64_t k_hour_s = 3'600;
constexpr std::int64_t k_second_ns = 1'000'000'000;

// Seconds since 1970, the earliest first.
std::vector<std::int64_t> recent_starts(const AgentPlaces& places, UtcTime now) {
  const auto text = host::read_file(places.state / "starts.log", limits::k_config_file_bytes_max);
  std::vector<std::int64_t> starts;
  for (const std::string_view line : text ? text::lines(*text) : std::vector<std::string_view>()) {
    std::int64_t at = 0;
    std::from_chars(line.data(), line.data() + line.size(), at);
    if (at > now.nanoseconds / k_second_ns - k_hour_s) {
      starts.push_back(at);
    }
  }
  std::ranges::sort(starts);
  return starts;
}

}  // namespace

std::uint64_t starts_within_an_hour(const AgentPlaces& places, UtcTime now) {
  return recent_starts(places, now).size();
}

std::optional<std::string> held_by_start_bound(const Declaration& declaration, const AgentPlaces& places, UtcTime now) {
  const std::uint64_t allowed = std::max<std::uint64_t>(declaration.restarts_per_hour_max, 1);
  const std::vector<std::int64_t> starts = recent_starts(places, now);
  if (starts.size() < allowed) {
    return std::nullopt;
  }
  // It is free again when so many of the earliest are an hour old that one more is allowed.
  const std::int64_t free_at = starts[starts.size() - allowed] + k_hour_s;
  return fmt::format("{} starts within an hour, {} allowed; the next one from {}", starts.size(), allowed,
                     format_seconds({free_at * k_second_ns}));
}

}  // namespace sourceos::runtime

#include "host/tools/launchd.hpp"

#include "core/text.hpp"

#include <charconv>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

// "key = value" and "key => value" lines.
struct Pair {
  std::string_view key;
  std::string_view value;
};

std::optional<Pair> split_pair(std::string_view line, std::string_view separator) {
  const auto at = line.find(separator);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return Pair{text::trim(line.substr(0, at)), text::trim(line.substr(at + separator.size()))};
}

}  // namespace

std::string Launchd::domain() const { return fmt::format("gui/{}", uid_); }

Result<ToolAnswer> Launchd::print(const std::string& label, std::uint64_t timeout_ms) const {
  return ask(runner_, {"launchctl", "print", domain() + "/" + label}, timeout_ms);
}

Result<ToolAnswer> Launchd::print_disabled(std::uint64_t timeout_ms) const {
  return ask(runner_, {"launchctl", "print-disabled", domain()}, timeout_ms);
}

Result<ToolAnswer> Launchd::list(std::uint64_t timeout_ms) const {
  return ask(runner_, {"launchctl", "list"}, timeout_ms);
}

LaunchdService parse_launchd_print(std::string_view output) {
  LaunchdService service;
  int depth = 0;  // the service itself is at 1; sub-dictionaries have keys of the same names
  for (const std::string_view raw : text::lines(output)) {
    const std::string_view line = text::trim(raw);
    if (line == "}") {
      --depth;
      continue;
    }
    if (line.ends_with("{")) {
      ++depth;
      continue;
    }
    const auto pair = split_pair(line, " = ");
    if (depth != 1 || !pair) {
      continue;
    }
    const std::string value(pair->value);
    if (pair->key == "path") {
      service.path = value;
    } else if (pair->key == "program") {
      service.program = value;
    } else if (pair->key == "state") {
      service.state = value;
    } else if (pair->key == "last exit code" || pair->key == "last exit reason") {
      service.last_exit = value;
    } else if (pair->key == "runs") {
      std::uint64_t runs = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), runs);
      if (error == std::errc() && end == value.data() + value.size()) {
        service.runs = runs;
      }
    }
  }
  return service;
}

std::vector<LaunchdOverride> parse_launchd_disabled(std::string_view output) {
  std::vector<LaunchdOverride> overrides;
  for (const std::string_view line : text::lines(output)) {
    const auto pair = split_pair(text::trim(line), " => ");
    if (!pair || pair->key.size() < 2 || pair->key.front() != '"' || pair->key.back() != '"') {
      continue;
    }
    const std::string_view label = pair->key.substr(1, pair->key.size() - 2);
    overrides.push_back({std::string(label), pair->value == "true" || pair->value == "disabled"});
  }
  return overrides;
}

}  // namespace sourceos::host

#include "host/fault.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::host {

namespace {

enum class FaultKind { error, crash, signal, timeout, enospc };

using FaultTable = std::map<std::string, FaultKind, std::less<>>;

std::mutex table_mutex;

FaultTable& table() {
  static FaultTable faults;
  return faults;
}

Result<FaultKind> parse_kind(std::string_view word) {
  static const std::map<std::string_view, FaultKind> kinds = {
      {"error", FaultKind::error},     {"crash", FaultKind::crash},
      {"signal", FaultKind::signal},   {"timeout", FaultKind::timeout},
      {"enospc", FaultKind::enospc},
  };
  const auto found = kinds.find(word);
  if (found == kinds.end()) {
    return fail(ErrorKind::usage, "seam-invalid",
                fmt::format("expected error, crash, signal, timeout or enospc in SOURCEOS_FAULT, "
                            "there is '{}'",
                            word));
  }
  return found->second;
}

Result<FaultTable> parse_list(std::string_view list) {
  FaultTable faults;
  for (const std::string_view item : text::split(list, ',')) {
    const std::string_view fault = text::trim(item);
    if (fault.empty()) {
      continue;
    }
    const std::size_t colon = fault.find(':');
    SOURCEOS_TRY_ASSIGN(const FaultKind kind, parse_kind(colon == std::string_view::npos
                                                             ? "error"
                                                             : fault.substr(colon + 1)));
    faults.insert_or_assign(std::string(fault.substr(0, colon)), kind);
  }
  return faults;
}

std::optional<FaultKind> find_fault(std::string_view point) {
  const std::lock_guard lock(table_mutex);
  const auto found = table().find(point);
  return found == table().end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

namespace fault_detail {

std::atomic<bool> armed = false;

Status reach(std::string_view point) {
  const std::optional<FaultKind> kind = find_fault(point);
  if (!kind) {
    return {};
  }
  switch (*kind) {
    case FaultKind::crash: ::kill(::getpid(), SIGKILL); break;
    case FaultKind::signal: ::kill(::getpid(), SIGTERM); return {};
    case FaultKind::enospc: return fail(system_error(ENOSPC, fmt::format("fault '{}'", point)));
    case FaultKind::timeout:
      return fail(ErrorKind::timeout, "fault-injected", fmt::format("fault '{}'", point));
    case FaultKind::error: break;
  }
  return fail(ErrorKind::io, "fault-injected", fmt::format("fault '{}'", point));
}

}  // namespace fault_detail

Status arm_faults(std::string_view list) {
  SOURCEOS_TRY_ASSIGN(FaultTable faults, parse_list(list));
  const std::lock_guard lock(table_mutex);
  fault_detail::armed = !faults.empty();
  table() = std::move(faults);
  return {};
}

}  // namespace sourceos::host

#include "core/error.hpp"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace sourceos {

std::string Error::read_out() const {
  std::string out;
  for (auto it = context.rbegin(); it != context.rend(); ++it) {
    out += *it;
    out += ": ";
  }
  return out + message;
}

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::not_found: return "not-found";
    case ErrorKind::malformed: return "malformed";
    case ErrorKind::limit: return "limit";
    case ErrorKind::refused: return "refused";
    case ErrorKind::permission: return "permission";
    case ErrorKind::io: return "io";
    case ErrorKind::unavailable: return "unavailable";
    case ErrorKind::timeout: return "timeout";
    case ErrorKind::interrupted: return "interrupted";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

namespace {

struct SystemCase {
  ErrorKind kind;
  std::string_view reason;
};

SystemCase classify(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR: return {ErrorKind::not_found, "input-missing"};
    case EACCES:
    case EPERM:
    case EROFS: return {ErrorKind::permission, "permission-denied"};
    case ENOSPC:
    case EDQUOT: return {ErrorKind::io, "no-space"};
    case ETIMEDOUT: return {ErrorKind::timeout, "timeout"};
    case EINTR: return {ErrorKind::interrupted, "interrupted"};
    default: return {ErrorKind::io, "io-error"};
  }
}

}  // namespace

Error system_error(int errno_value, std::string_view doing) {
  const SystemCase found = classify(errno_value);
  return {found.kind, found.reason,
          fmt::format("{}: {}", doing, std::generic_category().message(errno_value))};
}

}  // namespace sourceos

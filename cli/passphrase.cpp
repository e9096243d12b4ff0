#include "cli/passphrase.hpp"

#include <unistd.h>

#include <cerrno>

namespace sourceos::cli {

Result<std::optional<bundle::SecretBytes>> read_passphrase(const Options& options) {
  const auto number = options.number("--passphrase-fd");
  if (!number) {
    return std::optional<bundle::SecretBytes>();
  }
  constexpr std::size_t k_passphrase_bytes_max = 1024;
  std::string line;
  line.reserve(k_passphrase_bytes_max + 1);
  for (;;) {
    char byte = 0;
    const ssize_t count = ::read(static_cast<int>(*number), &byte, 1);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return fail(system_error(errno, "read the passphrase"));
    }
    if (count == 0 || byte == '\n') {
      break;
    }
    line += byte;
    if (line.size() > k_passphrase_bytes_max) {
      bundle::wipe(line);
      return fail(ErrorKind::limit, "limit", "the passphrase is longer than 1024 bytes");
    }
  }
  if (line.empty()) {
    return fail(ErrorKind::refused, "key-passphrase", "the passphrase is empty");
  }
  return std::optional(bundle::SecretBytes::take(line));
}

}  // namespace sourceos::cli

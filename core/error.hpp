// What went wrong, for a caller that must act on it and for a person who must read it.
//
// An Error is built where the cause is known and gains one context line for each level that knew
// something the level below did not. Read out, it goes from the outside in and ends with the cause:
// `write bundle b1: add 'facts/git.json': disk full`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sourceos {

// What a caller can act on. Exit codes follow from it (cli/exit_code.hpp).
enum class ErrorKind {
  usage,        // the command line asks for something that cannot be
  not_found,    // an input that does not exist
  malformed,    // an input that exists and is not what it should be
  limit,        // a bound of core/limits.hpp was passed
  refused,      // a rule forbids it (foreign store, key permissions, policy)
  permission,   // it exists, the system does not let us
  io,           // it exists, reading or writing it failed
  unavailable,  // a tool or service is missing or does not answer
  timeout,
  interrupted,  // INT, TERM or HUP
  internal,     // a fault of ours
};

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  // Stable, lower-case, hyphenated; part of the contract (for example "digest-mismatch").
  std::string reason;
  // Lower case, no full stop: what was expected and what was there. Never a secret.
  std::string message;
  // Outermost last: each level appends what it was doing.
  std::vector<std::string> context;
  // The command to type next, or empty.
  std::string next;

  Error(ErrorKind error_kind, std::string_view stable_reason, std::string text)
      : kind(error_kind), reason(stable_reason), message(std::move(text)) {}

  [[nodiscard]] Error with_context(std::string doing) && {
    context.push_back(std::move(doing));
    return std::move(*this);
  }
  [[nodiscard]] Error with_next(std::string command) && {
    next = std::move(command);
    return std::move(*this);
  }

  // "outer: inner: message". The text is ours but may quote names: print it with
  // text::for_display.
  [[nodiscard]] std::string read_out() const;
};

// "not-found" style name of a kind, for JSON.
[[nodiscard]] std::string_view to_string(ErrorKind kind);

// An Error made from errno: picks the kind, says the system's words for it.
// `doing` is for example "open 'a/b'".
[[nodiscard]] Error system_error(int errno_value, std::string_view doing);

}  // namespace sourceos

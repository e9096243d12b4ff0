// What a command's exit status says, told once: the switches below are what the program returns,
// what its records say and what the help prints.
#pragma once

#include <array>
#include <string_view>

#include "core/error.hpp"

namespace sourceos::cli {

enum class ExitCode {
  done = 0,
  negative = 1,
  usage = 2,
  partial = 3,
  failure = 4,
  interrupted = 130,
};

inline constexpr std::array k_exit_codes = {ExitCode::done,    ExitCode::negative,
                                            ExitCode::usage,   ExitCode::partial,
                                            ExitCode::failure, ExitCode::interrupted};

// The word of a record's `result`, the same as in a bundle's `outcome`.
[[nodiscard]] constexpr std::string_view result_word(ExitCode code) {
  switch (code) {
    case ExitCode::done:
      return "ok";
    case ExitCode::negative:
      return "negative";
    case ExitCode::usage:
      return "usage";
    case ExitCode::partial:
      return "partial";
    case ExitCode::failure:
      return "error";
    case ExitCode::interrupted:
      return "interrupted";
  }
  return "error";
}

[[nodiscard]] constexpr std::string_view meaning(ExitCode code) {
  switch (code) {
    case ExitCode::done:
      return "done, all required checks pass, or the plan was printed";
    case ExitCode::negative:
      return "a negative result: verification or policy failed, a threshold was reached, an input "
             "is missing or invalid";
    case ExitCode::usage:
      return "the command line asks for something that cannot be";
    case ExitCode::partial:
      return "partly done, or a required collector did not deliver";
    case ExitCode::failure:
      return "something that exists could not be read or written, or an internal error";
    case ExitCode::interrupted:
      return "interrupted; nothing half-written is left";
  }
  return "";
}

[[nodiscard]] constexpr ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::not_found:
    case ErrorKind::malformed:
    case ErrorKind::limit:
    case ErrorKind::refused:
      return ExitCode::negative;
    case ErrorKind::permission:
    case ErrorKind::io:
    case ErrorKind::unavailable:
    case ErrorKind::timeout:
    case ErrorKind::internal:
      return ExitCode::failure;
    case ErrorKind::interrupted:
      return ExitCode::interrupted;
  }
  return ExitCode::failure;
}

}  // namespace sourceos::cli

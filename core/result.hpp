// Result<T>: a value or an Error. Two macros pass an Error up a level.
#pragma once

#include <expected>
#include <utility>

#include "core/error.hpp"

namespace sourceos {

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

// fail(kind, reason, message): what a function returns when it cannot do its job.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string_view reason,
                                                 std::string message) {
  return std::unexpected<Error>(Error(kind, reason, std::move(message)));
}
[[nodiscard]] inline std::unexpected<Error> fail(Error error) {
  return std::unexpected<Error>(std::move(error));
}

}  // namespace sourceos

#define SOURCEOS_CONCAT_INNER(a, b) a##b
#define SOURCEOS_CONCAT(a, b) SOURCEOS_CONCAT_INNER(a, b)

// SOURCEOS_TRY(status): returns its Error to the caller when there is one.
#define SOURCEOS_TRY(expression)                                       \
  do {                                                                 \
    if (auto sourceos_status = (expression); !sourceos_status) {       \
      return std::unexpected(std::move(sourceos_status).error());      \
    }                                                                  \
  } while (false)

// SOURCEOS_TRY_ASSIGN(auto name, result): the value, or its Error to the caller.
#define SOURCEOS_TRY_ASSIGN(target, expression) \
  SOURCEOS_TRY_ASSIGN_INNER(SOURCEOS_CONCAT(sourceos_result_, __LINE__), target, expression)
#define SOURCEOS_TRY_ASSIGN_INNER(result, target, expression) \
  auto result = (expression);                                 \
  if (!result) {                                              \
    return std::unexpected(std::move(result).error());        \
  }                                                           \
  target = std::move(*result)

// The same, and the Error gains a line of context.
#define SOURCEOS_TRY_CONTEXT(expression, doing)                                            \
  do {                                                                                     \
    if (auto sourceos_status = (expression); !sourceos_status) {                           \
      return std::unexpected(std::move(sourceos_status).error().with_context(doing));      \
    }                                                                                      \
  } while (false)
#define SOURCEOS_TRY_ASSIGN_CONTEXT(target, expression, doing)                             \
  SOURCEOS_TRY_ASSIGN_CONTEXT_INNER(SOURCEOS_CONCAT(sourceos_result_, __LINE__), target,   \
                                    expression, doing)
#define SOURCEOS_TRY_ASSIGN_CONTEXT_INNER(result, target, expression, doing)               \
  auto result = (expression);                                                              \
  if (!result) {                                                                           \
    return std::unexpected(std::move(result).error().with_context(doing));                 \
  }                                                                                        \
  target = std::move(*result)

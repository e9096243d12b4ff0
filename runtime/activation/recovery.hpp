// What a process that died in an activation left is undone before anything else is done.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/activation/transaction.hpp"

namespace sourceos::runtime {

// Whether a transaction stands in an intent leaf of the host log: a journal alone is no promise
// (security S-34).
using KnownTransaction = std::function<Result<bool>(std::string_view id)>;

struct Recovery {
  std::string transaction;
  Declaration declaration;  // as the dead activation had it
  UndoReport undo;
};

// Nothing when no transaction is open. `malformed`, reason "journal-invalid", with what to do by
// hand, when the journal, its copy of the declaration or its intent does not fit: then nothing was
// touched. The caller holds the agent's lock.
[[nodiscard]] Result<std::optional<Recovery>> recover(host::Host& host, ServiceBackend& backend,
                                                      std::string_view agent,
                                                      const KnownTransaction& is_known);
// The same question without an answer's consequences: whether something is open.
[[nodiscard]] Result<bool> needs_recovery(const host::Host& host, std::string_view agent);

}  // namespace sourceos::runtime

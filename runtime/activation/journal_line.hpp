// One line of an agent's journal: how to undo one change of the host. A line names a place by its
// role, never by a path, and an undo from a closed list, so that a forged journal cannot say what
// recovery runs (security S-34). The grammar is told in the source file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/digest.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

enum class Action {
  begin,           // a transaction opens; `before.sha256` is of its copy of the declaration
  write_file,
  make_directory,
  reload,          // the backend reads its definitions anew
  enable,
  disable,
  start,
  stop,
  record_state,    // state.json
  close,
};

// Roles of the places that a transaction may touch; which paths they are follows from the
// declaration.
enum class Place {
  declaration,
  launcher_directory,
  launcher,
  authfile_directory,
  authfile,
  log_directory,
  stdout_directory,
  stderr_directory,
  provenance,
  definition_directory,
  definition,
  service,
  state,
};

enum class Undo { none, restore_file, remove_file, disable, enable, reload, stop, start };

enum class LineStatus {
  intent,
  done,
  failed,
  undone,
  undo_failed,
  committed,    // of `close`, as are the two below
  rolled_back,
  incomplete,   // some undo failed: a person must finish
};

[[nodiscard]] std::string_view to_string(Action action);
[[nodiscard]] std::string_view to_string(Place place);
[[nodiscard]] std::string_view to_string(Undo undo);
[[nodiscard]] std::string_view to_string(LineStatus status);

// What was there before a change; what the change does not touch is not said.
struct Before {
  std::optional<bool> exists;
  std::optional<bundle::Digest> sha256;
  std::optional<std::uint32_t> mode;
  std::optional<bool> enabled;
  std::optional<bool> active;
  bool operator==(const Before&) const = default;
};

struct JournalLine {
  std::string transaction;  // 32 hex digits; stands in an intent leaf too
  std::uint64_t seq = 0;    // 0 is `begin`; done, failed, undone repeat their intent's
  std::string step;         // of runtime/activation/steps.hpp
  Action action = Action::begin;
  Place target = Place::declaration;
  Before before;
  std::optional<bundle::Digest> after;  // of what is written
  Undo undo = Undo::none;
  LineStatus status = LineStatus::intent;
  bundle::Digest previous;  // of the line before, LF included; zeros for the first of all
  bool operator==(const JournalLine&) const = default;
};

// Canonical, with LF.
[[nodiscard]] std::string write_journal_line(const JournalLine& line);
// Without LF. `malformed`, reason "journal-invalid".
[[nodiscard]] Result<JournalLine> parse_journal_line(std::string_view text);

}  // namespace sourceos::runtime

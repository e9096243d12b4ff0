#include "runtime/activation/recovery.hpp"

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/interrupt.hpp"
#include "runtime/agent/state.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> invalid(const fs::path& journal, std::string_view agent, std::string what) {
  return fail(Error(ErrorKind::malformed, "journal-invalid",
                    fmt::format("'{}' cannot be followed: {}; stop and disable '{}' by hand, then put "
                                "the journal aside",
                                journal.native(), what, agent))
                  .with_next(fmt::format("mv {0} {0}.invalid", text::shell_word(journal.native()))));
}

struct OpenChange {
  Journal journal;
  std::vector<JournalLine> lines;
};

Result<std::optional<OpenChange>> find_open(const fs::path& file, std::string_view agent) {
  const auto facts = host::describe(file);
  if (!facts && facts.error().kind == ErrorKind::not_found) {
    return std::optional<OpenChange>();
  }
  auto journal = Journal::open(file);
  if (!journal && journal.error().kind == ErrorKind::malformed) {
    return invalid(file, agent, journal.error().message);
  }
  if (!journal) {
    return fail(std::move(journal).error());
  }
  std::vector<JournalLine> lines = open_transaction(journal->text());
  if (lines.empty()) {
    return std::optional<OpenChange>();
  }
  return std::optional(OpenChange{std::move(*journal), std::move(lines)});
}

// The declaration that the transaction began with: where its roles lead to.
Result<AgentSite> site_of(const host::Host& host, const fs::path& file, std::string_view agent,
                          const JournalLine& begin) {
  const fs::path copy = file.parent_path() / "txn" / begin.transaction / "agent.json";
  const auto text = host::read_file(copy, limits::k_config_file_bytes_max);
  if (!text || bundle::sha256(*text) != *begin.before.sha256) {
    return invalid(file, agent, "its copy of the declaration is not there or is another one");
  }
  const auto read = parse_declaration(*text, copy, setting_of(host));
  if (!read || read->declaration.name != agent) {
    return invalid(file, agent, "its copy of the declaration is of another agent or unreadable");
  }
  return AgentSite::of(read->declaration, host);
}

// launchd keeps a label disabled until somebody enables it: after an undo that somebody is us.
void note_override(const host::Host& host, ServiceBackend& backend, const AgentSite& site) {
  if (backend.status(site.service).disabled_override) {
    AgentState notes = read_state(site.places);
    notes.own_override = true;
    // Notes that cannot be written cost an operator one command, which preflight names.
    (void)write_state(site.places, notes, host.clock.now());
  }
}

}  // namespace

Result<bool> needs_recovery(const host::Host& host, std::string_view agent) {
  SOURCEOS_TRY_ASSIGN(const auto open,
                      find_open(places_of_name(agent, host).state / "journal.jsonl", agent));
  return open.has_value();
}

Result<std::optional<Recovery>> recover(host::Host& host, ServiceBackend& backend,
                                        std::string_view agent, const KnownTransaction& is_known) {
  const fs::path file = places_of_name(agent, host).state / "journal.jsonl";
  SOURCEOS_TRY_ASSIGN(auto open, find_open(file, agent));
  if (!open) {
    return std::optional<Recovery>();
  }
  const JournalLine begin = open->lines.front();
  SOURCEOS_TRY_ASSIGN(const AgentSite site, site_of(host, file, agent, begin));
  SOURCEOS_TRY_ASSIGN(const bool known, is_known(begin.transaction));
  if (!known) {
    return invalid(file, agent, "no intent in the host log names its transaction");
  }
  const host::InterruptShield shield;
  Recovery recovery{.transaction = begin.transaction, .declaration = site.declaration, .undo = {}};
  recovery.undo =
      undo_changes(host, backend, site, open->journal, open->lines, Step::evaluate);
  note_override(host, backend, site);
  JournalLine end;
  end.transaction = begin.transaction;
  end.seq = open->lines.back().seq + 1;
  end.step = to_string(Step::report);
  end.action = Action::close;
  end.status = recovery.undo.complete ? LineStatus::rolled_back : LineStatus::incomplete;
  SOURCEOS_TRY(open->journal.append(std::move(end)));
  if (recovery.undo.complete) {
    SOURCEOS_TRY(host::remove_tree(site.transactions() / begin.transaction));
  }
  return std::optional(std::move(recovery));
}

}  // namespace sourceos::runtime

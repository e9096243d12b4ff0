#include "runtime/activation/transaction.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "host/interrupt.hpp"
#include "runtime/agent/provenance.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_declaration_copy = "agent.json";

// How a change of a file is called in the record; empty: it goes with another.
std::string word_of(Action action, Place place) {
  const bool is_log_directory = place == Place::log_directory || place == Place::stdout_directory ||
                                place == Place::stderr_directory;
  return action == Action::write_file                           ? fmt::format("write-{}", to_string(place))
         : action == Action::make_directory && is_log_directory ? std::string("make-log-directory")
                                                                : std::string();
}

Status reach(std::string_view fault, std::string_view where) {
  return fault.empty() ? Status{} : host::fault_point(fmt::format("{}.{}", fault, where));
}

Result<std::string> read_if_there(const fs::path& path) {
  return host::read_file(path, limits::k_config_file_bytes_max);
}

// Starts of a version that is taken back do not count against the one that comes back.
Status keep_start_counts(const AgentSite& site, const std::string& id) {
  for (const char* name : k_start_counts) {
    const auto bytes = read_if_there(site.places.state / name);
    if (bytes) {
      SOURCEOS_TRY(host::write_file_atomically(site.transactions() / id / name, *bytes, 0600,
                                               host::Durability::synced));
    } else if (bytes.error().kind != ErrorKind::not_found) {
      return fail(bytes.error());
    }
  }
  return {};
}

}  // namespace

AgentSite AgentSite::of(const Declaration& declaration, const host::Host& host) {
  return {.declaration = declaration,
          .places = places_of(declaration, host),
          .service = service_ref(declaration, host)};
}

fs::path AgentSite::path(Place place) const {
  switch (place) {
    case Place::launcher_directory: return places.launcher.parent_path();
    case Place::launcher: return places.launcher;
    case Place::authfile_directory: return declaration.authfile.parent_path();
    case Place::authfile: return declaration.authfile;
    case Place::log_directory: return declaration.app_log.parent_path();
    case Place::stdout_directory: return declaration.stdout_log.parent_path();
    case Place::stderr_directory: return declaration.stderr_log.parent_path();
    case Place::provenance: return provenance_file(places);
    case Place::definition_directory: return places.definition.parent_path();
    case Place::definition: return places.definition;
    case Place::state: return places.state / "state.json";
    case Place::declaration: return places.state / "txn";
    case Place::service: return {};
  }
  return {};
}

json::Value as_json(const UndoAction& action) {
  return {{"seq", action.seq},
          {"undo", to_string(action.undo)},
          {"target", to_string(action.target)},
          {"status", action.done ? "done" : "failed"},
          {"detail", action.detail},
          {"command", action.command.empty() ? json::Value(nullptr) : json::Value(action.command)}};
}

collect::ActionFacts action_facts(const UndoAction& action, std::string_view agent, UtcTime at) {
  return {.action = fmt::format("undo: {}", to_string(action.undo)),
          .target = fmt::format("{}: {}", agent, to_string(action.target)),
          .argv = std::nullopt,
          .started_at = at,
          .finished_at = at,
          .exit_code = std::nullopt,
          .status = action.done ? collect::ActionStatus::rolled_back : collect::ActionStatus::failed,
          .before = {},
          .after = {},
          .detail = action.detail};
}

json::Value as_json(const UndoReport& report) {
  json::Value actions = json::Value::array();
  for (const UndoAction& action : report.actions) {
    actions.push_back(as_json(action));
  }
  return {{"performed", report.performed}, {"actions", actions}, {"complete", report.complete}};
}

Result<Transaction> Transaction::begin(const host::Host& host, ServiceBackend& backend,
                                       AgentSite site, std::string id, ActionLog* log) {
  const std::string declaration = as_json(site.declaration).dump();
  SOURCEOS_TRY(host::make_directories(site.transactions() / id, 0700));
  SOURCEOS_TRY(host::write_file_atomically(site.transactions() / id / k_declaration_copy, declaration,
                                           0600, host::Durability::synced));
  SOURCEOS_TRY(keep_start_counts(site, id));
  SOURCEOS_TRY(Journal::rotate(site.journal()));
  SOURCEOS_TRY_ASSIGN(Journal journal, Journal::open(site.journal()));
  JournalLine line;
  line.transaction = id;
  line.step = to_string(Step::install);
  line.action = Action::begin;
  line.before.sha256 = bundle::sha256(declaration);
  line.status = LineStatus::done;
  SOURCEOS_TRY(journal.append(std::move(line)));
  return Transaction(host, backend, std::move(site), std::move(id), std::move(journal), log);
}

Result<Before> Transaction::keep_backup(const fs::path& path, std::uint64_t seq) {
  Before before;
  const auto facts = host::describe(path);
  if (!facts && facts.error().kind == ErrorKind::not_found) {
    before.exists = false;
    return before;
  }
  if (!facts) {
    return fail(facts.error());
  }
  if (facts->kind != host::FileKind::regular) {
    return fail(ErrorKind::refused, "install-foreign",
                fmt::format("expected a file at '{}', there is a {}", path.native(),
                            to_string(facts->kind)));
  }
  SOURCEOS_TRY_ASSIGN(const std::string bytes, read_if_there(path));
  before.exists = true;
  before.sha256 = bundle::sha256(bytes);
  before.mode = facts->mode;
  SOURCEOS_TRY(host::write_file_atomically(site_.transactions() / id_ / std::to_string(seq), bytes,
                                           0600, host::Durability::synced));
  return before;
}

// The line before, the deed, the line after. When the deed fails, so does the change, and what it
// left is undone with the others.
Status Transaction::change(JournalLine line, const std::function<Status()>& deed) {
  line.transaction = id_;
  line.seq = ++seq_;
  line.status = LineStatus::intent;
  if (const Status noted = journal_.append(line); !noted) {
    --seq_;
    return noted;
  }
  Status done = deed();
  line.status = done ? LineStatus::done : LineStatus::failed;
  const Status noted = journal_.append(line);
  return done ? noted : done;
}

Status Transaction::tell_file(std::string_view action, const fs::path& path,
                              const std::function<Status()>& deed) {
  return log_ == nullptr || action.empty() ? deed() : log_->file(action, path, deed);
}

void Transaction::tell_skipped(std::string_view action, std::string_view target, std::string detail) {
  if (log_ != nullptr && !action.empty()) {
    log_->skipped(action, target, std::move(detail));
  }
}

Status Transaction::write_file(Step step, Place place, std::string_view bytes, std::uint32_t mode,
                               std::string_view fault) {
  SOURCEOS_TRY(reach(fault, "before"));
  const fs::path path = site_.path(place);
  JournalLine line;
  line.step = to_string(step);
  line.action = place == Place::state ? Action::record_state : Action::write_file;
  line.target = place;
  SOURCEOS_TRY_ASSIGN(line.before, keep_backup(path, seq_ + 1));
  line.after = bundle::sha256(bytes);
  const std::string word = word_of(line.action, place);
  if (line.before.sha256 == line.after && line.before.mode == mode) {
    tell_skipped(word, path.native(), "unchanged");
    return reach(fault, "after");
  }
  line.undo = line.before.exists == true ? Undo::restore_file : Undo::remove_file;
  return change(std::move(line), [&]() -> Status {
    return tell_file(word, path, [&]() -> Status {
      SOURCEOS_TRY(host::write_file_atomically(path, bytes, mode, host::Durability::synced, fault));
      return reach(fault, "after");
    });
  });
}

Status Transaction::make_directory(Step step, Place place, std::uint32_t mode) {
  const fs::path path = site_.path(place);
  const auto facts = host::describe(path);
  if (facts && facts->kind == host::FileKind::directory) {
    return {};
  }
  if (facts || facts.error().kind != ErrorKind::not_found) {
    return facts ? fail(ErrorKind::refused, "install-foreign",
                        fmt::format("expected a directory at '{}', there is a {}", path.native(),
                                    to_string(facts->kind)))
                 : fail(facts.error());
  }
  JournalLine line;
  line.step = to_string(step);
  line.action = Action::make_directory;
  line.target = place;
  line.before.exists = false;
  line.undo = Undo::remove_file;
  const std::string word = word_of(line.action, place);
  return change(std::move(line), [&] {
    return tell_file(word, path, [&] { return host::make_directories(path, mode); });
  });
}

Status Transaction::give(const Order& order) {
  const ServiceStatus before = backend_->status(site_.service);
  JournalLine line;
  line.step = to_string(order.step);
  line.action = order.action;
  line.target = Place::service;
  line.before.enabled = before.enabled;
  line.before.active = before.active;
  line.undo = order.undo;
  return change(std::move(line), [&]() -> Status {
    const OrderResult result = host::fault_point("backend.lies") ? order.give() : OrderResult{};
    commands_.insert(commands_.end(), result.commands.begin(), result.commands.end());
    if (log_ != nullptr) {
      (void)log_->order(to_string(order.action), site_.service.unit, result);
    }
    if (!result.ok) {
      failed_reason_ = result.reason;
      return fail(ErrorKind::unavailable, result.reason, result.detail);
    }
    if (order.expected && !order.expected(backend_->status(site_.service))) {
      failed_reason_ = fmt::format("{}-failed", to_string(order.action));
      return fail(ErrorKind::unavailable, failed_reason_,
                  fmt::format("{} said yes to '{}', and nothing changed", backend_->name(),
                              to_string(order.action)));
    }
    return {};
  });
}

UndoReport Transaction::rollback(Step first) {
  const host::InterruptShield shield;
  return undo_changes(*host_, *backend_, site_, journal_, open_transaction(journal_.text()), first);
}

Status Transaction::close(LineStatus how) {
  JournalLine line;
  line.transaction = id_;
  line.seq = seq_ + 1;
  line.step = to_string(Step::report);
  line.action = Action::close;
  line.status = how;
  SOURCEOS_TRY(journal_.append(std::move(line)));
  return how == LineStatus::incomplete ? Status{} : host::remove_tree(site_.transactions() / id_);
}

}  // namespace sourceos::runtime

// One activation's changes for one agent. Each change has its line in the journal before it is
// made and after; what it replaced is kept in `txn/<id>/` until the transaction closes. The lines
// say how to go back, for this process (rollback) and for the next one (recovery).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "host/host.hpp"
#include "runtime/activation/journal.hpp"
#include "runtime/activation/step.hpp"
#include "runtime/agent/actions.hpp"
#include "runtime/agent/backend.hpp"
#include "runtime/agent/declaration.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

// What a transaction may touch: all of it follows from a declaration and the host.
struct AgentSite {
  Declaration declaration;
  AgentPlaces places;
  ServiceRef service;
  std::filesystem::path podman_directory = {};  // where the client was found, for the launcher

  [[nodiscard]] static AgentSite of(const Declaration& declaration, const host::Host& host);
  // Empty for the service, which is no file.
  [[nodiscard]] std::filesystem::path path(Place place) const;
  [[nodiscard]] std::filesystem::path journal() const { return places.state / "journal.jsonl"; }
  [[nodiscard]] std::filesystem::path transactions() const { return places.state / "txn"; }
};

// The launcher's count of starts, in the state directory and, as it was, in the transaction's.
inline constexpr std::array k_start_counts = {"starts.log", "starts.count"};

// What a rollback or a recovery did, for the report.
struct UndoAction {
  std::uint64_t seq = 0;
  Undo undo = Undo::none;
  Place target = Place::service;
  bool done = false;
  std::string detail = {};   // why not
  std::string command = {};  // what a person types instead; empty when it is done
};
[[nodiscard]] json::Value as_json(const UndoAction& action);
// As a row of the record's actions.
[[nodiscard]] collect::ActionFacts action_facts(const UndoAction& action, std::string_view agent,
                                                UtcTime at);

struct UndoReport {
  bool performed = false;
  bool complete = true;
  std::vector<UndoAction> actions = {};  // in the order in which they were tried
};
[[nodiscard]] json::Value as_json(const UndoReport& report);

class Transaction {
 public:
  // The first line; the declaration is copied, so that recovery knows the places again. What is
  // done is told to `log` too, when there is one.
  [[nodiscard]] static Result<Transaction> begin(const host::Host& host,
                                                 ServiceBackend& backend, AgentSite site,
                                                 std::string id, ActionLog* log = nullptr);

  // --- changes; each is undone by rollback when it, or a later one, fails
  // Fault points "<fault>.before|partial|after"; writing what is there already changes nothing.
  [[nodiscard]] Status write_file(Step step, Place place, std::string_view bytes,
                                  std::uint32_t mode, std::string_view fault);
  [[nodiscard]] Status make_directory(Step step, Place place, std::uint32_t mode);
  // `order` is an order to the service manager, `expected` what must hold afterwards. Fault point
  // "backend.lies": the order is not given and counts as obeyed.
  struct Order {
    Step step = Step::install;
    Action action = Action::reload;
    Undo undo = Undo::none;
    std::function<OrderResult()> give;
    std::function<bool(const ServiceStatus&)> expected;  // empty: nothing is looked at
  };
  [[nodiscard]] Status give(const Order& order);

  // Goes back over all changes of `first` and later steps, newest first.
  [[nodiscard]] UndoReport rollback(Step first);
  // The end: `committed`, `rolled_back` or `incomplete`. Backups go, but with `incomplete`.
  [[nodiscard]] Status close(LineStatus how);

  // A change that was not needed.
  void tell_skipped(std::string_view action, std::string_view target, std::string detail);

  [[nodiscard]] bool has_changes() const { return seq_ > 0; }
  [[nodiscard]] const AgentSite& site() const { return site_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::vector<CommandRun>& commands() const { return commands_; }
  // Reason of the last order that failed ("start-failed"), or empty.
  [[nodiscard]] const std::string& failed_reason() const { return failed_reason_; }

 private:
  Transaction(const host::Host& host, ServiceBackend& backend, AgentSite site, std::string id,
              Journal journal, ActionLog* log)
      : host_(&host), backend_(&backend), site_(std::move(site)), id_(std::move(id)),
        journal_(std::move(journal)), log_(log) {}

  [[nodiscard]] Result<Before> keep_backup(const std::filesystem::path& path, std::uint64_t seq);
  [[nodiscard]] Status change(JournalLine line, const std::function<Status()>& deed);
  [[nodiscard]] Status tell_file(std::string_view action, const std::filesystem::path& path,
                                 const std::function<Status()>& deed);

  const host::Host* host_;
  ServiceBackend* backend_;
  AgentSite site_;
  std::string id_;
  Journal journal_;
  ActionLog* log_;
  std::uint64_t seq_ = 0;
  std::vector<CommandRun> commands_;
  std::string failed_reason_;
};

// Undoes the changes of `lines` (one transaction) from the newest to the first whose step is
// `first` or later, each with its line in the journal. Never stops at a failure; when something
// could not be undone the definition is renamed to `*.disabled`, so that nothing can start it.
[[nodiscard]] UndoReport undo_changes(const host::Host& host, ServiceBackend& backend,
                                      const AgentSite& site, Journal& journal,
                                      const std::vector<JournalLine>& lines, Step first);

}  // namespace sourceos::runtime

// Going back. Every undo looks at the host first and does only what is needed, so that undoing
// twice (a crash in a rollback, then recovery) is undoing once.
#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "runtime/activation/transaction.hpp"
#include "runtime/agent/podman_calls.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

std::string command_text(const std::vector<std::vector<std::string>>& commands) {
  std::string text;
  for (const std::vector<std::string>& argv : commands) {
    text += text.empty() ? "" : " && ";
    for (std::size_t i = 0; i < argv.size(); ++i) {
      text += (i == 0 ? "" : " ") + text::shell_word(argv[i]);
    }
  }
  return text;
}

std::optional<Step> step_of(std::string_view name) {
  const auto found = std::find_if(k_steps.begin(), k_steps.end(),
                                  [&](Step step) { return to_string(step) == name; });
  return found == k_steps.end() ? std::nullopt : std::optional(*found);
}

class Undoer {
 public:
  Undoer(const host::Host& host, ServiceBackend& backend, const AgentSite& site,
         std::string transaction)
      : host_(host), backend_(backend), site_(site), transaction_(std::move(transaction)) {}

  Status undo(const JournalLine& line) {
    switch (line.undo) {
      case Undo::none: return {};
      case Undo::restore_file: return restore(line);
      case Undo::remove_file: return remove(line);
      case Undo::reload: return obey(backend_.reload(site_.service));
      case Undo::disable: return disable();
      case Undo::enable: return enable();
      case Undo::stop: return stop();
      case Undo::start: return start();
    }
    return {};
  }

  std::string manual_command(const JournalLine& line) const {
    const fs::path path = site_.path(line.target);
    switch (line.undo) {
      case Undo::none: return {};
      case Undo::restore_file:
        return fmt::format("cp {} {}", text::shell_word(backup(line).native()),
                           text::shell_word(path.native()));
      case Undo::remove_file: return "rm -f " + text::shell_word(path.native());
      case Undo::reload: return command_text(backend_.reload_commands(site_.service));
      case Undo::disable: return command_text(backend_.disable_commands(site_.service));
      case Undo::enable: return command_text(backend_.enable_commands(site_.service));
      case Undo::stop: return command_text(backend_.stop_commands(site_.service));
      case Undo::start: return command_text(backend_.start_commands(site_.service));
    }
    return {};
  }

 private:
  fs::path backup(const JournalLine& line) const {
    return site_.transactions() / transaction_ / std::to_string(line.seq);
  }

  // A write that was cut leaves `.<name>.<random>.tmp` beside its target.
  void remove_halves(const fs::path& path) const {
    const std::string prefix = "." + path.filename().native() + ".";
    const auto directory = host::open_directory(path.parent_path());
    if (!directory) {
      return;
    }
    const auto entries = host::list_directory(*directory, limits::k_collector_entries_max);
    for (const host::DirectoryEntry& entry : entries ? *entries : std::vector<host::DirectoryEntry>()) {
      if (entry.kind == host::FileKind::regular && entry.name.starts_with(prefix) &&
          entry.name.ends_with(".tmp")) {
        ::unlinkat(directory->get(), entry.name.c_str(), 0);
      }
    }
  }

  Status restore(const JournalLine& line) {
    SOURCEOS_TRY(host::fault_point("rollback.restore"));
    const fs::path path = site_.path(line.target);
    remove_halves(path);
    SOURCEOS_TRY_ASSIGN(const std::string bytes,
                        host::read_file(backup(line), limits::k_config_file_bytes_max));
    if (bundle::sha256(bytes) != *line.before.sha256) {
      return fail(ErrorKind::malformed, "journal-invalid",
                  "the backup is not what the journal says it is");
    }
    return host::write_file_atomically(path, bytes, *line.before.mode, host::Durability::synced);
  }

  Status remove(const JournalLine& line) {
    SOURCEOS_TRY(host::fault_point("rollback.remove"));
    const fs::path path = site_.path(line.target);
    remove_halves(path);
    const auto facts = host::describe(path);
    if (!facts) {
      return facts.error().kind == ErrorKind::not_found ? Status{} : fail(facts.error());
    }
    if (facts->kind == host::FileKind::directory) {
      // What others put there meanwhile is theirs: the directory stays.
      return ::rmdir(path.c_str()) == 0 || errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT
                 ? Status{}
                 : fail(system_error(errno, fmt::format("remove '{}'", path.native())));
    }
    SOURCEOS_TRY_ASSIGN(const std::string bytes,
                        host::read_file(path, limits::k_config_file_bytes_max));
    // Our own notes are written by the launcher too.
    const bool is_ours = line.target == Place::state;
    if (!is_ours && (!line.after || bundle::sha256(bytes) != *line.after)) {
      return fail(ErrorKind::refused, "changed-since",
                  fmt::format("'{}' is not what was written there", path.native()));
    }
    if (::unlink(path.c_str()) != 0) {
      return fail(system_error(errno, fmt::format("remove '{}'", path.native())));
    }
    return host::sync_directory(path.parent_path());
  }

  template <class Give>
  static Status obey_unless_lying(Give give) {
    return host::fault_point("backend.lies") ? obey(give()) : Status{};
  }

  Status expect(bool holds, std::string_view what) {
    return holds ? Status{}
                 : fail(ErrorKind::unavailable, "undo-failed",
                        fmt::format("{} said yes and the service is {}", backend_.name(), what));
  }

  Status disable() {
    SOURCEOS_TRY(host::fault_point("rollback.disable"));
    if (!backend_.status(site_.service).enabled) {
      return {};
    }
    SOURCEOS_TRY(obey_unless_lying([&] { return backend_.disable(site_.service); }));
    return expect(!backend_.status(site_.service).enabled, "still enabled");
  }

  Status stop() {
    SOURCEOS_TRY(host::fault_point("rollback.stop"));
    const ServiceStatus now = backend_.status(site_.service);
    if (!now.reachable || now.active || now.known) {
      SOURCEOS_TRY(obey_unless_lying([&] {
        return backend_.stop(site_.service, stop_timeout_ms(site_.declaration));
      }));
      SOURCEOS_TRY(expect(!backend_.status(site_.service).active, "still running"));
    }
    // A container outlives the client that was killed.
    return obey(stop_container(host_, site_.declaration));
  }

  Status restore_start_counts() const {
    for (const char* name : k_start_counts) {
      const auto bytes = host::read_file(site_.transactions() / transaction_ / name,
                                         limits::k_config_file_bytes_max);
      const fs::path path = site_.places.state / name;
      if (bytes) {
        SOURCEOS_TRY(host::write_file_atomically(path, *bytes, 0600, host::Durability::none));
      } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return fail(system_error(errno, fmt::format("remove '{}'", path.native())));
      }
    }
    return {};
  }

  Status enable() {
    if (backend_.status(site_.service).enabled) {
      return {};
    }
    SOURCEOS_TRY(obey_unless_lying([&] { return backend_.enable(site_.service); }));
    return expect(backend_.status(site_.service).enabled, "still disabled");
  }

  Status start() {
    if (backend_.status(site_.service).active) {
      return {};
    }
    SOURCEOS_TRY(restore_start_counts());
    SOURCEOS_TRY(obey_unless_lying([&] {
      return backend_.start(site_.service, site_.declaration.startup_timeout_s * 1000);
    }));
    return expect(backend_.status(site_.service).active, "not running");
  }

  const host::Host& host_;
  ServiceBackend& backend_;
  const AgentSite& site_;
  std::string transaction_;
};

// What could not be undone and may still start or run something of the new version.
bool is_dangerous(const JournalLine& line) {
  return line.undo == Undo::stop || line.undo == Undo::disable ||
         line.target == Place::launcher || line.target == Place::definition;
}

// The last means: a definition under another name starts nothing, whatever else went wrong.
UndoAction put_definition_out_of_use(ServiceBackend& backend, const AgentSite& site) {
  UndoAction action{.undo = Undo::disable, .target = Place::definition, .done = false,
                    .detail = "renamed to *.disabled", .command = {}};
  const fs::path path = site.path(Place::definition);
  fs::path aside = path;
  aside += ".disabled";
  if (::rename(path.c_str(), aside.c_str()) == 0 || errno == ENOENT) {
    (void)host::sync_directory(path.parent_path());
    // Their answers change nothing: the definition is gone, and what remains is for a person.
    // launchd forgets a job only when it is told to, systemd when it reads anew.
    (void)backend.stop(site.service, stop_timeout_ms(site.declaration));
    if (backend.status(site.service).active) {
      (void)backend.kill(site.service);
    }
    (void)backend.reload(site.service);
    action.done = true;
    return action;
  }
  action.detail = system_error(errno, "rename the definition").message;
  action.command = fmt::format("mv {} {}", text::shell_word(path.native()),
                               text::shell_word(aside.native()));
  return action;
}

bool touches_definition(const std::vector<JournalLine>& lines, Step first) {
  return std::ranges::any_of(lines, [first](const JournalLine& line) {
    const std::optional<Step> step = step_of(line.step);
    return line.target == Place::definition && step && *step >= first;
  });
}

// Once the definition is what it was: or the manager would keep what it read meanwhile.
UndoAction reload(ServiceBackend& backend, const AgentSite& site) {
  const OrderResult result = backend.reload(site.service);
  return {.undo = Undo::reload,
          .target = Place::service,
          .done = result.ok,
          .detail = result.detail,
          .command = result.ok ? std::string() : command_text(backend.reload_commands(site.service))};
}

// Changes that still need undoing: of `first` or later, not undone yet, newest first.
std::vector<JournalLine> pending(const std::vector<JournalLine>& lines, Step first) {
  std::map<std::uint64_t, JournalLine> changes;
  for (const JournalLine& line : lines) {
    if (line.action != Action::begin && line.action != Action::close) {
      changes[line.seq] = line;
    }
  }
  std::vector<JournalLine> wanted;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    const JournalLine& line = change->second;
    const std::optional<Step> step = step_of(line.step);
    if (line.undo != Undo::none && line.status != LineStatus::undone && step && *step >= first) {
      wanted.push_back(line);
    }
  }
  return wanted;
}

}  // namespace

UndoReport undo_changes(const host::Host& host, ServiceBackend& backend, const AgentSite& site,
                        Journal& journal, const std::vector<JournalLine>& lines, Step first) {
  UndoReport report{.performed = true, .complete = true, .actions = {}};
  if (lines.empty()) {
    return report;
  }
  Undoer undoer(host, backend, site, lines.front().transaction);
  bool is_in_danger = false;
  for (JournalLine line : pending(lines, first)) {
    // Nothing is started or enabled on top of what could not be taken away.
    const bool starts = line.undo == Undo::start || line.undo == Undo::enable;
    const Status undone = starts && is_in_danger
                              ? fail(ErrorKind::unavailable, "undo-failed",
                                     "not tried, since an undo before it failed")
                              : undoer.undo(line);
    UndoAction action{.seq = line.seq, .undo = line.undo, .target = line.target,
                      .done = undone.has_value(), .detail = {}, .command = {}};
    if (!undone) {
      action.detail = undone.error().read_out();
      action.command = undoer.manual_command(line);
      report.complete = false;
      is_in_danger = is_in_danger || is_dangerous(line);
    }
    report.actions.push_back(std::move(action));
    line.status = undone ? LineStatus::undone : LineStatus::undo_failed;
    // A journal that cannot be written makes nothing worse: recovery undoes again.
    (void)journal.append(line);
  }
  if (touches_definition(lines, first)) {
    report.actions.push_back(reload(backend, site));
    report.complete = report.complete && report.actions.back().done;
  }
  if (is_in_danger) {
    report.actions.push_back(put_definition_out_of_use(backend, site));
  }
  return report;
}

}  // namespace sourceos::runtime

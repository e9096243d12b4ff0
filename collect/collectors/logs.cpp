// Logs: files, patterns and directories with their rotated siblings, journals of units, and the
// output of containers. All of it is bulk: read late, scanned whole, teaching nothing.
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/glob.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/stream_source.hpp"
#include "collect/collectors/tree_walk.hpp"
#include "host/tools/podman.hpp"
#include "host/tools/systemd.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace sourceos::collect {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_glob_paths_max = 10'000;
constexpr std::size_t k_names_max = 100'000;  // of a log's directory
constexpr std::size_t k_siblings_max = 100;
const std::string k_prefix = "logs";

// "app.log.1", "app.log.2.gz", "app.log-20260101.xz", "app.log.old" belong to "app.log".
bool is_rotated_name(std::string_view log, std::string_view name) {
  if (name.size() < log.size() + 2 || !name.starts_with(log) ||
      (name[log.size()] != '.' && name[log.size()] != '-')) {
    return false;
  }
  std::string_view rest = name.substr(log.size() + 1);
  constexpr std::array<std::string_view, 5> k_packed = {"gz", "xz", "zst", "bz2", "lz4"};
  for (const std::string_view packed : k_packed) {
    if (rest == packed) {
      return true;
    }
    if (rest.size() > packed.size() && rest.ends_with(packed) &&
        rest[rest.size() - packed.size() - 1] == '.') {
      rest.remove_suffix(packed.size() + 1);
      break;
    }
  }
  return rest == "old" || std::all_of(rest.begin(), rest.end(), [](char c) {
           return (c >= '0' && c <= '9') || c == '-';
         });
}

class Look {
 public:
  Look(const CollectContext& context, ArtifactSink& sink)
      : context_(context), sink_(sink), walk_(context, sink, EntryKind::log, Keep::head_and_tail) {}

  Status add_paths(const std::vector<std::string>& options) {
    for (const std::string& option : options) {
      SOURCEOS_TRY(context_.check());
      const fs::path path = option_path(context_, option);
      std::vector<fs::path> found = {path};
      if (is_glob(option) && !host::describe(path)) {
        SOURCEOS_TRY_ASSIGN(found, expand_glob(path, k_glob_paths_max));
      }
      if (found.empty()) {
        miss(path, "input-missing");
      }
      for (const fs::path& one : found) {
        SOURCEOS_TRY(add_path(one));
      }
    }
    if (outcome_.state == CollectorState::ok && !walk_.cut().empty()) {
      outcome_ = CollectorOutcome::truncated(walk_.cut());
    }
    return walk_.write_not_read({k_prefix, "not-read.json"});
  }

  Status add_journal(host::SystemdScope scope, const std::vector<std::string>& units) {
    const host::Systemd systemd(context_.host.processes, scope);
    const std::uint64_t lines = number_option(context_, "journal_lines", 0);
    const std::string since = text_option(context_, "journal_since");
    for (const std::string& unit : units) {
      SOURCEOS_TRY(add_stream({k_prefix, "journal", std::string(host::to_string(scope)),
                               unit + ".export"},
                              systemd.journal(unit, host::JournalForm::exported, lines, since,
                                              stream_timeout_ms(context_))));
    }
    return {};
  }

  Status add_containers(const std::vector<std::string>& names) {
    const host::Podman podman(context_.host.processes, text_option(context_, "connection"));
    for (const std::string& name : names) {
      SOURCEOS_TRY(add_stream({k_prefix, "podman", name + ".log"},
                              podman.logs(name, stream_timeout_ms(context_))));
    }
    return {};
  }

  [[nodiscard]] const CollectorOutcome& outcome() const { return outcome_; }

 private:
  void miss(const fs::path& path, std::string_view reason) {
    walk_.note({path.string(), std::string(reason), {}});
    outcome_ = CollectorOutcome::truncated(reason);
  }

  Status add_path(const fs::path& path) {
    const auto facts = host::describe(path);
    if (!facts) {
      miss(path, facts.error().reason);
      return {};
    }
    if (facts->kind == host::FileKind::directory) {
      const Status walked = walk_.add_directory(path, k_prefix);
      if (!walked && (walked.error().kind == ErrorKind::permission ||
                      walked.error().kind == ErrorKind::io)) {
        miss(path, walked.error().reason);
        return {};
      }
      return walked;
    }
    SOURCEOS_TRY(add_log(path, *facts));
    return facts->kind == host::FileKind::regular ? add_siblings(path) : Status{};
  }

  // A log that is a link, or another's file under a further name, is told and not read.
  Status add_log(const fs::path& path, const host::FileFacts& facts) {
    if (!seen_.insert(path.native()).second) {
      return {};
    }
    const auto directory = host::describe(path.parent_path());
    const bool foreign =
        directory &&
        is_linked_elsewhere(facts, trusted_owner(context_.host.environment.uid, *directory));
    if (facts.kind == host::FileKind::regular && !foreign) {
      return walk_.add_file(path, k_prefix);
    }
    std::error_code ignored;
    std::string target;
    if (facts.kind == host::FileKind::link) {
      target = fs::read_symlink(path, ignored).string();
    }
    const std::string reason = foreign ? "linked-elsewhere" : std::string(word_of(facts.kind));
    sink_.find({"log-not-own-file", FindingSeverity::medium, {k_prefix, "not-read.json"},
                path.string() + ": " + reason + (target.empty() ? "" : " to " + target)});
    walk_.note({path.string(), reason, target});
    return {};
  }

  Status add_siblings(const fs::path& log) {
    const auto directory = host::open_directory(log.parent_path());
    if (!directory) {
      return {};
    }
    const auto entries = host::list_directory(*directory, k_names_max);
    std::size_t left = k_siblings_max;
    for (const auto& entry : entries ? *entries : std::vector<host::DirectoryEntry>{}) {
      if (left > 0 && is_rotated_name(log.filename().string(), entry.name)) {
        --left;
        const fs::path path = log.parent_path() / entry.name;
        if (const auto facts = host::describe(path)) {
          SOURCEOS_TRY(add_log(path, *facts));
        }
      }
    }
    return {};
  }

  Status add_stream(std::vector<std::string> entry, host::ProcessRequest request) {
    Artifact artifact;
    artifact.path = std::move(entry);
    artifact.kind = EntryKind::log;
    artifact.media_type = MediaType::text;
    artifact.hint = ContentHint::text;
    artifact.keep = Keep::head_and_tail;
    artifact.content =
        std::make_unique<StreamSource>(context_.host.processes, std::move(request));
    return sink_.add(std::move(artifact));
  }

  const CollectContext& context_;
  ArtifactSink& sink_;
  TreeWalk walk_;
  CollectorOutcome outcome_;
  std::set<std::string> seen_;
};

class LogsCollector : public Collector {
 public:
  std::string_view name() const override { return "logs"; }
  std::string_view summary() const override {
    return "log files, patterns, directories, journals of units, output of containers";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const auto paths = list_option(context, "paths");
    const auto user_units = list_option(context, "journal_user_units");
    const auto system_units = list_option(context, "journal_system_units");
    const auto containers = list_option(context, "containers");
    if (paths.empty() && user_units.empty() && system_units.empty() && containers.empty()) {
      return CollectorOutcome::skipped("no-log");
    }
    Look look(context, sink);
    SOURCEOS_TRY(look.add_paths(paths));
    SOURCEOS_TRY(look.add_journal(host::SystemdScope::user, user_units));
    SOURCEOS_TRY(look.add_journal(host::SystemdScope::system, system_units));
    SOURCEOS_TRY(look.add_containers(containers));
    return look.outcome();
  }
};

}  // namespace

const Collector& logs_collector() {
  static const LogsCollector collector;
  return collector;
}

}  // namespace sourceos::collect

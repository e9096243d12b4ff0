// Step 0 and steps 4 to 9: looking, in the order in which things vanish.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tools/systemd.hpp"
#include "redact/pipeline.hpp"
#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/backend_common.hpp"
#include "runtime/agent/quarantine.hpp"
#include "runtime/agent/thaw.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_log_bytes_max = 64 * limits::k_mib;
constexpr std::uint64_t k_journal_lines = 1'000;
constexpr std::uint64_t k_commit_timeout_ms = 20'000;

std::string stamp_of(UtcTime at) {
  std::string stamp;
  for (const char c : format_seconds(at)) {
    if (c >= '0' && c <= '9') {
      stamp += c;
    }
  }
  return stamp;
}

struct LogRead {
  std::string bytes;
  bool changed = false;
  std::string problem;
};

// Up to the size that the file had when it was opened; the end of one that is longer than the cap.
LogRead read_log(const fs::path& path) {
  LogRead log;
  const auto opened = host::open_regular(path);
  const auto before = opened ? host::describe(*opened) : Result<host::FileFacts>(fail(opened.error()));
  if (!before) {
    log.problem = before.error().kind == ErrorKind::not_found ? "missing" : before.error().read_out();
    return log;
  }
  const std::uint64_t size = std::min(before->size, k_log_bytes_max);
  log.bytes.resize(size);
  if (const Status read = host::read_exactly_at(*opened, before->size - size, log.bytes.data(), size); !read) {
    log.bytes.clear();
    log.problem = read.error().read_out();
  }
  const auto after = host::describe(path);
  log.changed = !after || after->size != before->size || after->inode != before->inode;
  return log;
}

json::Value findings_of(const std::vector<bundle::Finding>& findings, const std::string& file) {
  json::Value rows = json::Value::array();
  for (const bundle::Finding& finding : findings) {
    rows.push_back({{"ruleId", finding.rule_id.str()},
                    {"severity", finding.severity == bundle::Severity::high     ? "high"
                                 : finding.severity == bundle::Severity::medium ? "medium"
                                                                                : "low"},
                    {"file", file},
                    {"line", finding.line},
                    {"excerptRedacted", finding.excerpt.str()}});
  }
  return rows;
}

}  // namespace

void Quarantine::freeze() {
  QuarantineStep& now = step(0, "freeze");
  note_frozen(actor_.places());
  const OrderResult forbidden = backend_.forbid(actor_.service());
  (void)log_.order("forbid", actor_.service().unit, forbidden);
  now.detail = forbidden.ok ? "" : redaction_.text(forbidden.detail).str();
  status_ = backend_.status(actor_.service());
  json::Value& seen = *frozen_;
  seen["forbidden"] = forbidden.ok;
  seen["status"] = as_json(status_);
  if (d_.runtime == AgentRuntime::podman) {
    container_inspect_ = podman({"container", "inspect", d_.container_name});
    container_ = container_inspect_.ok() ? container_in(container_inspect_.output) : std::nullopt;
  }
  if (container_ && container_->state == "running") {
    was_paused_ = log_.run("pause-container", d_.container_name, podman({"pause", d_.container_name}));
    seen["paused"] = was_paused_;
  }
  // One that an earlier quarantine, killed in its middle, has left frozen hears no signal either.
  was_paused_ = was_paused_ || (container_ && container_->state == "paused");
  const int root = status_.main_pid ? static_cast<int>(*status_.main_pid) : 0;
  processes_ = read_process_tree(host_, root);
  if (container_ && container_->pid > 0) {
    std::ranges::move(read_process_tree(host_, container_->pid), std::back_inserter(processes_));
  }
  seen["processes"] = json::Value::array();
  for (const ProcessFacts& process : processes_) {
    seen["processes"].push_back(as_json(process));
  }
  if (container_ && d_.capture_runtime_state) {
    keep_answer(now, "container-top.txt", podman({"top", d_.container_name}));
    keep_answer(now, "container-diff.txt", podman({"diff", d_.container_name}));
    keep_answer(now, "container-logs.log", podman({"logs", "--timestamps", d_.container_name}));
  }
  if (container_ && container_->removes_itself && setting_.keep_container) {
    const std::string image = fmt::format("localhost/sourceos-quarantine/{}:{}", d_.name, stamp_of(started_at_));
    const CommandRun commit =
        ask(podman_argv(d_, {"commit", "--pause", d_.container_name, image}), k_commit_timeout_ms);
    seen["commit"] = {{"image", image},
                      {"ok", log_.run("commit-container", d_.container_name, commit)},
                      {"id", std::string(text::trim(commit.output))}};
  }
  now.file.clear();
  keep_json(now, "freeze.json", seen);
}

void Quarantine::capture_logs() {
  QuarantineStep& now = step(4, "capture-logs");
  if (!d_.capture_logs) {
    now.status = "skipped";
    now.detail = "not captured by declaration";
    return;
  }
  json::Value scan = {{"type", "LocalAgentLogScan"}, {"agent", d_.name},
                      {"logs", json::Value::array()}, {"findings", json::Value::array()}};
  const std::array<std::pair<std::string, const fs::path*>, 3> logs = {
      std::pair{d_.name + ".log", &d_.app_log}, std::pair{d_.name + ".err.log", &d_.stderr_log},
      std::pair{d_.name + ".out.log", &d_.stdout_log}};
  for (const auto& [file, path] : logs) {
    LogRead log;
    if (!path->empty()) {
      log = read_log(*path);
    } else if (file.ends_with(".out.log")) {
      const host::Systemd systemd(host_.processes, d_.scope == AgentScope::user
                                                       ? host::SystemdScope::user
                                                       : host::SystemdScope::system);
      const auto outcome = host_.processes.run(
          systemd.journal(actor_.service().unit, host::JournalForm::text, k_journal_lines, {},
                          limits::k_probe_timeout_ms));
      log.bytes = outcome ? outcome->output : std::string();
      log.problem = outcome && outcome->ok() ? "" : "the journal does not answer";
    } else {
      continue;
    }
    scan["logs"].push_back({{"file", file}, {"bytes", log.bytes.size()}, {"changed", log.changed},
                            {"problem", log.problem.empty() ? json::Value() : json::Value(log.problem)}});
    if (log.problem.empty()) {
      redact::DocumentOptions how;
      how.format = redact::Format::text;
      for (json::Value& row : findings_of(redaction_.document(log.bytes, how).findings(), file)) {
        scan["findings"].push_back(std::move(row));
      }
      keep(now, file, log.bytes, file);
    }
  }
  keep_json(now, "log-scan.json", scan);
}

void Quarantine::capture_status() {
  QuarantineStep& now = step(5, "capture-status");
  const ServiceStatus after = backend_.status(actor_.service());
  keep_json(now, "service-status.json",
            {{"before", as_json(status_)}, {"after", as_json(after)}, {"raw", status_.raw}});
  json::Value overrides = {{"disabledOverride", after.disabled_override},
                           {"enabled", after.enabled},
                           {"answers", json::Value::array()}};
  for (const CommandRun& run : after.commands) {
    overrides["answers"].push_back({{"argv", run.argv}, {"status", run.status}, {"output", run.output}});
  }
  keep_json(now, "service-disabled-overrides.json", overrides);
}

void Quarantine::capture_podman() {
  QuarantineStep& now = step(6, "capture-podman");
  if (!d_.capture_runtime_state) {
    now.status = "skipped";
    now.detail = "not captured by declaration";
    return;
  }
  keep_answer(now, "podman-info.json", podman({"info", "--format", "json"}));
  keep_answer(now, "podman-machines.json",
              ask({"podman", "machine", "list", "--format", "json"}, limits::k_probe_timeout_ms));
  keep_answer(now, "podman-connections.json",
              ask({"podman", "system", "connection", "list", "--format", "json"}, limits::k_probe_timeout_ms));
}

void Quarantine::capture_container() {
  QuarantineStep& now = step(7, "capture-container");
  if (!d_.capture_runtime_state) {
    now.status = "skipped";
    now.detail = "not captured by declaration";
  } else if (!container_) {
    now.status = "skipped";
    now.detail = "there is no container";
  } else {
    keep(now, "container-inspect.json", container_inspect_.output, "container-inspect.json");
  }
}

void Quarantine::capture_image() {
  QuarantineStep& now = step(8, "capture-image");
  if (!d_.capture_image) {
    now.status = "skipped";
    now.detail = "not captured by declaration";
    return;
  }
  const CommandRun run = d_.image.empty() ? CommandRun{} : podman({"image", "inspect", d_.image});
  if (d_.image.empty() || !run.ok()) {
    now.status = "skipped";
    now.detail = d_.image.empty() ? "there is no image" : redaction_.text(complaint(run)).str();
  } else {
    keep(now, "image-inspect.json", run.output, "image-inspect.json");
  }
}

void Quarantine::capture_auth() {
  QuarantineStep& now = step(9, "capture-auth");
  if (!d_.capture_auth) {
    now.status = "skipped";
    now.detail = "not captured by declaration";
    return;
  }
  json::Value files = json::Value::array();
  if (const AuthFileFacts declared = read_auth_file(d_.authfile); declared.exists) {
    files.push_back(as_json(declared));
  }
  for (const AuthFileFacts& facts : read_ambient_auth(host_)) {
    files.push_back(as_json(facts));
  }
  keep_json(now, "auth-redacted.json", {{"mode", to_string(d_.auth_mode)}, {"files", files}});
}

}  // namespace sourceos::runtime

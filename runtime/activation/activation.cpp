#include "runtime/activation/activation.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"
#include "host/files.hpp"
#include "host/interrupt.hpp"
#include "host/tools/nix.hpp"
#include "runtime/activation/agent_run.hpp"
#include "runtime/activation/limits.hpp"
#include "runtime/agent/catalog.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_transaction_bytes = 16;

// Agents that activation brought here and that nothing declares any more. A declaration that cannot
// be read still declares its agent; when it does not even say which, none is taken for an orphan.
std::vector<Declaration> orphans(const host::Host& host, const Catalog& catalog) {
  std::set<std::string, std::less<>> declared;
  // Those in the usual places are declared, too, when this call was given others.
  const Result<Catalog> usual = read_catalog(host, {});
  if (!usual) {
    return {};
  }
  for (const Catalog* each : {&catalog, &*usual}) {
    for (const ReadDeclaration& agent : each->agents) {
      declared.insert(agent.declaration.name);
    }
    for (const UnreadableDeclaration& unreadable : each->unreadable) {
      if (unreadable.name.empty()) {
        return {};
      }
      declared.insert(unreadable.name);
    }
  }
  std::vector<Declaration> found;
  const fs::path root = agent_state_root(host) / "agents";
  const auto directory = host::open_directory(root);
  const auto entries = directory ? host::list_directory(*directory, limits::k_staging_entries_max)
                                 : Result<std::vector<host::DirectoryEntry>>(fail(directory.error()));
  for (const host::DirectoryEntry& entry : entries ? *entries : std::vector<host::DirectoryEntry>()) {
    if (!is_agent_name(entry.name) || declared.contains(entry.name)) {
      continue;
    }
    const AgentState notes = read_state(places_of_name(entry.name, host));
    const bool is_gone = notes.phase == AgentPhase::quarantined || notes.phase == AgentPhase::absent;
    const auto text = host::read_file(root / entry.name / "agent.json", limits::k_config_file_bytes_max);
    const auto read = text ? parse_declaration(*text, root / entry.name / "agent.json", setting_of(host))
                           : Result<ReadDeclaration>(fail(text.error()));
    if (notes.managed_by == "activation" && !is_gone && read && read->declaration.name == entry.name) {
      found.push_back(read->declaration);
    }
  }
  return found;
}

json::Value planned(std::string_view agent, std::string_view action, std::string_view target,
                    const HostState& before) {
  return {{"agent", agent}, {"action", action}, {"target", target},
          {"before", {{"state", to_string(before.phase)},
                      {"enabled", before.service.enabled},
                      {"active", before.service.active},
                      {"definition", before.definition ? json::Value(before.definition->hex())
                                                       : json::Value(nullptr)}}}};
}

class Activation {
 public:
  Activation(ActivationPorts& ports, const Catalog& catalog, const ActivationOptions& options)
      : ports_(ports), catalog_(catalog), options_(options) {}

  Result<ActivationReport> run() {
    report_.transaction = hex_encode(ports_.host.random.bytes(k_transaction_bytes));
    report_.started_at = ports_.host.clock.now();
    for (host::NixProfile& profile : host::read_nix_profiles(ports_.host.environment)) {
      report_.generations.push_back({std::move(profile.name), profile.generation,
                                     std::move(profile.store_path).value_or("")});
    }
    sort_agents();
    if (options_.prune) {
      orphans_ = orphans(ports_.host, catalog_);
    }
    if (!options_.dry_run) {
      SOURCEOS_TRY(ports_.evidence.intend(intent()));
    }
    run_agents();
    return seal();
  }

 private:
  void sort_agents() {
    for (const ReadDeclaration& agent : catalog_.agents) {
      agents_.push_back(&agent);
    }
    std::ranges::sort(agents_, {}, [](const ReadDeclaration* agent) { return agent->declaration.name; });
  }

  json::Value intent() {
    json::Value plan = json::Value::array();
    const auto add = [&](const Declaration& d, std::string_view action) {
      const AgentSite site = AgentSite::of(d, ports_.host);
      const HostState before =
          read_host_state(ports_.host, ports_.backend, site, HealthCheck::skip);
      plan.push_back(planned(d.name, action, site.places.definition.string(), before));
    };
    for (const ReadDeclaration* agent : agents_) {
      add(agent->declaration, "activate");
    }
    for (const Declaration& orphan : orphans_) {
      add(orphan, "prune");
    }
    const bool is_one = agents_.size() == 1 && orphans_.empty();
    return {{"command", "activate"},
            {"subject", {{"kind", is_one ? "local-agent" : "local-agents"},
                         {"ref", is_one ? agents_.front()->declaration.name : "all"}}},
            {"plan", plan},
            {"policyHash", ruleset_hash()},
            {"startedAt", format_seconds(report_.started_at)},
            {"transactionId", report_.transaction}};
  }

  AgentRun& new_run() {
    runs_.push_back(std::make_unique<AgentRun>(ports_, options_, report_.transaction));
    return *runs_.back();
  }

  void run_agents() {
    for (const UnreadableDeclaration& each : catalog_.unreadable) {
      new_run().refuse_unreadable(each);
    }
    for (const ReadDeclaration* agent : agents_) {
      AgentRun& run = new_run();
      if (ports_.host.is_interrupted()) {
        run.refuse(agent->declaration.name, AgentResult::interrupted, "interrupted", "not begun");
        continue;
      }
      run.run(*agent);
    }
    for (const Declaration& orphan : orphans_) {
      AgentRun& run = new_run();
      if (ports_.host.is_interrupted()) {
        run.refuse(orphan.name, AgentResult::interrupted, "interrupted", "not begun");
        continue;
      }
      run.prune(orphan);
    }
  }

  void judge() {
    report_.finished_at = ports_.host.clock.now();
    report_.agents.clear();
    bool is_incomplete = false;
    bool is_negative = false;
    bool is_interrupted = ports_.host.is_interrupted();
    for (const std::unique_ptr<AgentRun>& run : runs_) {
      const AgentOutcome& outcome = run->outcome();
      is_incomplete = is_incomplete || !outcome.rollback.complete ||
                      (outcome.recovered && !outcome.recovered->complete);
      is_negative = is_negative || !outcome.reached;
      is_interrupted = is_interrupted || outcome.result == AgentResult::interrupted;
      if (report_.reason.empty() && !outcome.reached) {
        report_.reason = outcome.reason.empty() ? std::string(to_string(outcome.result)) : outcome.reason;
      }
      report_.agents.push_back(outcome);
    }
    report_.verdict = is_incomplete    ? Verdict::incomplete
                      : is_interrupted ? Verdict::interrupted
                      : is_negative    ? Verdict::negative
                                       : Verdict::done;
  }

  void mark_report_step(StepStatus status) {
    for (const std::unique_ptr<AgentRun>& run : runs_) {
      StepRecord& record = run->outcome().steps.back();
      record.status = status;
      record.started_at = record.finished_at = ports_.host.clock.now();
    }
  }

  Result<std::string> try_seal() {
    SOURCEOS_TRY(host::fault_point("bundle.write"));
    const host::InterruptShield shield;
    return ports_.evidence.seal(report_);
  }

  // The bundle comes before the end of the transactions: what cannot be told is not done.
  Result<ActivationReport> seal() {
    mark_report_step(StepStatus::done);
    judge();
    Result<std::string> bundle = try_seal();
    if (bundle) {
      report_.bundle = std::move(*bundle);
      bool all_noted = true;
      for (const std::unique_ptr<AgentRun>& run : runs_) {
        all_noted = run->commit(report_.bundle) && all_noted;
      }
      if (!all_noted) {
        report_.verdict = Verdict::incomplete;
        report_.reason = "journal-unwritable";
      }
      return std::move(report_);
    }
    return without_bundle(bundle.error());
  }

  // Back to where everything was, and one more attempt to say so.
  Result<ActivationReport> without_bundle(const Error& error) {
    const bool had_changes = std::ranges::any_of(runs_, [](const auto& run) {
      return run->has_open_change() || run->outcome().rollback.performed;
    });
    if (!had_changes) {
      return fail(Error(ErrorKind::refused, "evidence-unavailable", error.read_out()));
    }
    for (const std::unique_ptr<AgentRun>& run : runs_) {
      run->take_back("evidence-unavailable");
    }
    mark_report_step(StepStatus::failed);
    judge();
    if (auto bundle = try_seal()) {
      report_.bundle = std::move(*bundle);
      return std::move(report_);
    }
    report_.verdict = Verdict::incomplete;
    report_.reason = "evidence-incomplete";
    return std::move(report_);
  }

  ActivationPorts& ports_;
  const Catalog& catalog_;
  const ActivationOptions& options_;
  ActivationReport report_;
  std::vector<const ReadDeclaration*> agents_;
  std::vector<Declaration> orphans_;
  std::vector<std::unique_ptr<AgentRun>> runs_;
};

}  // namespace

std::string_view to_string(AgentResult result) {
  switch (result) {
    case AgentResult::running: return "running";
    case AgentResult::enabled: return "enabled";
    case AgentResult::unchanged: return "unchanged";
    case AgentResult::staged: return "staged";
    case AgentResult::staged_old_version_kept: return "staged-old-version-kept";
    case AgentResult::old_version_restored: return "old-version-restored";
    case AgentResult::failed: return "failed";
    case AgentResult::refused: return "refused";
    case AgentResult::invalid_declaration: return "invalid-declaration";
    case AgentResult::generate_failed: return "generate-failed";
    case AgentResult::interrupted: return "interrupted";
    case AgentResult::pruned: return "pruned";
    case AgentResult::quarantined: return "quarantined";
    case AgentResult::planned: return "planned";
  }
  return "";
}

Result<ActivationReport> activate(ActivationPorts& ports, const Catalog& catalog,
                                  const ActivationOptions& options) {
  return Activation(ports, catalog, options).run();
}

}  // namespace sourceos::runtime

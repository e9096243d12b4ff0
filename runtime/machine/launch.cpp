#include "runtime/machine/launch.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/interrupt.hpp"
#include "runtime/machine/container_mounts.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

// Making a container copies nothing, but storage may be slow when cold.
constexpr std::uint64_t k_create_timeout_ms = 60'000;
constexpr std::uint64_t k_remove_timeout_ms = 20'000;
constexpr std::string_view k_never = "0001-01-01";

std::vector<std::string> attach_words(const ContainerPlan& plan) {
  std::vector<std::string> words = {"start", "--attach"};
  if (plan.is_interactive) {
    words.emplace_back("--interactive");
  }
  words.push_back(plan.name);
  return words;
}

std::vector<std::string> remove_words(const ContainerPlan& plan) {
  return {"rm", "--force", "--time", "2", plan.name};
}

// Podman's own reason stands last.
std::string last_line(std::string_view output) {
  std::string last;
  for (const std::string_view line : text::lines(output)) {
    if (const std::string_view words = text::trim(line); !words.empty()) {
      last = words;
    }
  }
  return last;
}

class Launch {
 public:
  Launch(host::Host& host, host::ToolFinder& tools, const PodmanAddress& address,
         const LaunchPlan& plan, const AttachFunction& attach)
      : host_(host),
        podman_(host, tools, address),
        plan_(plan),
        container_(plan.container),
        attach_(attach) {}

  LaunchOutcome run() {
    Status ready = make();
    if (ready) {
      ready = check_made();
    }
    if (ready) {
      start();
    } else {
      outcome_.failure = std::move(ready).error();
    }
    note_interrupt();
    // Whatever came, what was made is taken away again.
    const host::InterruptShield shield;
    remove();
    outcome_.answers = podman_.answers();
    return std::move(outcome_);
  }

 private:
  collect::ActionFacts& begin(std::string action, std::string target,
                              std::vector<std::string> argv = {}) {
    collect::ActionFacts facts;
    facts.action = std::move(action);
    facts.target = std::move(target);
    if (!argv.empty()) {
      facts.argv = std::move(argv);
    }
    facts.started_at = facts.finished_at = host_.clock.now();
    outcome_.actions.push_back(std::move(facts));
    return outcome_.actions.back();
  }

  // One Podman command that changes something.
  Status order(const char* action, std::vector<std::string> words, std::string_view reason,
               std::uint64_t timeout_ms) {
    collect::ActionFacts& facts = begin(action, container_.name, podman_.command(words));
    const PodmanAnswer answer =
        podman_.ask(action, std::move(words), PodmanClient::Reach::connection, timeout_ms);
    facts.finished_at = host_.clock.now();
    facts.exit_code = static_cast<std::uint64_t>(answer.outcome.status);
    if (answer.ok()) {
      return {};
    }
    facts.status = collect::ActionStatus::failed;
    facts.detail = answer.outcome.error_output;
    const std::string_view why = answer.is_timed_out() ? "probe-timeout" : reason;
    const std::string said = last_line(answer.outcome.error_output);
    Error error(ErrorKind::refused, why,
                fmt::format("podman {} ended with {}{}{}", action, answer.outcome.status,
                            said.empty() ? "" : ": ", said));
    if (said.find("already in use") != std::string::npos) {  // of a launch that was killed
      error.next = "podman rm " + container_.name;
    }
    return fail(std::move(error));
  }

  Status make() {
    for (const MountDecision& mount : plan_.mounts) {
      if (mount.pin) {
        SOURCEOS_TRY(check_pin(mount.resolved, *mount.pin));
      }
    }
    SOURCEOS_TRY(make_directories());
    was_ordered_ = true;
    SOURCEOS_TRY(order("create", create_words(container_), "create-failed", k_create_timeout_ms));
    is_made_ = true;
    return {};
  }

  // A program that was killed by the signal looks like one that failed.
  void note_interrupt() {
    if (!host_.is_interrupted()) {
      return;
    }
    outcome_.failure = Error(ErrorKind::interrupted, "interrupted", "a signal came");
    is_made_ = was_ordered_;  // the order may have been carried out
  }

  Status make_directories() {
    for (const fs::path& directory : plan_.to_make) {
      collect::ActionFacts& facts = begin("create-directory", directory.string());
      if (Status made = host::make_directories(directory, 0700); !made) {
        facts.status = collect::ActionStatus::failed;
        return made;
      }
      // A parent may have been swapped for a link since the policy looked.
      SOURCEOS_TRY_ASSIGN(const Pin pin, pin_directory(directory));
      for (PlannedBind& bind : container_.binds) {
        if (bind.source == directory.string()) {
          bind.pin = pin;
        }
      }
    }
    return {};
  }

  Result<json::Value> inspect(const char* name) {
    const PodmanAnswer answer = podman_.ask(name, {"container", "inspect", container_.name});
    if (!answer.ok()) {
      return fail(ErrorKind::refused, "launch-mismatch",
                  "podman does not describe the container that it made");
    }
    last_inspect_ = answer.outcome.output;
    return inspected(answer.outcome.output);
  }

  Status check_made() {
    SOURCEOS_TRY_ASSIGN(const json::Value made, inspect("container-inspect"));
    outcome_.differences = differences(container_, made);
    SOURCEOS_TRY(refuse_differences());
    SOURCEOS_TRY(order("init", {"init", container_.name}, "init-failed", k_create_timeout_ms));
    return plan_.is_local ? check_pins() : Status();
  }

  Status refuse_differences() const {
    if (outcome_.differences.empty()) {
      return {};
    }
    return fail(ErrorKind::refused, "launch-mismatch",
                fmt::format("the container is not what was planned: {}",
                            fmt::join(outcome_.differences, "; ")));
  }

  Status check_pins() {
    SOURCEOS_TRY_ASSIGN(const json::Value ready, inspect("container-inspect-ready"));
    const json::Value pid = ready.value("/State/Pid"_json_pointer, json::Value(nullptr));
    if (!pid.is_number_unsigned() || pid == 0) {
      return fail(ErrorKind::refused, "launch-mismatch",
                  "podman names no process of the container");
    }
    const fs::path process = host::system_path(host_.environment, "/proc") /
                             std::to_string(pid.get<std::uint64_t>());
    const fs::path root = process / "root";
    for (const PlannedBind& bind : container_.binds) {
      if (!bind.pin) {
        continue;
      }
      const Result<Pin> inside = pin_below(root, bind.target);
      if (!inside || *inside != *bind.pin) {
        return fail(
            ErrorKind::refused, "mount-changed",
            fmt::format("'{}' in the container is another directory than the one that was checked",
                        bind.target));
      }
    }
    outcome_.differences =
        mount_differences(container_, host::read_mount_table(process / "mountinfo"));
    return refuse_differences();
  }

  void start() {
    const std::vector<std::string> argv = podman_.command(attach_words(container_));
    const std::size_t at = outcome_.actions.size();
    begin("start", container_.name, argv);
    const Result<host::ProcessOutcome> ended = attach_(argv);
    const bool was_interrupted = host_.is_interrupted();
    const host::InterruptShield shield;  // how it ended is looked at even so
    const auto after = inspect("container-inspect-after");
    outcome_.container = last_inspect_;
    const json::Value state =
        after ? after->value("State", json::Value::object()) : json::Value::object();
    const std::string started_at = state.is_object() ? state.value("StartedAt", std::string()) : "";
    outcome_.is_started = !started_at.empty() && !started_at.starts_with(k_never);
    collect::ActionFacts& facts = outcome_.actions[at];
    facts.finished_at = host_.clock.now();
    if (!ended) {
      outcome_.failure = ended.error();
      facts.status = was_interrupted || ended.error().kind == ErrorKind::interrupted
                         ? collect::ActionStatus::interrupted
                         : collect::ActionStatus::failed;
    } else if (!outcome_.is_started) {
      outcome_.failure =
          Error(ErrorKind::refused, "start-failed",
                fmt::format("podman start ended with {} before the program ran", ended->status));
      facts.status = collect::ActionStatus::failed;
      facts.exit_code = static_cast<std::uint64_t>(ended->status);
    }
    if (outcome_.is_started) {
      note_exit(state, ended);
    }
  }

  void note_exit(const json::Value& state, const Result<host::ProcessOutcome>& ended) {
    const json::Value code = state.value("ExitCode", json::Value(nullptr));
    const bool is_running = state.value("Running", false);
    outcome_.exit_code = !is_running && code.is_number_unsigned() ? code.get<int>()
                         : ended                                  ? ended->status
                                                                  : 0;
    collect::ActionFacts& facts = begin("exit", container_.name);
    facts.exit_code = static_cast<std::uint64_t>(outcome_.exit_code);
    facts.status = ended ? collect::ActionStatus::done : collect::ActionStatus::interrupted;
  }

  void remove() {
    if (is_made_) {
      (void)order("remove", remove_words(container_), "remove-failed", k_remove_timeout_ms);
    }
  }

  host::Host& host_;
  PodmanClient podman_;
  const LaunchPlan& plan_;
  ContainerPlan container_;
  const AttachFunction& attach_;
  std::string last_inspect_;
  bool was_ordered_ = false;
  bool is_made_ = false;
  LaunchOutcome outcome_;
};

}  // namespace

std::string LaunchOutcome::container_left() const {
  const bool is_left = !actions.empty() && actions.back().action == "remove" &&
                       actions.back().status == collect::ActionStatus::failed;
  return is_left ? actions.back().target : std::string();
}

LaunchOutcome launch(host::Host& host, host::ToolFinder& tools, const PodmanAddress& address,
                     const LaunchPlan& plan, const AttachFunction& attach) {
  return Launch(host, tools, address, plan, attach).run();
}

std::vector<collect::ActionFacts> planned_actions(host::Host& host, host::ToolFinder& tools,
                                                  const PodmanAddress& address,
                                                  const LaunchPlan& plan) {
  const PodmanClient podman(host, tools, address);
  std::vector<collect::ActionFacts> actions;
  const auto add = [&](std::string action, std::string target, std::vector<std::string> argv) {
    collect::ActionFacts facts;
    facts.action = std::move(action);
    facts.target = std::move(target);
    if (!argv.empty()) {
      facts.argv = podman.command(std::move(argv));
    }
    facts.started_at = facts.finished_at = host.clock.now();
    facts.status = collect::ActionStatus::planned;
    actions.push_back(std::move(facts));
  };
  const std::string& name = plan.container.name;
  for (const fs::path& directory : plan.to_make) {
    add("create-directory", directory.string(), {});
  }
  add("create", name, create_words(plan.container));
  add("inspect", name, {"container", "inspect", name});
  add("init", name, {"init", name});
  add("start", name, attach_words(plan.container));
  add("remove", name, remove_words(plan.container));
  return actions;
}

}  // namespace sourceos::runtime

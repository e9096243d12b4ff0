// Rules over units: services, timers and Quadlet files, read with their drop-ins.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/text.hpp"
#include "runtime/agent/rule_commands.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_period_ms_min = 60'000;
constexpr std::uint64_t k_default_delay_ms = 100;  // systemd's RestartSec

std::uint64_t number_of(const UnitAssignment* assignment) {
  std::uint64_t number = 0;
  if (assignment != nullptr) {
    const std::string& text = assignment->value;
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return number;
}

// ExecStart without its prefixes.
std::vector<std::string> exec_words(const std::string& value) {
  std::vector<std::string> argv = unit_words(value);
  if (!argv.empty()) {
    const auto begin = argv.front().find_first_not_of("@-:+!");
    argv.front().erase(0, begin == std::string::npos ? argv.front().size() : begin);
  }
  return argv;
}

class UnitCheck {
 public:
  UnitCheck(const UnitFile& unit, const fs::path& path, const RuleSetting& setting)
      : unit_(unit), path_(path), setting_(setting) {}

  std::vector<PolicyFinding> run() {
    look_at_restart();
    look_at_triggers();
    look_at_commands();
    look_at_logs();
    look_at_variables();
    look_at_container();
    return std::move(findings_);
  }

 private:
  void add(std::string_view rule, const UnitAssignment& where, std::string message) {
    findings_.push_back(make_finding(rule, where.file, setting_, std::move(message), where.line,
                                     where.key + "=" + where.value));
  }

  void look_at_restart() {
    for (const UnitAssignment* misplaced : unit_.all("Service", "StartLimitIntervalSec")) {
      add("systemd-startlimit-section", *misplaced,
          "systemd ignores StartLimitIntervalSec in [Service]; it belongs in [Unit]");
    }
    const UnitAssignment* restart = unit_.last("Service", "Restart");
    if (restart == nullptr || restart->value == "no") {
      return;
    }
    if (restart->value == "always") {
      restarts_always_ = true;
      add("systemd-restart-always", *restart, "it is restarted whatever happens");
    }
    if (!is_bounded()) {
      add("systemd-unbounded-restart", *restart,
          "restarts have no effective StartLimitBurst and StartLimitIntervalSec in [Unit]");
    }
  }

  // The limit is only ever reached when a whole burst fits into the interval.
  [[nodiscard]] bool is_bounded() const {
    const UnitAssignment* burst = unit_.last("Unit", "StartLimitBurst");
    const UnitAssignment* interval = unit_.last("Unit", "StartLimitIntervalSec");
    if (interval == nullptr) {
      interval = unit_.last("Unit", "StartLimitInterval");
    }
    if (burst == nullptr || interval == nullptr) {
      return false;
    }
    const std::uint64_t starts = number_of(burst);
    const auto interval_ms = unit_time_ms(interval->value);
    const UnitAssignment* delay = unit_.last("Service", "RestartSec");
    const auto delay_ms = delay == nullptr ? k_default_delay_ms : unit_time_ms(delay->value);
    return starts > 0 && interval_ms && *interval_ms > 0 && delay_ms &&
           *delay_ms < *interval_ms / starts;
  }

  void look_at_triggers() {
    const std::string name = path_.filename().string();
    for (const UnitAssignment* upholds : unit_.all("Unit", "Upholds")) {
      add("systemd-repeat-trigger", *upholds, "Upholds= starts what it names again and again");
    }
    for (const UnitAssignment* upheld : unit_.all("Install", "UpheldBy")) {
      add("systemd-repeat-trigger", *upheld, "UpheldBy= has it started again and again");
    }
    for (const char* key : {"OnSuccess", "OnFailure"}) {
      for (const UnitAssignment* each : unit_.all("Unit", key)) {
        const auto names = unit_words(each->value);
        const bool points_back = std::ranges::any_of(names, [&](const std::string& word) {
          return word == name || word == "%n" || word == "%N.service";
        });
        if (points_back) {
          add("systemd-repeat-trigger", *each, fmt::format("{}= points back at the unit", key));
        }
      }
    }
  }

  void look_at_commands() {
    for (const char* key : {"ExecStart", "ExecStartPre", "ExecStartPost"}) {
      for (const UnitAssignment* each : unit_.all("Service", key)) {
        const DefinedCommand command{exec_words(each->value), each->file, each->line,
                                     restarts_always_};
        for (PolicyFinding& finding : check_command(command, setting_)) {
          findings_.push_back(std::move(finding));
        }
      }
    }
  }

  void look_at_logs() {
    for (const char* key : {"StandardOutput", "StandardError"}) {
      const UnitAssignment* each = unit_.last("Service", key);
      if (each == nullptr) {
        continue;
      }
      const auto colon = each->value.find(':');
      if (colon != std::string::npos) {
        check_log_path(each->value.substr(colon + 1), each->file, each->line, setting_, findings_);
      }
    }
  }

  void look_at_variables() {
    for (const UnitAssignment* each : unit_.all("Service", "Environment")) {
      for (const std::string& pair : unit_words(each->value)) {
        const auto equals = pair.find('=');
        if (equals != std::string::npos) {
          check_variable(pair.substr(0, equals), pair.substr(equals + 1), each->file, each->line,
                         setting_, findings_);
        }
      }
      check_helper_words(each->value, each->file, each->line, setting_, findings_);
    }
  }

  // Quadlet: the image is what runs.
  void look_at_container() {
    if (const UnitAssignment* image = unit_.last("Container", "Image")) {
      for (PolicyFinding finding :
           check_run_command({"podman", "run", image->value}, image->file, setting_)) {
        finding.line = image->line;
        findings_.push_back(std::move(finding));
      }
    }
  }

  const UnitFile& unit_;
  const fs::path& path_;
  const RuleSetting& setting_;
  bool restarts_always_ = false;
  std::vector<PolicyFinding> findings_;
};

// Whether an OnCalendar expression names more than one second of a minute.
bool is_every_few_seconds(std::string_view calendar) {
  const auto colon = calendar.rfind(':');
  if (colon == std::string_view::npos || std::ranges::count(calendar, ':') < 2) {
    return false;
  }
  const std::string_view seconds = calendar.substr(colon + 1);
  return seconds.find_first_of("*/,.") != std::string_view::npos && seconds.substr(0, 3) != "00.";
}

}  // namespace

std::vector<PolicyFinding> check_unit(const UnitFile& unit, const fs::path& path,
                                      const RuleSetting& setting) {
  return UnitCheck(unit, path, setting).run();
}

std::vector<PolicyFinding> check_timer(const UnitFile& unit, const fs::path& path,
                                       const RuleSetting& setting) {
  std::vector<PolicyFinding> findings;
  const auto add = [&](const UnitAssignment& where) {
    findings.push_back(make_finding("systemd-repeat-trigger", path, setting,
                                    "the timer starts it more often than once a minute", where.line,
                                    where.key + "=" + where.value));
  };
  for (const char* key : {"OnUnitActiveSec", "OnUnitInactiveSec"}) {
    for (const UnitAssignment* each : unit.all("Timer", key)) {
      const auto period = unit_time_ms(each->value);
      if (period && *period < k_period_ms_min) {
        add(*each);
      }
    }
  }
  for (const UnitAssignment* each : unit.all("Timer", "OnCalendar")) {
    if (is_every_few_seconds(each->value)) {
      add(*each);
    }
  }
  return findings;
}

}  // namespace sourceos::runtime

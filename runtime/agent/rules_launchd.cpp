// Rules over property lists.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/rule_commands.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_interval_seconds_min = 60;
constexpr std::array<std::string_view, 3> k_restart_keys = {"PathState", "OtherJobEnabled",
                                                            "AfterInitialDemand"};

// Which line of an XML plist names a key; 0 in a binary one.
std::uint64_t line_of(std::string_view text, std::string_view key) {
  const auto at = text.find(fmt::format("<key>{}</key>", key));
  if (at == std::string_view::npos) {
    return 0;
  }
  return 1 + static_cast<std::uint64_t>(std::ranges::count(text.substr(0, at), '\n'));
}

std::string text_of(const host::PlistValue* value) {
  return value != nullptr && value->kind == host::PlistKind::string ? value->text : std::string();
}

bool is_dictionary(const host::PlistValue* value) {
  return value != nullptr && value->kind == host::PlistKind::dictionary;
}

// `<somewhere>/Library/LaunchAgents` that is not in a home.
bool is_system_wide(const fs::path& file, const fs::path& home) {
  const fs::path directory = file.parent_path();
  const fs::path library = directory.parent_path();
  if (directory.filename() != "LaunchAgents" || library.filename() != "Library") {
    return false;
  }
  const fs::path owner = library.parent_path();
  const std::string above = owner.parent_path().filename().string();
  return owner != home && above != "Users" && above != "home";
}

class PlistCheck {
 public:
  PlistCheck(const host::PlistValue& plist, std::string_view text, const fs::path& path,
             const RuleSetting& setting)
      : plist_(plist), text_(text), path_(path), setting_(setting) {}

  std::vector<PolicyFinding> run() {
    argv_ = arguments();
    look_at_place();
    look_at_keep_alive();
    look_at_triggers();
    for (const char* key : {"StandardOutPath", "StandardErrorPath"}) {
      check_log_path(text_of(plist_.find(key)), path_, line_of(text_, key), setting_, findings_);
    }
    DefinedCommand command{argv_, path_, line_of(text_, "ProgramArguments"), restarts_always_};
    command.line = command.line == 0 ? line_of(text_, "Program") : command.line;
    for (PolicyFinding& finding : check_command(command, setting_)) {
      findings_.push_back(std::move(finding));
    }
    look_at_variables();
    return std::move(findings_);
  }

 private:
  void add(std::string_view rule, std::string_view key, std::string message) {
    findings_.push_back(make_finding(rule, path_, setting_, std::move(message), line_of(text_, key),
                                     std::string(key)));
  }

  [[nodiscard]] std::vector<std::string> arguments() const {
    std::vector<std::string> argv;
    const std::string program = text_of(plist_.find("Program"));
    const host::PlistValue* list = plist_.find("ProgramArguments");
    if (list != nullptr) {
      for (const host::PlistValue& item : list->items) {
        argv.push_back(item.text);
      }
    }
    if (!program.empty()) {
      if (argv.empty()) {
        argv.push_back(program);
      } else {
        argv.front() = program;
      }
    }
    return argv;
  }

  void look_at_place() {
    const std::string label = text_of(plist_.find("Label"));
    const bool apple = label.starts_with("com.apple.");
    if (!is_system_wide(path_, setting_.place.home) || apple) {
      return;
    }
    const bool by_root = setting_.owner && *setting_.owner == 0;
    add("launchd-root-user-agent", "Label",
        fmt::format("'{}' runs for every user of this host{}", label,
                    by_root ? " and belongs to root" : ""));
  }

  void look_at_keep_alive() {
    const host::PlistValue* demand = plist_.find("OnDemand");  // what KeepAlive was called before
    const host::PlistValue* keep = plist_.find("KeepAlive");
    if (demand != nullptr && demand->kind == host::PlistKind::boolean && demand->number == 0) {
      restarts_always_ = true;
      add("launchd-keepalive-true", "OnDemand", "OnDemand is false: launchd restarts it for ever");
    }
    if (keep == nullptr) {
      return;
    }
    if (keep->is_true()) {
      restarts_always_ = true;
      add("launchd-keepalive-true", "KeepAlive", "KeepAlive is true: launchd restarts it for ever");
      return;
    }
    if (!is_dictionary(keep) || keep->members.empty()) {
      return;
    }
    const host::PlistValue* success = keep->find("SuccessfulExit");
    if (success != nullptr && success->is_true()) {
      restarts_always_ = true;
      add("launchd-keepalive-true", "KeepAlive", "it is restarted after a clean exit");
      return;
    }
    for (const std::string_view key : k_restart_keys) {
      if (keep->find(key) != nullptr) {
        restarts_always_ = true;
        add("launchd-keepalive-true", "KeepAlive", fmt::format("KeepAlive has '{}'", key));
        return;
      }
    }
    const bool bounded = !argv_.empty() && setting_.is_bounded_launcher &&
                         setting_.is_bounded_launcher(argv_.front());
    if (!bounded) {
      restarts_always_ = true;
      add("launchd-keepalive-true", "KeepAlive", "no launcher bounds the restarts");
    }
  }

  void look_at_triggers() {
    const host::PlistValue* interval = plist_.find("StartInterval");
    if (interval != nullptr && interval->kind == host::PlistKind::integer &&
        interval->number < k_interval_seconds_min) {
      add("launchd-repeat-trigger", "StartInterval",
          fmt::format("it is started every {} seconds", interval->number));
    }
    for (const char* key : {"WatchPaths", "QueueDirectories"}) {
      const host::PlistValue* list = plist_.find(key);
      if (list != nullptr && (!list->items.empty() || !list->text.empty())) {
        add("launchd-repeat-trigger", key, fmt::format("'{}' starts it again", key));
      }
    }
    const host::PlistValue* mount = plist_.find("StartOnMount");
    if (mount != nullptr && mount->is_true()) {
      add("launchd-repeat-trigger", "StartOnMount", "each mount starts it");
    }
  }

  void look_at_variables() {
    const host::PlistValue* variables = plist_.find("EnvironmentVariables");
    if (!is_dictionary(variables)) {
      return;
    }
    const std::uint64_t line = line_of(text_, "EnvironmentVariables");
    for (const auto& [name, value] : variables->members) {
      check_variable(name, value.text, path_, line, setting_, findings_);
      check_helper_words(value.text, path_, line, setting_, findings_);
    }
  }

  const host::PlistValue& plist_;
  std::string_view text_;
  const fs::path& path_;
  const RuleSetting& setting_;
  std::vector<std::string> argv_;
  bool restarts_always_ = false;
  std::vector<PolicyFinding> findings_;
};

}  // namespace

std::vector<PolicyFinding> check_plist(const host::PlistValue& plist, std::string_view text,
                                       const fs::path& path, const RuleSetting& setting) {
  return PlistCheck(plist, text, path, setting).run();
}

}  // namespace sourceos::runtime

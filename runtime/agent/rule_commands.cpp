#include "runtime/agent/rule_commands.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.hpp"
#include "runtime/agent/declaration_checks.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> k_shells = {"sh", "bash", "zsh", "dash", "ksh", "fish"};
constexpr std::array<std::string_view, 3> k_container_tools = {"podman", "docker", "nerdctl"};
// Options of `run` that take the next word.
constexpr std::array<std::string_view, 34> k_run_options = {
    "--name",  "--authfile", "-v",        "--volume",   "-e",         "--env",     "-p",
    "--publish", "--label",  "-l",        "--network",  "--net",      "--user",    "-u",
    "-w",      "--workdir",  "--entrypoint", "--mount", "--env-file", "--hostname", "-h",
    "--pull",  "--memory",   "-m",        "--cpus",     "--restart",  "--secret",  "--device",
    "--cap-add", "--cap-drop", "--security-opt", "--userns", "--tmpfs", "--cidfile"};
constexpr std::array<std::string_view, 3> k_helper_words = {
    "gcloud.auth.docker-helper", "docker-credential-gcloud", "docker-credential-gcr"};

std::string base_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::ranges::find(list, word) != list.end();
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += (line.empty() ? "" : " ") + word;
  }
  return line;
}

// The string after `-c` of a shell, as words: good enough to find programs and images in it.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c == ' ' || c == '\t' || c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')') {
      if (!word.empty()) {
        words.push_back(std::move(word));
      }
      word.clear();
    } else if (c != '"' && c != '\'') {
      word += c;
    }
  }
  if (!word.empty()) {
    words.push_back(std::move(word));
  }
  return words;
}

bool is_shell(const std::vector<std::string>& argv) {
  const std::size_t program = !argv.empty() && base_name(argv[0]) == "env" ? 1 : 0;
  return argv.size() > program && is_one_of(base_name(argv[program]), k_shells);
}

// The word after the first "-c" or "-lc", when the program is a shell.
const std::string* shell_string(const std::vector<std::string>& argv) {
  if (!is_shell(argv)) {
    return nullptr;
  }
  for (std::size_t i = 1; i + 1 < argv.size(); ++i) {
    const std::string& word = argv[i];
    if (word.size() > 1 && word[0] == '-' && word[1] != '-' && word.ends_with('c')) {
      return &argv[i + 1];
    }
  }
  return nullptr;
}

// Position just after `podman ... run`, or 0.
std::size_t after_run(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_one_of(base_name(words[i]), k_container_tools)) {
      continue;
    }
    for (std::size_t j = i + 1; j < words.size(); ++j) {
      if (words[j] == "run") {
        return j + 1;
      }
      const bool takes_word = words[j] == "--connection" || words[j] == "-c" ||
                              words[j] == "--url" || words[j] == "--context";
      if (takes_word) {
        ++j;
      } else if (!words[j].starts_with('-') && words[j] != "container") {
        break;
      }
    }
  }
  return 0;
}

class CommandCheck {
 public:
  CommandCheck(const DefinedCommand& command, const RuleSetting& setting)
      : command_(command), setting_(setting) {}

  std::vector<PolicyFinding> run() {
    if (command_.argv.empty()) {
      return {};
    }
    look_at_store_path();
    std::vector<std::string> words = command_.argv;
    if (const std::string* line = shell_string(command_.argv)) {
      if (!setting_.managed) {
        add("raw-shell-launch-wrapper", "a shell string is the program");
      }
      words = shell_words(*line);
      look_at_redirections(*line);
    }
    look_at_run(words);
    check_helper_words(joined(command_.argv), command_.path, command_.line, setting_, findings_);
    return std::move(findings_);
  }

 private:
  void add(std::string_view rule, std::string message) {
    findings_.push_back(make_finding(rule, command_.path, setting_, std::move(message),
                                     command_.line, joined(command_.argv)));
  }

  void look_at_store_path() {
    const std::string& program = command_.argv.front();
    if (!program.starts_with("/nix/store/")) {
      return;
    }
    add("opaque-nix-store-target", "the program is only known by a Nix store path");
    if (setting_.exists && !setting_.exists(program)) {
      add("nix-store-target-missing", fmt::format("'{}' does not exist", program));
    }
  }

  void look_at_redirections(std::string_view line) {
    for (std::size_t at = line.find('>'); at != std::string_view::npos; at = line.find('>', at + 1)) {
      const auto begin = line.find_first_not_of("> \"'", at);
      if (begin == std::string_view::npos) {
        return;
      }
      const auto end = line.find_first_of(" ;&|\"'", begin);
      const std::string target(line.substr(begin, end == std::string_view::npos ? end : end - begin));
      if (target.starts_with('/')) {
        check_log_path(target, command_.path, command_.line, setting_, findings_);
      }
    }
  }

  void look_at_run(const std::vector<std::string>& words) {
    if (after_run(words) == 0) {
      return;
    }
    PolicyFinding raw = make_finding("raw-podman-run-persistence", command_.path, setting_,
                                     "a container is run without the launcher", command_.line,
                                     joined(command_.argv));
    if (command_.restarts_always) {
      raw.severity = Severity::high;
    }
    findings_.push_back(std::move(raw));
    const auto more = check_run_command(words, command_.path, setting_);
    for (PolicyFinding finding : more) {
      finding.line = command_.line;
      findings_.push_back(std::move(finding));
    }
  }

  const DefinedCommand& command_;
  const RuleSetting& setting_;
  std::vector<PolicyFinding> findings_;
};

}  // namespace

bool is_google_image(std::string_view word) {
  const std::string registry = registry_of(word);
  return word.find('/') != std::string_view::npos &&
         (registry.ends_with(".pkg.dev") || registry == "gcr.io" || registry.ends_with(".gcr.io"));
}

std::string run_image(const std::vector<std::string>& words) {
  const std::size_t begin = after_run(words);
  for (std::size_t i = begin; begin != 0 && i < words.size(); ++i) {
    if (!words[i].starts_with('-')) {
      return words[i];
    }
    if (is_one_of(words[i], k_run_options)) {
      ++i;
    }
  }
  return {};
}

std::vector<PolicyFinding> check_command(const DefinedCommand& command, const RuleSetting& setting) {
  return CommandCheck(command, setting).run();
}

std::vector<PolicyFinding> check_run_command(const std::vector<std::string>& argv,
                                             const fs::path& path, const RuleSetting& setting) {
  std::vector<PolicyFinding> findings;
  if (after_run(argv) == 0) {
    return findings;
  }
  const bool has_authfile = std::ranges::any_of(
      argv, [](const std::string& word) { return word.starts_with("--authfile"); });
  const auto needs_helper = [&](const std::string& remote) {
    const std::string helper = has_authfile || !setting.helper_for ? "" : setting.helper_for(registry_of(remote));
    if (!helper.empty()) {
      findings.push_back(make_finding("ambient-gcloud-helper", path, setting,
                                      fmt::format("'{}' needs the credential helper '{}'", registry_of(remote), helper),
                                      0, joined(argv)));
    }
  };
  // A Google image is looked for among all words: an option that we do not know may stand before.
  const auto google = std::ranges::find_if(
      argv, [](const std::string& word) { return !word.starts_with('-') && is_google_image(word); });
  if (google != argv.end()) {
    findings.push_back(make_finding("direct-google-artifact-runtime", path, setting,
                                    fmt::format("runs '{}' from a Google registry", *google), 0,
                                    joined(argv)));
    needs_helper(*google);
    return findings;
  }
  const std::string image = run_image(argv);
  const bool is_id = !image.empty() && (image.starts_with("sha256:") || image.starts_with('$'));
  if (setting.local_agent && !image.empty() && !is_local_image(image) && !is_id) {
    findings.push_back(make_finding("direct-registry-runtime", path, setting,
                                    fmt::format("runs the remote image '{}'", image), 0,
                                    joined(argv)));
    needs_helper(image);
  }
  return findings;
}

void check_variable(const std::string& name, const std::string& value, const fs::path& path,
                    std::uint64_t line, const RuleSetting& setting,
                    std::vector<PolicyFinding>& findings) {
  const bool points = name == "DOCKER_CONFIG" || name == "REGISTRY_AUTH_FILE";
  if (points && setting.has_helpers && setting.has_helpers(value)) {
    findings.push_back(make_finding("interactive-helper-in-service", path, setting,
                                    fmt::format("{} points at a config that names helpers", name),
                                    line, name + "=" + value));
  }
}

void check_log_path(const std::string& log, const fs::path& path, std::uint64_t line,
                    const RuleSetting& setting, std::vector<PolicyFinding>& findings) {
  if (log.starts_with('/') && is_temporary_path(fs::path(log).lexically_normal(), setting.place)) {
    findings.push_back(make_finding("tmp-product-log", path, setting,
                                    fmt::format("logs to '{}'", log), line, log));
  }
}

void check_helper_words(std::string_view text, const fs::path& path, std::uint64_t line,
                        const RuleSetting& setting, std::vector<PolicyFinding>& findings) {
  for (const std::string_view word : k_helper_words) {
    if (text.find(word) != std::string_view::npos) {
      findings.push_back(make_finding("ambient-gcloud-helper", path, setting,
                                      fmt::format("needs the credential helper '{}'", word), line,
                                      std::string(text)));
      return;
    }
  }
}

}  // namespace sourceos::runtime

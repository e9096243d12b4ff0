// Rules over files: a definition by its kind, anything else by pattern.
#include <array>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/tools/plist.hpp"
#include "runtime/agent/rule_commands.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

struct TextPattern {
  std::string_view rule;
  std::string_view word;  // without white space
  std::string_view message;
};
// Generators and templates of definitions, in whatever language.
constexpr std::array k_patterns = {
    TextPattern{"systemd-restart-always", "Restart=always", "makes a unit with Restart=always"},
    TextPattern{"systemd-restart-always", "Restart=\"always\"", "makes a unit with Restart=always"},
    TextPattern{"launchd-keepalive-true", "KeepAlive=true", "makes a plist with KeepAlive true"},
    TextPattern{"launchd-keepalive-true", "<key>KeepAlive</key><true/>",
                "makes a plist with KeepAlive true"},
};

std::string without_spaces(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (c != ' ' && c != '\t') {
      out += c;
    }
  }
  return out;
}

// Words of a script's line; a backslash at the end has joined the next one.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (const std::string_view word : text::split(line, ' ')) {
    std::string bare;
    for (const char c : word) {
      if (c != '"' && c != '\'' && c != '\t' && c != ';') {
        bare += c;
      }
    }
    if (!bare.empty()) {
      words.push_back(std::move(bare));
    }
  }
  return words;
}

class TextCheck {
 public:
  enum class Kind { any, of_service };
  TextCheck(const fs::path& path, const RuleSetting& setting, Kind kind)
      : path_(path), setting_(setting), kind_(kind) {}

  std::vector<PolicyFinding> run(std::string_view text) {
    std::string joined;
    std::uint64_t begins = 0;
    std::uint64_t number = 0;
    for (const std::string_view line : text::lines(text)) {
      ++number;
      begins = joined.empty() ? number : begins;
      joined += line;
      if (joined.ends_with('\\') && joined.size() < limits::k_kib * 64) {
        joined.back() = ' ';
        continue;
      }
      look_at(joined, begins);
      joined.clear();
    }
    if (!joined.empty()) {
      look_at(joined, begins);
    }
    return std::move(findings_);
  }

 private:
  void look_at(const std::string& line, std::uint64_t number) {
    const std::string_view trimmed = text::trim(line);
    if (trimmed.starts_with('#') || trimmed.starts_with("//")) {
      return;
    }
    const std::string bare = without_spaces(trimmed);
    for (const TextPattern& pattern : k_patterns) {
      if (bare.find(pattern.word) != std::string::npos) {
        findings_.push_back(make_finding(pattern.rule, path_, setting_,
                                         std::string(pattern.message), number,
                                         std::string(trimmed)));
      }
    }
    check_helper_words(trimmed, path_, number, setting_, findings_);
    const bool of_service = kind_ == Kind::of_service;
    const std::vector<std::string> words = words_of(trimmed);
    for (PolicyFinding finding : check_run_command(words, path_, setting_)) {
      finding.line = number;
      // A script that somebody types is no service: only what names Google's registry is one by
      // the incident that this rule comes from.
      if (of_service || finding.rule_id == "direct-google-artifact-runtime") {
        findings_.push_back(std::move(finding));
      }
    }
    if (of_service && !run_image(words).empty()) {
      findings_.push_back(make_finding("raw-podman-run-persistence", path_, setting_,
                                       "a container is run without the launcher", number,
                                       std::string(trimmed)));
    }
    look_for_logs(trimmed, number);
  }

  void look_for_logs(std::string_view line, std::uint64_t number) {
    for (const std::string_view root : {"/tmp/", "/private/tmp/", "/var/tmp/"}) {
      const auto at = line.find(root);
      if (at == std::string_view::npos || (at > 0 && line[at - 1] == '/')) {
        continue;
      }
      const auto end = line.find_first_of(" \t\"';,)<&|", at);
      const std::string_view target = line.substr(at, end == std::string_view::npos ? end : end - at);
      if (target.ends_with(".log")) {
        check_log_path(std::string(target), path_, number, setting_, findings_);
        return;
      }
    }
  }

  const fs::path& path_;
  const RuleSetting& setting_;
  Kind kind_;
  std::vector<PolicyFinding> findings_;
};

}  // namespace

std::vector<PolicyFinding> check_text(std::string_view text, const fs::path& path,
                                      const RuleSetting& setting) {
  return TextCheck(path, setting, TextCheck::Kind::any).run(text);
}

std::vector<PolicyFinding> check_service_script(std::string_view text, const fs::path& path,
                                                const RuleSetting& setting) {
  return TextCheck(path, setting, TextCheck::Kind::of_service).run(text);
}

Result<std::vector<PolicyFinding>> check_definition_file(const fs::path& path,
                                                         const RuleSetting& setting) {
  const std::string extension = path.extension().string();
  if (extension == ".plist") {
    const auto text = host::read_file(path, limits::k_config_file_bytes_max);
    if (!text && text.error().kind != ErrorKind::limit) {
      return fail(text.error());
    }
    const auto plist = text ? host::parse_plist(*text)
                            : Result<host::PlistValue>(fail(ErrorKind::limit, "limit",
                                                            "larger than 1 MiB"));
    if (!plist || plist->kind != host::PlistKind::dictionary) {
      return std::vector{make_finding(
          "plist-unreadable", path, setting,
          plist ? "expected a dictionary" : fmt::format("no plist: {}", plist.error().message))};
    }
    RuleSetting with_owner = setting;
    if (const auto facts = host::describe(path)) {
      with_owner.owner = facts->uid;
    }
    const bool binary = host::is_binary_plist(*text);
    return check_plist(*plist, binary ? std::string_view() : std::string_view(*text), path,
                       with_owner);
  }
  if (extension == ".service" || extension == ".container" || extension == ".timer") {
    SOURCEOS_TRY_ASSIGN(const UnitFile unit, read_unit(path));
    return extension == ".timer" ? check_timer(unit, path, setting) : check_unit(unit, path, setting);
  }
  SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(path, limits::k_config_file_bytes_max));
  return check_text(text, path, setting);
}

}  // namespace sourceos::runtime

// Grammar (git-config, "Syntax"), by lines:
//   [section]  [section "sub\"section"]  [section.subsection]   a setting may follow on the line
//   name       name = value                 # and ; begin a comment outside of quotes
// A value may be partly in double quotes, has the escapes \" \\ \n \t \b, and goes on in the next
// line after a backslash at the end. White space around it that is not quoted is dropped.
#include "host/tools/git_config.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sourceos::host {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) {
      text_.remove_prefix(3);
    }
  }

  Result<std::vector<GitSetting>> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        ++at_;
      } else if (is_space(c)) {
        ++at_;
      } else if (c == '#' || c == ';') {
        skip_comment();
      } else if (c == '[') {
        ++at_;
        SOURCEOS_TRY(read_section());
      } else {
        SOURCEOS_TRY(read_setting());
      }
    }
    return std::move(settings_);
  }

 private:
  [[nodiscard]] std::unexpected<Error> malformed(std::string_view expected) const {
    return fail(ErrorKind::malformed, "git-config",
                fmt::format("line {}: expected {}", line_, expected));
  }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  void skip_comment() {
    while (!at_end() && text_[at_] != '\n') {
      ++at_;
    }
  }
  void skip_space() {
    while (!at_end() && is_space(text_[at_])) {
      ++at_;
    }
  }

  Status read_section() {
    section_.clear();
    subsection_.clear();
    while (!at_end() && (is_name_byte(text_[at_]) || text_[at_] == '.')) {
      section_ += text_[at_++];
    }
    section_ = text::ascii_lower(section_);
    if (const auto dot = section_.find('.'); dot != std::string::npos) {
      subsection_ = section_.substr(dot + 1);
      section_.resize(dot);
    }
    skip_space();
    if (!at_end() && text_[at_] == '"') {
      ++at_;
      SOURCEOS_TRY(read_subsection());
    }
    if (section_.empty() || at_end() || text_[at_] != ']') {
      return malformed("a section name and ']'");
    }
    ++at_;
    return {};
  }

  Status read_subsection() {
    while (!at_end() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
      }
      if (text_[at_] == '\n') {
        return malformed("'\"' before the end of the line");
      }
      subsection_ += text_[at_++];
    }
    if (at_end()) {
      return malformed("'\"' after the subsection");
    }
    ++at_;
    return {};
  }

  Status read_setting() {
    GitSetting setting{section_, subsection_, {}, "true"};
    while (!at_end() && is_name_byte(text_[at_])) {
      setting.name += text_[at_++];
    }
    if (setting.name.empty() || section_.empty()) {
      return malformed("the name of a setting in a section");
    }
    setting.name = text::ascii_lower(setting.name);
    skip_space();
    if (!at_end() && text_[at_] == '=') {
      ++at_;
      skip_space();
      SOURCEOS_TRY(read_value(setting.value));
    } else if (!at_end() && text_[at_] != '\n' && text_[at_] != '#' && text_[at_] != ';') {
      return malformed("'=' after the name");
    }
    settings_.push_back(std::move(setting));
    return {};
  }

  Status read_value(std::string& value) {
    value.clear();
    bool quoted = false;
    std::size_t kept = 0;  // up to here white space counts
    while (!at_end() && text_[at_] != '\n') {
      const char c = text_[at_];
      if (!quoted && (c == '#' || c == ';')) {
        skip_comment();
        break;
      }
      ++at_;
      if (c == '"') {
        quoted = !quoted;
        kept = value.size();
      } else if (c == '\\') {
        SOURCEOS_TRY(read_escape(value));
        kept = value.size();
      } else {
        value += c;
        if (quoted || !is_space(c)) {
          kept = value.size();
        }
      }
    }
    if (quoted) {
      return malformed("'\"' before the end of the line");
    }
    value.resize(kept);
    return {};
  }

  Status read_escape(std::string& value) {
    if (!at_end() && text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
      ++at_;
    }
    if (at_end()) {
      return malformed("something after '\\'");
    }
    const char c = text_[at_++];
    switch (c) {
      case '\n': ++line_; return {};
      case '"':
      case '\\': value += c; return {};
      case 'n': value += '\n'; return {};
      case 't': value += '\t'; return {};
      case 'b': value += '\b'; return {};
      default: return malformed("one of '\"\\ntb' after '\\'");
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::string section_;
  std::string subsection_;
  std::vector<GitSetting> settings_;
};

// Names whose value is a command line wherever they stand ("diff.x.command", "trailer.y.cmd").
constexpr std::array<std::string_view, 25> k_command_names = {
    "command",       "cmd",           "textconv",          "clean",       "smudge",
    "process",       "driver",        "helper",            "editor",      "program",
    "sshcommand",    "gitproxy",      "askpass",           "pager",       "external",
    "fsmonitor",     "hookspath",     "packobjectshook",   "uploadpack",  "receivepack",
    "vcs",           "difffilter",    "alternaterefscommand", "uploadarchive", "tocmd"};

}  // namespace

std::string GitSetting::full_name() const {
  return subsection.empty() ? section + "." + name : section + "." + subsection + "." + name;
}

Result<std::vector<GitSetting>> parse_git_config(std::string_view text) {
  if (text.size() > limits::k_config_file_bytes_max) {
    return fail(ErrorKind::limit, "limit", "git configuration is larger than 1 MiB");
  }
  return Reader(text).run();
}

std::optional<std::string> find_setting(const std::vector<GitSetting>& settings,
                                        std::string_view section, std::string_view name) {
  std::optional<std::string> found;
  for (const GitSetting& setting : settings) {
    if (setting.section == section && setting.subsection.empty() && setting.name == name) {
      found = setting.value;
    }
  }
  return found;
}

bool runs_code(const GitSetting& setting) {
  const std::string value = text::ascii_lower(setting.value);
  if (setting.section == "include" || setting.section == "includeif") {
    return setting.name == "path";
  }
  if (setting.section == "alias") {
    return value.starts_with("!");
  }
  if (setting.section == "pager") {
    return value != "true" && value != "false";
  }
  if (setting.section == "submodule" && setting.name == "update") {
    return value.starts_with("!");
  }
  if (setting.name == "url" || setting.name == "pushurl" || setting.name == "insteadof") {
    // "ext::sh -c ..." starts a program, as does any other remote helper.
    return value.find("::") != std::string::npos ||
           setting.subsection.find("::") != std::string::npos;
  }
  if (setting.section == "core" && setting.name == "fsmonitor") {
    return !value.empty() && value != "false" && value != "no" && value != "off" && value != "0";
  }
  return std::find(k_command_names.begin(), k_command_names.end(), setting.name) !=
             k_command_names.end() &&
         !value.empty();
}

}  // namespace sourceos::host

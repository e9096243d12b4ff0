// A line-by-line look for known words, not a parser of sh: quoted text and comments are blanked out
// first, so that a message is no command.
#include "runtime/agent/wrapper_lint.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/text.hpp"

namespace sourceos::runtime {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// The line with comments gone; what stands in quotes stays, marked by the same length of "x" when
// `blank` is set.
std::string without_comments(std::string_view line, bool blank) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && c == '#' && (i == 0 || is_space(line[i - 1]) || line[i - 1] == ';')) {
      break;
    }
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
        out += c;
      } else {
        out += blank ? 'x' : c;
      }
      continue;
    }
    if (c == '\'' || c == '"') {
      quote = c;
    }
    out += c;
  }
  return out;
}

// Commands of a line as words: split at ; & | ( ) and keywords that open a command.
std::vector<std::vector<std::string>> commands_of(std::string_view line) {
  std::vector<std::vector<std::string>> commands(1);
  std::string word;
  char quote = 0;
  const auto end_word = [&] {
    constexpr std::array<std::string_view, 10> k_openers = {"if", "then", "else", "elif", "while",
                                                            "until", "do", "!", "{", "exec"};
    if (!word.empty()) {
      const bool opens = commands.back().empty() &&
                         std::find(k_openers.begin(), k_openers.end(), word) != k_openers.end();
      if (!opens) {
        commands.back().push_back(word);
      }
    }
    word.clear();
  };
  for (const char c : line) {
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      word += c;
    } else if (is_space(c)) {
      end_word();
    } else if (c == ';' || c == '&' || c == '|' || c == '(' || c == ')' || c == '`') {
      end_word();
      if (!commands.back().empty()) {
        commands.emplace_back();
      }
    } else {
      word += c;
    }
  }
  end_word();
  return commands;
}

bool has_option(const std::vector<std::string>& words, std::string_view option) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == option || words[i].starts_with(fmt::format("{}=", option))) {
      return true;
    }
  }
  return false;
}

// "-P" alone or among other letters: "-oP".
bool has_letter(const std::vector<std::string>& words, char letter) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() > 1 && word[0] == '-' && word[1] != '-' &&
        word.find(letter, 1) != std::string::npos) {
      return true;
    }
  }
  return false;
}

constexpr std::array<std::string_view, 7> k_missing_programs = {
    "timeout", "flock", "setsid", "sha256sum", "nproc", "tac", "realpath"};

// sed -i takes its suffix as the next word on macOS: "sed -i '' ..." or "sed -i.bak".
bool sed_without_suffix(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-i") {
      return i + 1 >= words.size() || (words[i + 1] != "''" && words[i + 1] != "\"\"" &&
                                       !words[i + 1].starts_with('.'));
    }
    if (words[i] == "--in-place") {
      return true;
    }
  }
  return false;
}

bool head_all_but(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("-n-") || words[i].starts_with("--lines=-") ||
        (words[i] == "-n" && i + 1 < words.size() && words[i + 1].starts_with('-'))) {
      return true;
    }
  }
  return false;
}

bool date_is_gnu(const std::vector<std::string>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("-d") || words[i].starts_with("--")) {
      return true;
    }
  }
  return false;
}

struct CommandRule {
  std::string_view rule;
  std::string_view message;
  bool (*matches)(const std::vector<std::string>& words);
};

constexpr std::array k_command_rules = {
    CommandRule{"gnu-date", "'date -d' and 'date --...' are GNU only",
                [](const std::vector<std::string>& w) { return w[0] == "date" && date_is_gnu(w); }},
    CommandRule{"gnu-sed", "'sed -i' without a suffix argument is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "sed" && sed_without_suffix(w);
                }},
    CommandRule{"gnu-readlink", "'readlink -f' is not on macOS 11",
                [](const std::vector<std::string>& w) {
                  return w[0] == "readlink" && (has_letter(w, 'f') || has_letter(w, 'e') ||
                                                has_letter(w, 'm') || has_option(w, "--canonicalize"));
                }},
    CommandRule{"gnu-grep", "'grep -P' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "grep" && (has_letter(w, 'P') || has_option(w, "--perl-regexp"));
                }},
    CommandRule{"gnu-stat", "'stat -c' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "stat" && (has_letter(w, 'c') || has_option(w, "--format") ||
                                            has_option(w, "--printf"));
                }},
    CommandRule{"gnu-xargs", "'xargs -r' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "xargs" && (has_letter(w, 'r') || has_option(w, "--no-run-if-empty"));
                }},
    CommandRule{"gnu-base64", "'base64 -w' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "base64" && (has_letter(w, 'w') || has_option(w, "--wrap"));
                }},
    CommandRule{"gnu-find", "'find -printf' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "find" && has_option(w, "-printf");
                }},
    CommandRule{"gnu-mktemp", "'mktemp --suffix' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "mktemp" && has_option(w, "--suffix");
                }},
    CommandRule{"gnu-cp", "'cp --parents' is GNU only",
                [](const std::vector<std::string>& w) {
                  return w[0] == "cp" && has_option(w, "--parents");
                }},
    CommandRule{"gnu-head", "'head -n -N' is GNU only",
                [](const std::vector<std::string>& w) { return w[0] == "head" && head_all_but(w); }},
};

struct BashRule {
  std::string_view word;
  std::string_view rule;
};
constexpr std::array k_bash_rules = {
    BashRule{"declare -A", "bash4-declare"}, BashRule{"mapfile", "bash4-mapfile"},
    BashRule{"readarray", "bash4-mapfile"},  BashRule{",,}", "bash4-case"},
    BashRule{"^^}", "bash4-case"},           BashRule{"|&", "bash4-pipe"},
    BashRule{"&>>", "bash4-append"},
};

class Lint {
 public:
  Lint(std::string_view text, const LintSetting& setting) : text_(text), setting_(setting) {}

  std::vector<LintFinding> run() {
    const auto lines = text::lines(text_);
    const std::string_view first = lines.empty() ? std::string_view() : lines.front();
    if (!first.starts_with("#!")) {
      add("missing-shebang", 1, "the first line names no interpreter");
    }
    const bool old_bash = setting_.platform == Platform::macos &&
                          (first.find("/bash") != std::string_view::npos ||
                           first.find("env bash") != std::string_view::npos);
    const bool plain_sh = first.ends_with("/sh");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      look_at_line(lines[i], i + 1, old_bash || plain_sh);
    }
    return std::move(findings_);
  }

 private:
  void add(std::string_view rule, std::uint64_t line, std::string_view message) {
    findings_.push_back({std::string(rule), line, std::string(message)});
  }

  void look_at_line(std::string_view line, std::uint64_t number, bool no_bash4) {
    if (number == 1 && line.starts_with("#!")) {
      look_for_store_paths(line, number);
      return;
    }
    const std::string code = without_comments(line, false);
    for (const std::vector<std::string>& words : commands_of(code)) {
      if (!words.empty()) {
        look_at_command(words, number);
      }
    }
    if (no_bash4) {
      const std::string bare = without_comments(line, true);
      for (const BashRule& rule : k_bash_rules) {
        const std::string& where = rule.word.ends_with('}') ? code : bare;
        if (where.find(rule.word) != std::string::npos) {
          add(rule.rule, number, fmt::format("'{}' is not in this interpreter", rule.word));
        }
      }
    }
    look_for_store_paths(code, number);
  }

  void look_at_command(const std::vector<std::string>& words, std::uint64_t number) {
    const std::string& program = words.front();
    const std::string name = program.substr(program.rfind('/') + 1);
    for (const std::string_view missing : k_missing_programs) {
      if (name == missing) {
        add("missing-program", number, fmt::format("'{}' is not on macOS 11", missing));
      }
    }
    std::vector<std::string> named = words;
    named.front() = name;
    for (const CommandRule& rule : k_command_rules) {
      if (rule.matches(named)) {
        add(rule.rule, number, rule.message);
      }
    }
    if (program.starts_with('$') && !program.starts_with("$(") && program.size() > 1) {
      add("unquoted-command", number, "an expansion without quotes stands where a command does");
    }
  }

  void look_for_store_paths(std::string_view line, std::uint64_t number) {
    constexpr std::string_view k_store = "/nix/store/";
    for (std::size_t at = line.find(k_store); at != std::string_view::npos && setting_.exists;
         at = line.find(k_store, at + 1)) {
      std::size_t end = at + k_store.size();
      while (end < line.size() && (is_name_char(line[end]) || line[end] == '-' || line[end] == '.' ||
                                   line[end] == '/' || line[end] == '+')) {
        ++end;
      }
      const std::string path(line.substr(at, end - at));
      if (!setting_.exists(path)) {
        add("store-path-missing", number, fmt::format("'{}' does not exist", path));
      }
    }
  }

  std::string_view text_;
  const LintSetting& setting_;
  std::vector<LintFinding> findings_;
};

}  // namespace

json::Value as_json(const LintFinding& finding) {
  return {{"rule", finding.rule}, {"line", finding.line}, {"message", finding.message}};
}

std::vector<LintFinding> lint_wrapper(std::string_view text, const LintSetting& setting) {
  return Lint(text, setting).run();
}

std::vector<LintFinding> lint_wrapper_mode(const host::FileFacts& facts) {
  std::vector<LintFinding> findings;
  if ((facts.mode & 0100U) == 0) {
    findings.push_back({"not-executable", 0, "its owner may not execute it"});
  }
  if ((facts.mode & 022U) != 0) {
    findings.push_back({"writable-by-others", 0, "group or others may write it"});
  }
  return findings;
}

}  // namespace sourceos::runtime

// The tree obeys ARCHITECTURE.md: include arrows, one door per library, a test for each source,
// sources listed by hand, files of a readable size, nothing of a machine in them.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path k_root = SOURCEOS_SOURCE_DIR;
constexpr std::array k_folders = {"core",    "host",    "bundle", "redact",
                                  "collect", "runtime", "verify", "cli"};
constexpr std::size_t k_lines_max = 500;

// Who may include whom. An arrow means "may include"; each folder may include itself.
const std::map<std::string, std::set<std::string>> k_arrows = {
    {"core", {}},
    {"host", {"core"}},
    {"bundle", {"core", "host"}},
    {"redact", {"core", "host", "bundle"}},
    {"collect", {"core", "host", "bundle", "redact"}},
    {"runtime", {"core", "host", "bundle", "redact", "collect"}},
    {"verify", {"core", "host", "bundle"}},
    {"cli", {"core", "host", "bundle", "redact", "collect", "runtime", "verify"}},
};

struct Door {
  const char* include;  // a regular expression over the included name
  const char* place;    // a regular expression over the path that may include it
};
const std::vector<Door> k_doors = {
    {"sodium.*", "bundle/(signature|seal).*|redact/pseudonym.*|host/random.*"},
    {"openssl/.*", "bundle/digest.*"},
    {"zstd.*", "bundle/frame.*"},
    {"hs/.*|hs\\.h", "redact/engine.*"},
    {"re2/.*", "redact/matcher.*"},
    {"yaml\\.h|expat\\.h", "redact/structured/.*"},
    {"simdjson.*", "core/json/.*|bundle/index_line.*"},
    {"nlohmann/.*|valijson/.*", "core/json/.*"},
    {"toml\\+\\+/.*", "core/toml.*"},
    {"plist/.*", "host/tools/plist.*"},
    {"CLI/.*", "cli/parser.*"},
    {"doctest/.*|benchmark/.*", "tests/.*"},
    {"spawn\\.h|sys/wait\\.h", "host/.*"},
    {"sys/socket\\.h|netdb\\.h", "host/(environment|hardening|file_kind).*"},
};

struct SourceFile {
  std::string path;  // relative to the root, with '/'
  std::string text;
  std::vector<std::string> ours;     // "core/error.hpp"
  std::vector<std::string> outside;  // <...>
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool is_source(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".hpp";
}

SourceFile load(const fs::path& path) {
  static const std::regex k_include("^#include ([<\"])([^>\"]+)[>\"]");
  SourceFile file{fs::relative(path, k_root).generic_string(), read(path), {}, {}};
  std::istringstream lines(file.text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_search(line, match, k_include)) {
      (match[1] == "\"" ? file.ours : file.outside).push_back(match[2]);
    }
  }
  return file;
}

std::vector<SourceFile> load_tree(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::exists(k_root / folder)) {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(k_root / folder)) {
      if (entry.is_regular_file() && is_source(entry.path())) {
        files.push_back(load(entry.path()));
      }
    }
  }
  return files;
}

const std::vector<SourceFile>& production_files() {
  static const std::vector<SourceFile> files = load_tree({k_folders.begin(), k_folders.end()});
  return files;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.find('/')); }

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a folder includes only folders below it") {
  for (const SourceFile& file : production_files()) {
    const std::string folder = folder_of(file.path);
    for (const std::string& include : file.ours) {
      CAPTURE(file.path);
      CAPTURE(include);
      const std::string target = folder_of(include);
      CHECK((target == folder || k_arrows.at(folder).contains(target)));
    }
  }
}

TEST_CASE("collectors see neither redaction nor the bundle") {
  for (const SourceFile& file : production_files()) {
    if (!file.path.starts_with("collect/collectors/")) {
      continue;
    }
    for (const std::string& include : file.ours) {
      CAPTURE(file.path);
      CAPTURE(include);
      CHECK_FALSE((include.starts_with("redact/") || include.starts_with("bundle/")));
    }
  }
}

TEST_CASE("verify starts no process and opens no connection") {
  for (const SourceFile& file : production_files()) {
    if (!file.path.starts_with("verify/") && !file.path.starts_with("bundle/")) {
      continue;
    }
    for (const std::string& include : file.ours) {
      CAPTURE(file.path);
      CHECK(include.find("process") == std::string::npos);
      CHECK_FALSE(include.starts_with("host/tools/"));
    }
  }
}

TEST_CASE("each outside library has one door") {
  for (const SourceFile& file : production_files()) {
    for (const std::string& include : file.outside) {
      for (const Door& door : k_doors) {
        if (std::regex_match(include, std::regex(door.include))) {
          CAPTURE(file.path);
          CAPTURE(include);
          CHECK(std::regex_match(file.path, std::regex(door.place)));
        }
      }
    }
  }
}

TEST_CASE("a header that others include does not pull in the JSON library") {
  for (const SourceFile& file : production_files()) {
    if (file.path.ends_with(".hpp") && file.path != "core/json/json.hpp") {
      CAPTURE(file.path);
      CHECK(std::find(file.ours.begin(), file.ours.end(), "core/json/json.hpp") == file.ours.end());
    }
  }
}

TEST_CASE("every source has its test") {
  // Tables, entry points and thin joints that the named test drives as a whole.
  const std::map<std::string, std::string> elsewhere = {
      {"cli/main.cpp", "tests/cli"},
      {"redact/compile_rules_main.cpp", "tests/unit/redact/compiled_rules_test.cpp"},
      {"redact/embed_rules_main.cpp", "tests/unit/redact/rules_test.cpp"},
      {"redact/fit_probes_main.cpp", "tests/unit/redact/probe_groups_test.cpp"},
  };
  for (const SourceFile& file : production_files()) {
    if (!file.path.ends_with(".cpp") || elsewhere.contains(file.path)) {
      continue;
    }
    std::string test = "tests/unit/" + file.path.substr(0, file.path.size() - 4) + "_test.cpp";
    // A command is tested as a command: cli/commands/evidence/list.cpp by tests/cli/evidence-list/.
    if (const std::string commands = "cli/commands/"; file.path.starts_with(commands)) {
      test = file.path.substr(commands.size(), file.path.size() - commands.size() - 4);
      std::replace(test.begin(), test.end(), '/', '-');
      test = "tests/cli/" + test;
    }
    CHECK_MESSAGE(fs::exists(k_root / test), file.path << " has no " << test);
  }
}

TEST_CASE("every source is listed by hand in its folder's build file") {
  // Names count from the folder of the build file that lists them.
  std::vector<std::pair<std::string, std::string>> lists;
  for (const char* folder : k_folders) {
    if (!fs::exists(k_root / folder)) {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(k_root / folder)) {
      if (entry.path().extension() == ".cmake" || entry.path().filename() == "CMakeLists.txt") {
        const fs::path place = fs::relative(entry.path().parent_path(), k_root);
        lists.emplace_back(place.generic_string() + "/", read(entry.path()));
      }
    }
  }
  for (const SourceFile& file : production_files()) {
    const bool listed = std::any_of(lists.begin(), lists.end(), [&](const auto& list) {
      const auto& [place, text] = list;
      const std::string top = folder_of(file.path) + "/";
      const std::string& from = file.path.starts_with(place) ? place : top;
      return file.path.starts_with(from) && place.starts_with(top) &&
             text.find(file.path.substr(from.size())) != std::string::npos;
    });
    if (file.path.ends_with(".cpp")) {
      CHECK_MESSAGE(listed, file.path << " is in no build list");
    }
  }
}

TEST_CASE("files are of a size that one can read") {
  for (const SourceFile& file : load_tree({"core", "host", "bundle", "redact", "collect", "runtime",
                                           "verify", "cli", "tests"})) {
    CAPTURE(file.path);
    CHECK(line_count(file.text) <= k_lines_max);
  }
}

TEST_CASE("a header says what it is for and is included once") {
  for (const SourceFile& file : production_files()) {
    if (file.path.ends_with(".hpp")) {
      CAPTURE(file.path);
      CHECK(file.text.starts_with("// "));
      CHECK(file.text.find("\n#pragma once\n") != std::string::npos);
    }
  }
}

TEST_CASE("no shell, no direct printing, nothing half done") {
  const std::regex shell("\\b(system|popen|execl|execlp)\\(");
  const std::regex printing("std::c(out|err)\\b|\\bprintf\\(");
  // Spelled in pieces so that this file passes its own rule.
  const std::regex half_done(std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X)\\b");
  for (const SourceFile& file : production_files()) {
    CAPTURE(file.path);
    CHECK_FALSE(std::regex_search(file.text, shell));
    CHECK_FALSE(std::regex_search(file.text, half_done));
    if (file.path != "cli/main.cpp") {
      CHECK_FALSE(std::regex_search(file.text, printing));
    }
  }
}

TEST_CASE("nothing in the tree is of one machine") {
  const std::regex machine("(^|[^A-Za-z0-9_.$])/(work|farm)/[a-z]");
  for (const auto& entry : fs::recursive_directory_iterator(k_root)) {
    const std::string path = fs::relative(entry.path(), k_root).generic_string();
    const bool is_ours = !path.starts_with("build") && !path.starts_with(".git/") &&
                         path.find("node_modules") == std::string::npos;
    if (!is_ours || !entry.is_regular_file() || fs::file_size(entry.path()) > 1'000'000) {
      continue;
    }
    std::istringstream lines(read(entry.path()));
    for (std::string line; std::getline(lines, line);) {
      if (line.size() < 2000 && std::regex_search(line, machine)) {
        CHECK_MESSAGE(false, path << ": " << line);
      }
    }
  }
}

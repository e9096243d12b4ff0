#include "host/environment.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::host {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_seam_switch = "SOURCEOS_TEST_SEAMS";
constexpr std::array<std::string_view, 10> k_seams = {
    "SOURCEOS_HOST_OS",   "SOURCEOS_HOST_ARCH",       "SOURCEOS_ROOT",
    "SOURCEOS_NOW",       "SOURCEOS_UID",             "SOURCEOS_FAULT",
    "SOURCEOS_SEED",      "SOURCEOS_ALLOW_ROOTFUL",   "SOURCEOS_RECORD_HOST",
    "SOURCEOS_PLAY_HOST",
};

// agent-machine 2.5. CONTAINER_HOST passes only when a profile declares it: the request adds it.
constexpr std::array<std::string_view, 14> k_passed_to_children = {
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TERM",
    "TMPDIR",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "CONTAINERS_CONF",
    "CONTAINERS_STORAGE_CONF",
    "NIX_CONF_DIR",
};

template <class List>
bool contains(const List& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

const std::string* find_in(const Variables& variables, std::string_view name) {
  for (const auto& [key, value] : variables) {
    if (key == name) {
      return &value;
    }
  }
  return nullptr;
}

std::optional<fs::path> absolute_value(const Variables& variables, std::string_view name) {
  const std::string* value = find_in(variables, name);
  if (value == nullptr || !value->starts_with('/')) {
    return std::nullopt;
  }
  return fs::path(*value).lexically_normal();
}

#ifdef SOURCEOS_SEAMS
constexpr bool k_seams_built_in = true;
#else
constexpr bool k_seams_built_in = false;
#endif

bool seams_in_force(const EnvironmentSource& source) {
  const std::string* value = find_in(source.variables, k_seam_switch);
  return k_seams_built_in && !source.identities_differ && value != nullptr && *value == "1";
}

void note_ignored_seams(const EnvironmentSource& source, Environment& environment) {
  for (const auto& [name, value] : source.variables) {
    if (contains(k_seams, name) || (name == k_seam_switch && value != "0" && !value.empty())) {
      environment.ignored_seams.push_back(name);
    }
  }
  std::ranges::sort(environment.ignored_seams);
}

// S-11: whatever moved the roots or the rules is named in the record; only paths are kept of the
// values.
void note_overrides(const EnvironmentSource& source, Environment& environment) {
  for (const auto& [name, value] : source.variables) {
    const bool named = name.starts_with("SOURCEOS_") || name.starts_with("XDG_") ||
                       name.starts_with("CONTAINERS_") ||
                       (name == "HOME" && fs::path(value) != source.account_home);
    if (named) {
      environment.overrides.push_back({name, value.starts_with('/') ? value : ""});
    }
  }
  std::ranges::sort(environment.overrides, {}, &EnvironmentOverride::name);
}

std::string known_architecture(const std::string& machine) {
  return machine == "aarch64" ? "arm64" : machine == "amd64" ? "x86_64" : machine;
}

std::unexpected<Error> bad_seam(std::string_view name, std::string_view expected,
                                const std::string& value) {
  return fail(ErrorKind::usage, "seam-invalid",
              fmt::format("expected {} in {}, there is '{}'", expected, name, value));
}

Status apply_seams(Environment& environment) {
  if (const std::string* os = find_seam(environment, "SOURCEOS_HOST_OS")) {
    if (*os != "macos" && *os != "linux" && *os != "windows") {
      return bad_seam("SOURCEOS_HOST_OS", "macos, linux or windows", *os);
    }
    environment.adapter = *os;
  }
  if (const std::string* architecture = find_seam(environment, "SOURCEOS_HOST_ARCH")) {
    if (*architecture != "arm64" && *architecture != "x86_64") {
      return bad_seam("SOURCEOS_HOST_ARCH", "arm64 or x86_64", *architecture);
    }
    environment.architecture = *architecture;
  }
  if (const std::string* root = find_seam(environment, "SOURCEOS_ROOT")) {
    if (!root->starts_with('/')) {
      return bad_seam("SOURCEOS_ROOT", "an absolute path", *root);
    }
    environment.root = fs::path(*root).lexically_normal();
  }
  if (const std::string* uid = find_seam(environment, "SOURCEOS_UID")) {
    const char* end = uid->data() + uid->size();
    const auto parsed = std::from_chars(uid->data(), end, environment.domain_uid);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return bad_seam("SOURCEOS_UID", "a user id", *uid);
    }
  }
  return {};
}

struct Roots {
  fs::path config;
  fs::path state;
};

Roots find_roots(const Environment& environment) {
  if (environment.adapter == "macos") {
    const fs::path support = environment.home / "Library/Application Support/SourceOS";
    return {support, support / "State"};
  }
  const auto config = absolute_value(environment.variables, "XDG_CONFIG_HOME");
  const auto state = absolute_value(environment.variables, "XDG_STATE_HOME");
  return {config.value_or(environment.home / ".config") / "sourceos",
          state.value_or(environment.home / ".local/state") / "sourceos"};
}

void set_roots(Environment& environment) {
  Roots roots = find_roots(environment);
  if (environment.test_seams) {
    roots = {roots.config / "test", roots.state / "test"};
  }
  environment.config_root = std::move(roots.config);
  environment.state_root = std::move(roots.state);
}

// S-26: only directories where nobody else can put a program.
bool is_safe_directory(std::string_view entry, bool& exists) {
  struct stat found{};
  exists = entry.starts_with('/') && ::stat(std::string(entry).c_str(), &found) == 0;
  return exists && S_ISDIR(found.st_mode) && (found.st_mode & 022) == 0;
}

void read_search_path(Environment& environment) {
  const std::string* path = find_in(environment.variables, "PATH");
  if (path == nullptr) {
    return;
  }
  for (const std::string_view entry : text::split(*path, ':')) {
    bool exists = false;
    const bool safe = is_safe_directory(entry, exists);
    const bool is_absent = entry.starts_with('/') && !exists;
    std::vector<std::string>& list =
        safe ? environment.search_path : environment.skipped_path;
    if (!is_absent && !contains(list, entry)) {
      list.emplace_back(entry);
    }
  }
}

void read_account(EnvironmentSource& source) {
  std::vector<char> buffer(16'384);
  passwd account{};
  passwd* found = nullptr;
  if (::getpwuid_r(source.uid, &account, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    source.account_name = account.pw_name;
    source.account_home = fs::path(account.pw_dir);
  }
}

}  // namespace

EnvironmentSource current_environment_source() {
  EnvironmentSource source;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) {
    const std::string_view text = *line;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      source.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  source.uid = ::geteuid();
  // secure_getenv gives nothing in every start that changed what we may do: set-id, capabilities.
  source.identities_differ = ::getuid() != ::geteuid() || ::getgid() != ::getegid() ||
                             (!source.variables.empty() &&
                              ::secure_getenv(source.variables.front().first.c_str()) == nullptr);
  read_account(source);
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) {
    source.host_name = name.data();
  }
  utsname system{};
  if (::uname(&system) == 0) {
    source.machine = system.machine;
  }
  return source;
}

Result<Environment> read_environment(const EnvironmentSource& source) {
  Environment environment;
  environment.variables = source.variables;
  environment.user = source.account_name;
  environment.host_name = source.host_name;
  environment.account_home = source.account_home;
  environment.uid = source.uid;
  environment.domain_uid = source.uid;
  environment.architecture = known_architecture(source.machine);
  environment.home = absolute_value(source.variables, "HOME").value_or(source.account_home);
  if (environment.home.empty()) {
    environment.home = "/";
  }
  const std::string* guarded = find_in(source.variables, "SOURCEOS_GUARDED_MUTATIONS");
  environment.guarded_mutations = guarded != nullptr && *guarded == "1";
  environment.test_seams = seams_in_force(source);
  if (environment.test_seams) {
    SOURCEOS_TRY(apply_seams(environment));
  } else {
    note_ignored_seams(source, environment);
  }
  note_overrides(source, environment);
  set_roots(environment);
  read_search_path(environment);
  return environment;
}

Result<Environment> read_environment() { return read_environment(current_environment_source()); }

const std::string* find_variable(const Environment& environment, std::string_view name) {
  return find_in(environment.variables, name);
}

const std::string* find_seam(const Environment& environment, std::string_view name) {
  return environment.test_seams ? find_in(environment.variables, name) : nullptr;
}

Variables child_environment(const Environment& environment) {
  Variables passed;
  for (const auto& [name, value] : environment.variables) {
    if (contains(k_passed_to_children, name) || name.starts_with("LC_")) {
      passed.emplace_back(name, value);
    }
  }
  passed.emplace_back("PATH", fmt::format("{}", fmt::join(environment.search_path, ":")));
  return passed;
}

fs::path system_path(const Environment& environment, std::string_view absolute) {
  return environment.root / fs::path(absolute).relative_path();
}

}  // namespace sourceos::host

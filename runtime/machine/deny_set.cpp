#include "runtime/machine/deny_set.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "host/environment.hpp"

namespace sourceos::runtime {

namespace {

struct Location {
  std::string_view group;
  std::string_view path;  // "~/" home, "$XDG_RUNTIME_DIR/"; a last '*' stands for any ending
};

// Rows for all hosts alike: a folder of another system's store is no work tree either.
constexpr auto k_locations = std::to_array<Location>({
    {"ssh-gpg", "~/.ssh"},
    {"ssh-gpg", "~/.gnupg"},
    {"ssh-gpg", "/etc/ssh"},
    {"macos-store", "~/Library/Keychains"},
    {"macos-store", "/Library/Keychains"},
    {"macos-store", "~/Library/Cookies"},
    {"macos-store", "~/Library/Safari"},
    {"macos-store", "~/Library/Application Support/Google/Chrome"},
    {"macos-store", "~/Library/Application Support/Chromium"},
    {"macos-store", "~/Library/Application Support/Firefox"},
    {"macos-store", "~/Library/Application Support/Microsoft Edge"},
    {"macos-store", "~/Library/Application Support/BraveSoftware"},
    {"macos-store", "~/Library/Containers"},
    {"macos-store", "~/Library/Group Containers"},
    {"linux-store", "~/.mozilla"},
    {"linux-store", "~/.config/google-chrome"},
    {"linux-store", "~/.config/chromium"},
    {"linux-store", "~/.config/BraveSoftware"},
    {"linux-store", "~/.config/microsoft-edge"},
    {"linux-store", "~/snap/firefox"},
    {"linux-store", "~/.var/app"},
    {"linux-store", "~/.local/share/keyrings"},
    {"linux-store", "~/.password-store"},
    {"linux-store", "$XDG_RUNTIME_DIR"},
    {"windows-store", "~/AppData/Roaming/Mozilla"},
    {"windows-store", "~/AppData/Local/Google/Chrome"},
    {"windows-store", "~/AppData/Local/Microsoft/Edge"},
    {"windows-store", "~/AppData/Roaming/Microsoft/Credentials"},
    {"windows-store", "~/AppData/Local/Microsoft/Credentials"},
    {"windows-store", "~/AppData/Roaming/Microsoft/Vault"},
    {"windows-store", "~/AppData/Local/Microsoft/Vault"},
    {"windows-store", "~/AppData/Roaming/Microsoft/Protect"},
    {"windows-store", "~/AppData/Local/Microsoft/Protect"},
    {"cloud", "~/.aws"},
    {"cloud", "~/.config/gcloud"},
    {"cloud", "~/.azure"},
    {"cloud", "~/.kube"},
    {"cloud", "~/.oci"},
    {"cloud", "~/.terraform.d"},
    {"cloud", "~/.config/rclone"},
    {"cloud", "~/.vault-token"},
    {"registry", "~/.docker"},
    {"registry", "~/.config/containers"},
    {"registry", "$XDG_RUNTIME_DIR/containers"},
    {"registry", "~/.npmrc"},
    {"registry", "~/.pypirc"},
    {"registry", "~/.netrc"},
    {"registry", "~/.git-credentials"},
    {"registry", "~/.config/git/credentials"},
    {"registry", "~/.config/gh"},
    {"registry", "~/.cargo/credentials"},
    {"registry", "~/.cargo/credentials.toml"},
    {"password-manager", "~/.config/1Password"},
    {"password-manager", "~/.config/op"},
    {"password-manager", "~/.config/Bitwarden"},
    {"system", "/var/run"},
    {"system", "/run"},
    {"system", "/proc"},
    {"system", "/sys"},
    {"system", "/dev"},
    {"system", "/etc"},
    {"system", "/boot"},
    {"system", "/nix/var"},
    {"run-later", "~/.config/systemd"},
    {"run-later", "~/.local/share/systemd"},
    {"run-later", "~/Library/LaunchAgents"},
    {"run-later", "~/Library/LaunchDaemons"},
    {"run-later", "/Library/LaunchAgents"},
    {"run-later", "/Library/LaunchDaemons"},
    {"run-later", "~/.config/autostart"},
    {"run-later", "~/.profile"},
    {"run-later", "~/.bash*"},
    {"run-later", "~/.zsh*"},
    {"run-later", "~/.config/fish"},
    {"run-later", "~/.local/bin"},
    {"run-later", "~/bin"},
    {"run-later", "~/.gitconfig"},
    {"run-later", "~/.config/git"},
    {"run-later", "~/.config/direnv"},
    {"run-later", "~/.vscode*"},
    {"run-later", "~/.cursor"},
    {"run-later", "~/.claude"},
    {"run-later", "~/.codex"},
    {"run-later", "~/.config/nix"},
    {"run-later", "~/.config/home-manager"},
    {"run-later", "~/.local/share/containers"},
});

constexpr auto k_user_folders =
    std::to_array<std::string_view>({"~/Downloads", "~/Documents", "~/Desktop", "~/Library"});

// Denied by the name of what is mounted, wherever it lies.
constexpr auto k_names = std::to_array<Location>({
    {"ssh-gpg", "S.gpg-agent*"},
    {"password-manager", "*.kdbx"},
    {"control-socket", "docker.sock"},
    {"control-socket", "podman.sock"},
});

constexpr auto k_words =
    std::to_array<std::string_view>({"$HOME", "$HOME_OTHER", "$PATH/*", "$SSH_AUTH_SOCK",
                                     "<config root>", "<evidence store>", "<state root>"});

// Directories whose every child is somebody's home.
constexpr auto k_home_parents =
    std::to_array<std::string_view>({"/home", "/Users", "C:/Users", "/var/home"});
constexpr auto k_root_homes = std::to_array<std::string_view>({"/root", "/var/root"});

std::string with_root(const std::string& root, std::string_view path) {
  return root == "/" || root.empty() ? std::string(path) : root + std::string(path);
}

void add_if(std::vector<std::string>& list, std::string path) {
  if (!path.empty() && std::find(list.begin(), list.end(), path) == list.end()) {
    list.push_back(std::move(path));
  }
}

}  // namespace

DenyPlaces deny_places(const host::Environment& environment,
                       const std::vector<std::string>& stores) {
  DenyPlaces places;
  places.adapter = adapter_of(environment.adapter);
  add_if(places.homes, environment.home.string());
  add_if(places.homes, environment.account_home.string());
  add_if(places.tool_places, environment.config_root.string());
  add_if(places.tool_places, environment.state_root.string());
  if (environment.test_seams) {  // the real roots lie above those of the seams
    add_if(places.tool_places, environment.config_root.parent_path().string());
    add_if(places.tool_places, environment.state_root.parent_path().string());
  }
  for (const std::string& store : stores) {
    add_if(places.tool_places, store);
  }
  if (const std::string* path = host::find_variable(environment, "PATH")) {
    for (const std::string_view entry : text::split(*path, ':')) {
      if (entry.starts_with('/')) {
        add_if(places.search_path, std::string(entry));
      }
    }
  }
  if (const std::string* directory = host::find_variable(environment, "XDG_RUNTIME_DIR")) {
    places.runtime_directory = *directory;
  }
  if (const std::string* socket = host::find_variable(environment, "SSH_AUTH_SOCK")) {
    add_if(places.sockets, *socket);
  }
  if (const std::string* host = host::find_variable(environment, "CONTAINER_HOST");
      host != nullptr && host->starts_with("unix://")) {
    add_if(places.sockets, host->substr(std::string_view("unix://").size()));
  }
  places.system_root = environment.root.string();
  return places;
}

DenySet::DenySet(DenyPlaces places) : places_(std::move(places)) {
  if (places_.homes.empty()) {
    places_.homes.emplace_back("/");
  }
  for (const std::string& home : places_.homes) {
    homes_.push_back(path_key(places_.adapter, home));
  }
  for (const Location& location : k_locations) {
    add(location.path, location.group, "sensitive-path");
  }
  for (const std::string& socket : places_.sockets) {
    add(socket, "control-socket", "sensitive-path");
  }
  for (const std::string& place : places_.tool_places) {
    add(place, "toolkit", "store-in-mount");
  }
  for (const std::string& directory : places_.search_path) {
    add(directory, "run-later", "sensitive-path");
  }
}

void DenySet::add(std::string_view location, std::string_view group, std::string_view reason) {
  Row row{.key = {},
          .as_prefix = location.ends_with('*'),
          .reason = reason,
          .group = group,
          .location = std::string(location)};
  std::string_view path = location.substr(0, location.size() - (row.as_prefix ? 1 : 0));
  const auto push = [&](const std::string& absolute) {
    row.key = path_key(places_.adapter, absolute);
    if (!row.key.empty()) {
      rows_.push_back(row);
    }
  };
  constexpr std::string_view k_runtime = "$XDG_RUNTIME_DIR";
  if (path.starts_with("~/")) {
    for (const std::string& home : places_.homes) {
      push(home + std::string(path.substr(1)));
    }
  } else if (path.starts_with(k_runtime)) {
    if (!places_.runtime_directory.empty()) {
      push(places_.runtime_directory + std::string(path.substr(k_runtime.size())));
    }
  } else {
    push(std::string(path));
    if (group == "system" && places_.system_root != "/") {
      push(with_root(places_.system_root, path));
    }
  }
}

bool DenySet::is_other_home(const PathKey& key) const {
  const auto is_apart = [&](std::string_view place) {
    return relation(key, path_key(places_.adapter, place)) == Relation::apart;
  };
  return !std::all_of(k_home_parents.begin(), k_home_parents.end(), is_apart) ||
         !std::all_of(k_root_homes.begin(), k_root_homes.end(), is_apart);
}

std::optional<Denial> DenySet::find_home(const PathKey& key) const {
  bool is_inside = false;
  for (const PathKey& home : homes_) {
    const Relation where = relation(key, home);
    if (where == Relation::equal || where == Relation::above) {
      return Denial{"home-wholesale", "whole-home", "$HOME",
                    where == Relation::equal ? "is" : "holds"};
    }
    is_inside = is_inside || (where == Relation::below && !home.empty());
  }
  if (!is_inside && is_other_home(key)) {
    return Denial{"home-wholesale", "whole-home", "$HOME_OTHER"};
  }
  for (const std::string_view folder : k_user_folders) {
    for (const std::string& home : places_.homes) {
      if (key == path_key(places_.adapter, home + std::string(folder.substr(1)))) {
        return Denial{"user-folder-wholesale", "user-folder", std::string(folder), "is the whole of"};
      }
    }
  }
  return std::nullopt;
}

std::optional<Denial> DenySet::find_name(const PathKey& key) const {
  if (key.empty()) {
    return std::nullopt;
  }
  const std::string name = text::ascii_lower(key.back());
  for (const Location& row : k_names) {
    if (text::glob_match(text::ascii_lower(row.path), name)) {
      return Denial{"sensitive-path", row.group, std::string(row.path)};
    }
  }
  return std::nullopt;
}

std::optional<Denial> DenySet::find(std::string_view absolute) const {
  const PathKey key = path_key(places_.adapter, absolute);
  if (auto denial = find_home(key)) {
    return denial;
  }
  for (const Row& row : rows_) {
    bool hit = relation(key, row.key) != Relation::apart;
    if (row.as_prefix && !hit && key.size() >= row.key.size()) {
      const std::size_t last = row.key.size() - 1;
      hit = std::equal(row.key.begin(), row.key.end() - 1, key.begin()) &&
            key[last].starts_with(row.key[last]);
    }
    if (hit) {
      return Denial{row.reason, row.group, row.location};
    }
  }
  return find_name(key);
}

std::vector<std::string> DenySet::readable_places() const {
  std::vector<std::string> places = places_.tool_places;
  for (const Location& location : k_locations) {
    // Container images are large, are shared by design and hold no secret of the account.
    const bool is_storage = location.path == "~/.local/share/containers";
    if (location.path.starts_with("~/") && !location.path.ends_with('*') && !is_storage) {
      for (const std::string& home : places_.homes) {
        places.push_back(home + std::string(location.path.substr(1)));
      }
    }
  }
  places.push_back(with_root(places_.system_root, "/etc/ssh"));
  return places;
}

std::vector<std::string> denied_patterns() {
  std::vector<std::string> patterns;
  for (const Location& location : k_locations) {
    patterns.emplace_back(location.path);
  }
  for (const Location& name : k_names) {
    patterns.emplace_back(name.path);
  }
  patterns.insert(patterns.end(), k_user_folders.begin(), k_user_folders.end());
  patterns.insert(patterns.end(), k_words.begin(), k_words.end());
  std::sort(patterns.begin(), patterns.end());
  return patterns;
}

}  // namespace sourceos::runtime

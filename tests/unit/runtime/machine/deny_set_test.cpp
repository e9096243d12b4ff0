#include "runtime/machine/deny_set.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

DenySet deny_set(Adapter adapter = Adapter::on_linux, const std::string& home = "/home/operator") {
  DenyPlaces places;
  places.adapter = adapter;
  places.homes = {home, "/home/account"};
  places.tool_places = {home + "/.config/sourceos", "/srv/evidence"};
  places.search_path = {"/usr/bin", home + "/tools/bin"};
  places.runtime_directory = "/run/user/1000";
  places.sockets = {"/tmp/agent-1/agent.sock"};
  return DenySet(places);
}

std::string reason(const DenySet& deny, std::string_view path) {
  const auto denial = deny.find(path);
  return denial ? std::string(denial->reason) : "";
}

constexpr auto k_below_home = std::to_array<const char*>({
    ".ssh",
    ".gnupg",
    "Library/Keychains",
    "Library/Cookies",
    "Library/Safari",
    "Library/Application Support/Google/Chrome",
    "Library/Application Support/Chromium",
    "Library/Application Support/Firefox",
    "Library/Application Support/Microsoft Edge",
    "Library/Application Support/BraveSoftware",
    "Library/Containers",
    "Library/Group Containers",
    ".mozilla",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/microsoft-edge",
    "snap/firefox",
    ".var/app",
    ".local/share/keyrings",
    ".password-store",
    "AppData/Roaming/Mozilla",
    "AppData/Local/Google/Chrome",
    "AppData/Local/Microsoft/Edge",
    "AppData/Roaming/Microsoft/Credentials",
    "AppData/Local/Microsoft/Credentials",
    "AppData/Roaming/Microsoft/Vault",
    "AppData/Local/Microsoft/Vault",
    "AppData/Roaming/Microsoft/Protect",
    ".aws",
    ".config/gcloud",
    ".azure",
    ".kube",
    ".oci",
    ".terraform.d",
    ".config/rclone",
    ".vault-token",
    ".docker",
    ".config/containers",
    ".npmrc",
    ".pypirc",
    ".netrc",
    ".git-credentials",
    ".config/git/credentials",
    ".config/gh",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".config/1Password",
    ".config/op",
    ".config/Bitwarden",
    ".config/systemd",
    ".local/share/systemd",
    "Library/LaunchAgents",
    "Library/LaunchDaemons",
    ".config/autostart",
    ".profile",
    ".bashrc",
    ".bash_profile",
    ".zshrc",
    ".zsh",
    ".config/fish",
    ".local/bin",
    "bin",
    ".gitconfig",
    ".config/git",
    ".config/direnv",
    ".vscode",
    ".vscode-server",
    ".cursor",
    ".claude",
    ".codex",
    ".config/nix",
    ".config/home-manager",
    ".local/share/containers",
});

}  // namespace

TEST_CASE("every row below home is denied, what is in it and what holds it too") {
  const DenySet deny = deny_set();
  for (const std::string row : k_below_home) {
    CAPTURE(row);
    for (const std::string home : {"/home/operator/", "/home/account/"}) {
      CHECK(reason(deny, home + row) == "sensitive-path");
      CHECK(reason(deny, home + row + "/inside") == "sensitive-path");
      const std::string above = home + row.substr(0, row.rfind('/'));
      if (row.find('/') != std::string::npos) {
        CHECK_FALSE(reason(deny, above).empty());
      }
    }
  }
}

TEST_CASE("system places are denied") {
  const DenySet deny = deny_set();
  for (const char* path :
       {"/etc/ssh", "/etc", "/Library/Keychains", "/run/user/1000", "/var/run", "/run", "/proc",
        "/proc/1", "/sys", "/dev", "/boot", "/nix/var", "/run/user/1000/containers", "/nix",
        "/usr/bin", "/usr", "/tmp/agent-1/agent.sock", "/tmp/agent-1"}) {
    CAPTURE(path);
    CHECK(reason(deny, path) == "sensitive-path");
  }
}

TEST_CASE("home, what holds it, and other homes are denied as a whole") {
  const DenySet deny = deny_set();
  for (const char* path : {"/", "/home", "/home/operator", "/home/operator/", "/home/account",
                           "/home/another", "/home/another/dev", "/root", "/Users", "/Users/b"}) {
    CAPTURE(path);
    CHECK(reason(deny, path) == "home-wholesale");
  }
  CHECK(reason(deny, "/home/operator/dev").empty());
}

TEST_CASE("user folders are denied as such, folders in them are not") {
  const DenySet deny = deny_set();
  for (const char* folder : {"Downloads", "Documents", "Desktop", "Library"}) {
    CAPTURE(folder);
    CHECK(reason(deny, std::string("/home/operator/") + folder) == "user-folder-wholesale");
  }
  CHECK(reason(deny, "/home/operator/Documents/SourceOS/agent-output").empty());
  CHECK(reason(deny, "/home/operator/Downloads/x").empty());
}

TEST_CASE("the toolkit's own places have a reason of their own") {
  const DenySet deny = deny_set();
  CHECK(reason(deny, "/home/operator/.config/sourceos/keys") == "store-in-mount");
  CHECK(reason(deny, "/srv/evidence") == "store-in-mount");
  CHECK(reason(deny, "/srv") == "store-in-mount");
  CHECK(reason(deny, "/home/operator/tools") == "sensitive-path");
}

TEST_CASE("some names are denied wherever they lie") {
  const DenySet deny = deny_set();
  for (const char* name :
       {"vault.kdbx", "Vault.KDBX", "docker.sock", "podman.sock", "S.gpg-agent.extra"}) {
    CAPTURE(name);
    CHECK(reason(deny, std::string("/srv/x/") + name) == "sensitive-path");
  }
}

TEST_CASE("names that only begin or end alike are not denied") {
  const DenySet deny = deny_set();
  for (const char* path :
       {"/home/operator/my.sshtools", "/home/operator/.sshx", "/home/operator/dev",
        "/home/operator/.awsome", "/home/operator/Documents2", "/srvx",
        "/home/operator/dev/.ssh-notes", "/opt/run"}) {
    CAPTURE(path);
    CHECK(reason(deny, path).empty());
  }
}

TEST_CASE("macOS and Windows deny other spellings of a row") {
  const DenySet mac = deny_set(Adapter::on_macos, "/Users/operator");
  for (const char* path :
       {"/users/OPERATOR/.SSH", "/Users/operator/.s\xe2\x80\x8dsh",
        "/System/Volumes/Data/Users/operator/.ssh", "/Users/operator/library/KEYCHAINS",
        "/private/etc", "/private/var/run"}) {
    CAPTURE(path);
    CHECK(reason(mac, path) == "sensitive-path");
  }
  CHECK(reason(mac, "/System/Volumes/Data/Users/operator") == "home-wholesale");
  const DenySet windows = deny_set(Adapter::on_windows, "C:\\Users\\operator");
  for (const char* path :
       {"c:/users/operator/.SSH", "C:\\Users\\operator\\.ssh.", "/mnt/c/Users/operator/.ssh",
        "\\\\?\\C:\\Users\\operator\\.aws", "C:\\Users\\operator\\AppData\\Roaming\\Mozilla"}) {
    CAPTURE(path);
    CHECK(reason(windows, path) == "sensitive-path");
  }
  CHECK(reason(windows, "C:\\Users") == "home-wholesale");
  CHECK(reason(windows, "C:\\") == "home-wholesale");
  CHECK(reason(windows, "C:\\Users\\another") == "home-wholesale");
  CHECK(reason(windows, "C:\\Users\\operator\\dev").empty());
}

TEST_CASE("the rows of a host come from its environment") {
  tests::FakeHost fake;
  fake.host.environment.variables = {{"PATH", "/opt/a:relative:/opt/b"},
                                     {"SSH_AUTH_SOCK", "/srv/sock/agent"},
                                     {"CONTAINER_HOST", "unix:///srv/podman/x"}};
  const DenySet deny(deny_places(fake.host.environment, {"/srv/store"}));
  CHECK(reason(deny, fake.home.path().string()) == "home-wholesale");
  CHECK(reason(deny, "/opt/b") == "sensitive-path");
  CHECK(reason(deny, "/srv/sock") == "sensitive-path");
  CHECK(reason(deny, "/srv/podman/x") == "sensitive-path");
  CHECK(reason(deny, "/srv/store/blobs") == "store-in-mount");
  CHECK(reason(deny, (fake.home / ".local/state/sourceos").string()) == "store-in-mount");
}

TEST_CASE("the patterns of the policy hash are sorted and name no account") {
  const auto patterns = denied_patterns();
  CHECK(std::is_sorted(patterns.begin(), patterns.end()));
  CHECK(std::find(patterns.begin(), patterns.end(), "~/.ssh") != patterns.end());
  CHECK(std::find(patterns.begin(), patterns.end(), "$HOME") != patterns.end());
}

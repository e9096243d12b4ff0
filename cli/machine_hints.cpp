#include "cli/machine_hints.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr auto k_meanings = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"container-host-ignored",
     "CONTAINER_HOST is set and not passed on: the profile does not name it in environment.allow"},
    {"container-left", "podman did not remove the container"},
    {"git-directory-outside", "the git directory lies outside, so the mount is read-only"},
    {"git-metadata-linked",
     "git's directory, hooks or configuration is a link, so the mount is read-only"},
    {"image-not-pinned", "the profile names the image by tag; its id was used"},
    {"mount-policy-unresolved",
     "the mount policy that the profile names is in no contracts directory"},
    {"policy-warned", "the mount policy warns of this path"},
    {"scan-incomplete", "there are more entries than are looked at"},
    {"secret-looking-file", "a file has the name of one that holds secrets"},
    {"set-id", "a file has its set-user or set-group bit"},
    {"socket", "a socket lies in it"},
    {"subids-missing",
     "fewer than 65536 ids in /etc/subuid and /etc/subgid: images with many owners may fail"},
    {"submount", "another file system is mounted below; it is not part of the mount"},
    {"symlink-outside", "a link leads out of it"},
    {"unreadable", "a file in it could not be read"},
});

constexpr std::string_view k_own_directory = "name a directory of its own, such as ~/dev/NAME";
constexpr std::string_view k_plain_path =
    "name the directory by its plain path, such as ~/dev/NAME";
constexpr std::string_view k_look_at_contract = "sourceosctl contracts validate FILE";
constexpr std::string_view k_look_at_set = "sourceosctl contracts validate FILE --with DIR";
constexpr std::string_view k_what_is_inspected =
    "name a bundle, or a file that 'agent-machine mounts init --output FILE' wrote";
constexpr std::string_view k_new_grant = "ask for a new grant and give it with --grant FILE";
constexpr std::string_view k_what_podman_made =
    "podman info, and look at containers.conf and mounts.conf, which add to a container";

// Reasons whose way out is the same whatever was asked for.
constexpr auto k_hints = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"class-rule", "sourceosctl agent-machine mounts plan"},
    {"contract-invalid", k_look_at_contract},
    {"create-failed", "podman images, then podman ps --all"},
    {"device-in-mount", "take the device out of the directory, or mount one without it"},
    {"door-missing", "put the door into a directory named by --contracts DIR"},
    {"door-tool-not-enabled", "enable the tool in its AgentToolDoor, or run another one"},
    {"evidence-incomplete", "sourceosctl evidence list --open"},
    {"evidence-unavailable", "sourceosctl evidence fsck"},
    {"git-branch-mismatch", "git switch BRANCH, the one that the profile pins"},
    {"git-not-clean", "git status"},
    {"governance-required",
     "name the run with --governance REF, or agentPlane.bundle in the profile"},
    {"grant-expired", k_new_grant},
    {"grant-lifetime", k_new_grant},
    {"grant-missing", "give one with --grant FILE"},
    {"grant-policy-mismatch", k_new_grant},
    {"grant-revoked", k_new_grant},
    {"grant-scope", k_look_at_set},
    {"grant-times", k_new_grant},
    {"grant-used-up", k_new_grant},
    {"hardlink-escape-denied", "take the hard link out of the directory, or copy the file"},
    {"home-wholesale", k_own_directory},
    {"id-duplicate", k_look_at_contract},
    {"interrupted", "the same command again"},
    {"launch-mismatch", k_what_podman_made},
    {"machine-absent", "sourceosctl agent-machine start"},
    {"malformed", k_what_is_inspected},
    {"mount-changed", "see who changes the directory, then the same command again"},
    {"not-a-directory", k_own_directory},
    {"not-ready", "mend what the failed checks name, then the same command again"},
    {"path-syntax", k_plain_path},
    {"path-traversal", k_plain_path},
    {"profile-host-mismatch", "sourceosctl agent-machine init --repo DIR, for this host"},
    {"profile-invalid", k_look_at_contract},
    {"ref-unresolved", "put the document into a directory named by --contracts DIR"},
    {"rootful-refused", "the same command as a user without privileges"},
    {"schema", k_what_is_inspected},
    {"secret-in-profile", "take it out of the profile, and name it by reference in secretRefs"},
    {"secret-material-in-mount", "sourceosctl scan DIR, then move the keys out of it"},
    {"sensitive-path", k_own_directory},
    {"signature-absent", "the same command without --require-signature, or for a whole bundle"},
    {"store-in-mount",
     "the same command without --evidence, or with a directory outside the mount"},
    {"submount-escape-denied", "unmount what is mounted below the directory"},
    {"symlink-escape-denied", "take the link out of the directory"},
    {"token-door-unavailable", "set \"required\": false for the secret in secretRefs"},
    {"trust-gate-denied", "read the trust gate's own reasons; --trust-gate FILE names another one"},
    {"trust-gate-invalid", k_look_at_contract},
    {"user-folder-wholesale", "name a directory in it, not the whole folder"},
});

std::string init_command(const LaunchAsked& asked, std::string_view name) {
  std::string words =
      fmt::format("sourceosctl agent-machine init --repo {} --name {}",
                  asked.repo.empty() ? "DIR" : text::shell_word(asked.repo), name);
  if (!asked.tool.empty()) {
    words += " --enable-tool " + asked.tool;
  }
  return words;
}

std::string run_command(const LaunchAsked& asked) {
  return fmt::format("sourceosctl agent-machine run --tool local-shell --repo {}{}",
                     text::shell_word(asked.repo),
                     asked.profile.empty() ? "" : " --profile " + text::shell_word(asked.profile));
}

std::string doctor_command(const LaunchAsked& asked) {
  return fmt::format("sourceosctl agent-machine doctor{}{}",
                     asked.profile.empty() ? "" : " --profile " + text::shell_word(asked.profile),
                     asked.repo.empty() ? "" : " --repo " + text::shell_word(asked.repo));
}

std::string image_hint(const std::string& image) {
  constexpr std::string_view k_local = "localhost/";
  if (image.empty()) {
    return "podman images";
  }
  const bool is_local = image.starts_with(k_local);  // no registry has it
  return is_local ? fmt::format("podman build --tag {} DIR, or name another image in the profile",
                                text::shell_word(image))
                  : fmt::format("podman pull {}", text::shell_word(image));
}

}  // namespace

std::string hint_for(std::string_view reason, const LaunchAsked& asked) {
  if (reason == "tool-not-enabled" && !asked.file.empty()) {
    return fmt::format("set \"enabled\": true for '{}' in {}", asked.tool, asked.file);
  }
  if (reason == "tool-not-enabled" || reason == "unlisted-mount") {
    return init_command(asked, "NAME");
  }
  if (reason == "no-tty") {
    return "run it in a terminal, or without one: " + run_command(asked);
  }
  if (reason == "image-missing" || reason == "image-digest-mismatch") {
    return image_hint(asked.image);
  }
  if (reason == "profile-invalid" && asked.profile.find('/') != std::string::npos) {
    return "sourceosctl contracts validate " + text::shell_word(asked.profile);
  }
  if (reason == "path-missing") {
    return fmt::format("name a directory that is there, or: mkdir -p {}",
                       asked.repo.empty() ? "DIR" : text::shell_word(asked.repo));
  }
  for (const auto& [known, hint] : k_hints) {
    if (known == reason) {
      return std::string(hint);
    }
  }
  return doctor_command(asked);  // looks at all that a launch needs
}

std::string typeable(std::string command) {
  constexpr std::string_view k_quoted = "'$HOME/";
  constexpr std::string_view k_open = "\"$HOME\"'/";
  for (std::size_t at = 0; (at = command.find(k_quoted, at)) != std::string::npos; at += k_open.size()) {
    command.replace(at, k_quoted.size(), k_open);
  }
  return command;
}

std::string explained(std::string_view warning) {
  // "<mount>: <word>" for what a mount has.
  const std::size_t colon = warning.rfind(": ");
  const std::string_view word =
      colon == std::string_view::npos ? warning : warning.substr(colon + 2);
  for (const auto& [known, meaning] : k_meanings) {
    if (known == word) {
      return fmt::format("{} ({})", warning, meaning);
    }
  }
  return std::string(warning);
}

}  // namespace sourceos::cli

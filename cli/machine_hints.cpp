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

std::string init_command(const LaunchAsked& asked, std::string_view name) {
  std::string words = fmt::format("sourceosctl agent-machine init --repo {} --name {}",
                                  text::shell_word(asked.repo), name);
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

std::string image_hint(const std::string& image) {
  constexpr std::string_view k_local = "localhost/";
  const bool is_local = image.starts_with(k_local);  // no registry has it
  return is_local ? fmt::format("podman build --tag {} DIR, or name another image in the profile",
                                text::shell_word(image))
                  : fmt::format("podman pull {}", text::shell_word(image));
}

}  // namespace

std::string hint_for(std::string_view reason, const LaunchAsked& asked) {
  if (reason == "tool-not-enabled") {
    return asked.file.empty()
               ? init_command(asked, "NAME")
               : fmt::format("set \"enabled\": true for '{}' in {}", asked.tool, asked.file);
  }
  if (reason == "no-tty") {
    return "run it in a terminal, or without one: " + run_command(asked);
  }
  if (reason == "image-missing" || reason == "image-digest-mismatch") {
    return image_hint(asked.image);
  }
  if (reason == "unlisted-mount") {
    return init_command(asked, "NAME");
  }
  if (reason == "home-wholesale" || reason == "sensitive-path" ||
      reason == "user-folder-wholesale") {
    return "name a directory of its own, such as ~/dev/NAME";
  }
  if (reason == "path-syntax") {
    return "name the directory by its plain path, such as ~/dev/NAME";
  }
  if (reason == "secret-in-profile") {
    return "take it out of the profile, and name it by reference in secretRefs";
  }
  if (reason == "path-missing") {
    return fmt::format("name a directory that is there, or: mkdir -p {}",
                       text::shell_word(asked.repo));
  }
  if (reason == "governance-required") {
    return "name the run with --governance REF, or agentPlane.bundle in the profile";
  }
  if (reason == "grant-missing") {
    return "give one with --grant FILE";
  }
  if (reason == "contract-invalid" || reason == "id-duplicate") {
    return "sourceosctl contracts validate FILE";
  }
  if (reason == "store-in-mount") {
    return "the same command without --evidence, or with a directory outside the mount";
  }
  if (reason == "podman-missing" || reason == "socket-refused" || reason == "probe-timeout" ||
      reason == "connection-unknown" || reason == "podman-error") {
    return "sourceosctl agent-machine doctor";
  }
  return {};
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

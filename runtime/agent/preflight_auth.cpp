// Checks 11 and 12: what the agent can authenticate with, and what it must not fall back to.
#include <algorithm>

#include <fmt/format.h>

#include "core/text.hpp"
#include "host/host.hpp"
#include "runtime/agent/ambient_auth.hpp"
#include "runtime/agent/credential_helper.hpp"
#include "runtime/agent/declaration_checks.hpp"
#include "runtime/agent/preflight_run.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::uint32_t k_authfile_mode_max = 0644;

// "gcloud for us-central1-docker.pkg.dev, store desktop": names, never values.
std::string names_of(const std::vector<AuthFileFacts>& files) {
  std::string names;
  const auto add = [&](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  for (const AuthFileFacts& file : files) {
    for (const HelperFact& helper : file.helpers) {
      add(fmt::format("{} for {}", helper.helper, helper.registry));
    }
    if (file.store) {
      add(fmt::format("store {}", *file.store));
    }
  }
  return names;
}

std::string quoted(const std::filesystem::path& path) { return text::shell_word(path.string()); }

}  // namespace

void PreflightRun::check_authfile_content(Check& check) {
  const AuthFileFacts facts = read_auth_file(d_.authfile);
  const std::string path = d_.authfile.string();
  check.observed = {{"path", path}, {"exists", facts.exists ? "true" : "false"}};
  const std::string make =
      fmt::format("mkdir -p {1} && printf '%s' '{{\"auths\":{{}}}}' > {0} && chmod 600 {0}", quoted(d_.authfile),
                  quoted(d_.authfile.parent_path()));
  if (!facts.exists) {
    if (setting_.assume_made) {
      pass(check, fmt::format("'{}' is made by install", path));
    } else {
      fail_check(check, "authfile-missing", fmt::format("'{}' does not exist; install makes it", path), make);
    }
  } else if (facts.is_special || !facts.readable) {
    fail_check(check, "authfile-invalid", fmt::format("'{}' is no readable file", path),
               "ls -l " + quoted(d_.authfile));
  } else if ((facts.mode & ~k_authfile_mode_max) != 0) {
    fail_check(check, "authfile-invalid",
               fmt::format("'{}' has mode {:04o}, wider than 0644", path, facts.mode),
               "chmod 600 " + quoted(d_.authfile));
  } else if (!facts.is_json) {
    fail_check(check, "authfile-invalid", fmt::format("'{}' is no JSON object", path), make);
  } else if (!facts.is_empty_auths) {
    fail_check(check, "authfile-not-empty",
               fmt::format("'{}' must hold an empty 'auths' and nothing else", path),
               "declare another 'auth.authfile'");
  } else {
    pass(check, "empty authfile");
  }
}

void PreflightRun::authfile(Check& check) {
  if (!is_podman()) {
    skip(check, "not a Podman agent");
    return;
  }
  switch (d_.auth_mode) {
    case AuthMode::empty_authfile:
      check_authfile_content(check);
      break;
    case AuthMode::service_account:
      warn(check, "a token door must resolve the reference before it can start");
      check.observed = {{"serviceAccountRef", d_.service_account_ref.value_or("")}};
      break;
    case AuthMode::none:
    case AuthMode::forbidden_ambient:
      skip(check, fmt::format("mode '{}' has no authfile", to_string(d_.auth_mode)));
      break;
  }
}

// What a service could fall back to and would hang or fail on, since nobody is there to log in.
std::string PreflightRun::broken_helpers(const std::vector<AuthFileFacts>& files) {
  std::string broken;
  for (const std::string& name : helper_names(files)) {
    HelperProbe probe = ask_helper(host_, name);
    if (probe.answer == HelperAnswer::fails) {
      broken += fmt::format("{}helper '{}' fails without a person: {}", broken.empty() ? "" : "; ", name,
                            probe.detail);
    }
    if (!probe.run.argv.empty()) {
      result_.probes.push_back(std::move(probe.run));
    }
  }
  return broken;
}

void PreflightRun::ambient_auth(Check& check) {
  if (!is_podman()) {
    skip(check, "not a Podman agent");
    return;
  }
  const std::vector<AuthFileFacts> files = read_ambient_auth(host_);
  const std::string names = names_of(files);
  for (const AuthFileFacts& file : files) {
    check.observed.emplace_back(file.path.string(), names_of({file}));
  }
  const bool allowed = d_.allow_interactive_helper || d_.allow_ambient_docker_config;
  const bool waived = d_.waiver("ambient-docker-config") != nullptr ||
                      d_.waiver("ambient-auth") != nullptr ||
                      d_.waiver("auth.allowAmbientDockerConfig") != nullptr;
  const std::string fix = "declare auth.mode 'empty-authfile'";
  if (d_.allow_interactive_helper || (allowed && !waived)) {
    fail_check(check, "ambient-auth-risk", "the declaration allows the host's own credentials", fix);
    return;
  }
  if (d_.auth_mode == AuthMode::empty_authfile) {
    pass(check, names.empty() ? "the authfile decides"
                              : fmt::format("the authfile decides; the host's config names {}", names));
    return;
  }
  const bool any = std::ranges::any_of(files, &AuthFileFacts::has_credentials);
  if (d_.auth_mode == AuthMode::forbidden_ambient && any) {
    fail_check(check, "ambient-auth-risk",
               fmt::format("the host's config has credentials or helpers{}{}", names.empty() ? "" : ": ", names),
               fix);
    return;
  }
  const std::string broken = broken_helpers(files);
  if (!broken.empty()) {
    fail_check(check, "noninteractive-helper-failure", broken, fix);
  }
  // A local image is never asked for at a registry; a helper for all registries counts for others.
  const std::string registry = registry_of(d_.image);
  const bool matches = std::ranges::any_of(files, [&](const AuthFileFacts& file) {
    return registry == "localhost" ? false : file.has_helper_for(registry);
  });
  if (matches && broken.empty()) {
    fail_check(check, "ambient-auth-risk",
               fmt::format("'{}' would be asked of a helper: {}", registry, names), fix);
  } else if (broken.empty() && any) {
    warn(check, fmt::format("the host's config has credentials{}{}", names.empty() ? "" : ": ", names));
  } else if (broken.empty()) {
    pass(check, "no credentials to fall back to");
  }
}

}  // namespace sourceos::runtime

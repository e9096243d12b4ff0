#include "runtime/machine/launch_gates.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collect/collectors/git_document.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/host.hpp"
#include "host/tools/git.hpp"
#include "runtime/doors/trust_gate.hpp"
#include "runtime/machine/launch_container.hpp"
#include "runtime/machine/launch_doors.hpp"
#include "runtime/machine/launch_mounts.hpp"
#include "runtime/machine/mount_policy.hpp"
#include "runtime/machine/presets.hpp"
#include "runtime/machine/real_path.hpp"
#include "runtime/machine/subids.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

class Gates {
 public:
  explicit Gates(const LaunchQuestion& question)
      : question_(question),
        environment_(question.host.environment),
        profile_(question.profile.profile),
        address_(podman_address(profile_, environment_)),
        podman_(question.host, question.tools, address_) {}

  LaunchPlan run() {
    prepare();
    using Step = Status (Gates::*)();
    constexpr std::pair<const char*, Step> k_steps[] = {
        {"profile", &Gates::check_profile},     {"tool", &Gates::check_tool},
        {"terminal", &Gates::check_terminal},   {"door", &Gates::check_door},
        {"grant", &Gates::check_grant_step},    {"governance", &Gates::check_governance},
        {"trust-gate", &Gates::check_trust},    {"secrets", &Gates::check_secrets},
        {"mounts", &Gates::check_mounts},       {"git", &Gates::check_git},
        {"image", &Gates::check_image},         {"connection", &Gates::check_connection},
        {"container", &Gates::check_container},
    };
    for (const auto& [name, step] : k_steps) {
      was_skipped_ = false;
      if (Status status = (this->*step)(); !status) {
        plan_.steps.push_back({name, "deny", status.error().reason});
        refuse(std::move(status).error());
        break;
      }
      plan_.steps.push_back({name, was_skipped_ ? "skip" : "allow", ""});
    }
    if (plan_.is_allowed()) {
      note_host();
      for (const MountDecision& mount : plan_.mounts) {
        plan_.contents.push_back(hash_content(mount.resolved));
      }
      plan_container(question_, profile_, tool_, is_rootful_, plan_);
    }
    plan_.answers = podman_.answers();
    return std::move(plan_);
  }

 private:
  Status skip() {
    was_skipped_ = true;
    return {};
  }

  void refuse(Error error) {
    if (plan_.denied.empty()) {
      plan_.denied.push_back({what_was_asked(), error.reason, "deny"});
    }
    plan_.refusal = std::move(error);
  }

  std::string what_was_asked() const { return repo_path_.empty() ? question_.repo : repo_path_; }

  // A preset declares no repository: the one that the operator names is what is declared.
  void prepare() {
    plan_.session_class =
        question_.kind == LaunchKind::shell ? "operator-terminal" : "agent-execution";
    plan_.transcript = profile_.transcript;
    plan_.transcript_bytes_max = k_transcript_bytes_default;
    plan_.is_local = !profile_.runtime.uses_machine() && address_.is_local();
    plan_.podman_environment = address_.environment();
    plan_.storage_backend = storage_backend(environment_.adapter, profile_.runtime.uses_machine());
    if (check_path_syntax(question_.deny.adapter(), question_.repo)) {
      fs::path path = expand_home(question_.repo, question_.deny.home());
      repo_path_ =
          (path.is_absolute() ? path : question_.directory / path).lexically_normal().string();
    }
    if (profile_.repos.empty()) {
      profile_.repos =
          repos_for({home_template(question_.deny.adapter(), repo_path_, question_.deny.home())});
    }
    auto named = find_mount_policy(environment_, question_.contract_directories, profile_);
    if (named) {
      policy_ = std::move(*named);
      mounts_.use(policy_);
      plan_.warnings = policy_.warnings;
      policy_error_ = policy_.unresolved;
    } else {
      policy_error_ = std::move(named).error();
    }
    plan_.policy_hash = policy_hash(profile_.declared_mounts(), *policy_.document).value_or("");
  }

  // What the operator should know of this host before the launch.
  void note_host() {
    const bool is_native = environment_.adapter == "linux" && !profile_.runtime.uses_machine();
    if (is_native && environment_.uid != 0 && !read_sub_ids(environment_).are_enough()) {
      plan_.warnings.emplace_back("subids-missing");
    }
    if (leaves_out_container_host(profile_, environment_)) {
      plan_.warnings.emplace_back("container-host-ignored");
    }
  }

  Status check_profile() {
    if (profile_.host_adapter != environment_.adapter) {
      return fail(ErrorKind::refused, "profile-host-mismatch",
                  fmt::format("profile '{}' is for {}, this is {}", profile_.name,
                              profile_.host_adapter, environment_.adapter));
    }
    if (policy_error_) {
      return fail(*policy_error_);
    }
    return {};
  }

  Status check_tool() {
    if (question_.kind == LaunchKind::shell) {
      return skip();
    }
    const auto& known = tool_ids();
    if (std::find(known.begin(), known.end(), question_.tool_id) == known.end()) {
      return fail(ErrorKind::usage, "tool-unknown",
                  fmt::format("there is no tool '{}'; there are {}", question_.tool_id,
                              fmt::join(known, ", ")));
    }
    tool_ = profile_.tool(question_.tool_id);
    if (tool_ == nullptr || !tool_->is_enabled) {
      std::vector<std::string> enabled;
      for (const ProfileTool& each : profile_.tools) {
        if (each.is_enabled) {
          enabled.push_back(each.tool_id);
        }
      }
      return fail(
          ErrorKind::refused, "tool-not-enabled",
          fmt::format("tool '{}' is not enabled in profile '{}'; enabled are: {}",
                      question_.tool_id, profile_.name,
                      enabled.empty() ? "none" : fmt::format("{}", fmt::join(enabled, ", "))));
    }
    return {};
  }

  Status check_terminal() {
    if (question_.kind == LaunchKind::run || question_.is_dry_run) {
      return skip();
    }
    if (!question_.has_terminal) {
      return fail(ErrorKind::refused, "no-tty",
                  "expected a terminal on standard input, there is none");
    }
    return {};
  }

  Status check_door() {
    if (!profile_.secure_host_interface_ref) {
      return skip();
    }
    return doors_.open_door(plan_);
  }

  Status check_grant_step() {
    const bool tool_needs = tool_ != nullptr && tool_->requires_grant;
    if (!tool_needs && !doors_.needs_grant() && question_.grant_file.empty()) {
      return skip();
    }
    const ProfileRepo* repo = mounts_.find_repo();
    const AccessMode access = repo == nullptr ? AccessMode::read_write : repo->access;
    return doors_.use_grant(tool_, {repo_path_, std::string(to_string(access))}, plan_);
  }

  Status check_governance() {
    if (tool_ == nullptr || !tool_->has_side_effects) {
      return skip();
    }
    const bool is_governed = profile_.agent_plane.bundle || !question_.governance_ref.empty() ||
                             !doors_.bundle_ref().empty();
    if (!is_governed) {
      return fail(
          ErrorKind::refused, "governance-required",
          fmt::format(
              "tool '{}' has side effects: expected a bundle or run reference of AgentPlane",
              tool_->tool_id));
    }
    return {};
  }

  Status check_trust() {
    if (question_.trust_gate_file.empty()) {
      return skip();
    }
    SOURCEOS_TRY_ASSIGN(const TrustGate gate, read_trust_gate(question_.trust_gate_file));
    plan_.grants.push_back(trust_gate_row(gate));
    return {};
  }

  // References are recorded and never resolved.
  Status check_secrets() {
    for (const ProfileSecretRef& ref : profile_.secret_refs) {
      plan_.grants.push_back(
          {{"id", ref.token_door_ref}, {"type", "TokenDoor"}, {"hash", nullptr}});
      if (ref.is_required) {
        return fail(
            ErrorKind::refused, "token-door-unavailable",
            fmt::format("secret '{}' is required, and token doors are not resolved yet", ref.name));
      }
    }
    return {};
  }

  Status check_mounts() { return mounts_.check(plan_); }

  Status check_git() {
    const MountDecision& repo = plan_.mounts.front();
    if (question_.scratch.empty() || !repo.exists) {
      return skip();
    }
    plan_.nested_git = look_at_nested_git(repo.resolved);
    host::GitQuestion wanted;
    wanted.repository = repo.resolved;
    wanted.scratch = question_.scratch;
    const auto state = host::Git(question_.host.processes).state(wanted);
    if (state) {
      plan_.git = collect::git_facts_of(*state);
      plan_.git_text = collect::git_state_document(*state).dump(
          -1, ' ', true, json::Value::error_handler_t::replace);
      for (const host::GitExecution& execution : state->executions) {
        plan_.executions.push_back(execution.setting);
      }
    }
    const std::string policy = mounts_.repo() != nullptr ? mounts_.repo()->git_policy : "any";
    if (policy == "clean-required" && (!state || state->dirty != false)) {
      return fail(ErrorKind::refused, "git-not-clean",
                  "expected a clean work tree, there are changes or no repository");
    }
    if (policy == "branch-pinned" && (!state || state->branch != mounts_.repo()->branch)) {
      return fail(ErrorKind::refused, "git-branch-mismatch",
                  fmt::format("expected branch '{}'", mounts_.repo()->branch.value_or("")));
    }
    return {};
  }

  // --- podman

  Status check_image() {
    if (!podman_.is_found()) {
      return fail(ErrorKind::refused, "podman-missing", "expected podman on PATH, there is none");
    }
    const ProfileImage& wanted = profile_.image;
    const PodmanImageFacts image = podman_.image(wanted.reference);
    plan_.image =
        collect::ImageFacts{wanted.reference, std::nullopt, std::nullopt, image.is_present};
    if (!image.reason.empty()) {
      return fail(ErrorKind::refused, image.reason, "podman does not answer");
    }
    if (!image.is_present) {
      return fail(ErrorKind::refused, "image-missing",
                  fmt::format("image '{}' is not there; it is never pulled", wanted.reference));
    }
    plan_.image->image_id = image.id;
    plan_.container.image_id = image.id;
    plan_.container.image_environment = image.environment;
    return pin_image(image);
  }

  Status pin_image(const PodmanImageFacts& image) {
    const ProfileImage& wanted = profile_.image;
    if (wanted.digest) {
      if (std::find(image.digests.begin(), image.digests.end(), *wanted.digest) ==
          image.digests.end()) {
        return fail(ErrorKind::refused, "image-digest-mismatch",
                    fmt::format("expected {}, there is {}", *wanted.digest,
                                image.digests.empty() ? "none" : image.digests.front()));
      }
      plan_.image->digest = wanted.digest;
    } else if (!image.digests.empty()) {
      plan_.image->digest = image.digests.front();
    }
    if (!wanted.digest && wanted.reference_policy == "tag-allowed-bootstrap") {
      plan_.container.image = image.id;
      plan_.warnings.emplace_back("image-not-pinned");
      return {};
    }
    if (!plan_.image->digest) {
      return fail(ErrorKind::refused, "image-digest-mismatch",
                  "expected an image with a digest, there is one without");
    }
    const bool has_digest = wanted.reference.find("@sha256:") != std::string::npos;
    plan_.container.image =
        has_digest ? wanted.reference : wanted.reference + "@" + *plan_.image->digest;
    return {};
  }

  Status check_connection() {
    const bool is_native = environment_.adapter == "linux" && !profile_.runtime.uses_machine();
    const std::string* seam = host::find_seam(environment_, "SOURCEOS_ALLOW_ROOTFUL");
    is_rootful_ = is_native && environment_.uid == 0;
    if (is_rootful_ && (seam == nullptr || *seam != "1")) {
      return fail(ErrorKind::refused, "rootful-refused",
                  "expected a user without privileges, this is root");
    }
    const PodmanVersion client =
        podman_.client_version_of(profile_.runtime.least_podman_version());
    if (!client.reason.empty()) {
      return fail(ErrorKind::refused, client.reason, client.message);
    }
    const PodmanConnection connection = podman_.connection();
    if (!connection.answers) {
      return fail(ErrorKind::refused, connection.reason, "podman does not answer");
    }
    if (connection.rootless == false && !is_rootful_) {
      return fail(ErrorKind::refused, "rootful-refused", "podman answers as rootful");
    }
    if (is_rootful_) {
      plan_.non_claims.emplace_back(
          "The container was run by root, without a user namespace of its own.");
    }
    return {};
  }

  Status check_container() {
    plan_.container.name = container_name();
    const PodmanAnswer answer =
        podman_.ask("container-inspect", {"container", "inspect", plan_.container.name});
    if (!answer.ok()) {
      return {};
    }
    const json::Value container = inspected(answer.outcome.output);
    const std::string status =
        text::ascii_lower(container.value("/State/Status"_json_pointer, std::string()));
    if (status == "running" || status == "stopping" || status == "removing") {
      return fail(Error(ErrorKind::refused, "container-busy",
                        fmt::format("container '{}' is {}", plan_.container.name, status))
                      .with_next("podman container inspect " + plan_.container.name));
    }
    return {};
  }

  std::string container_name() const {
    const std::string what = question_.kind == LaunchKind::shell ? "shell" : question_.tool_id;
    const ProfileRepo* repo = mounts_.repo();
    return fmt::format("srcos-{}-{}-{}", profile_.name, repo != nullptr ? repo->repo_id : "repo",
                       what);
  }

  const LaunchQuestion& question_;
  const host::Environment& environment_;
  Profile profile_;
  PodmanAddress address_;
  PodmanClient podman_;
  std::string repo_path_;
  LaunchDoors doors_{question_, profile_};
  LaunchMounts mounts_{question_, profile_, repo_path_, podman_};
  const ProfileTool* tool_ = nullptr;
  NamedMountPolicy policy_;
  std::optional<Error> policy_error_;
  bool was_skipped_ = false;
  bool is_rootful_ = false;
  LaunchPlan plan_;
};

}  // namespace

LaunchPlan plan_launch(const LaunchQuestion& question) { return Gates(question).run(); }

}  // namespace sourceos::runtime

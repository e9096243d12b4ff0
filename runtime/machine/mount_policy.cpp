#include "runtime/machine/mount_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "runtime/machine/git_shield.hpp"
#include "runtime/machine/mount_policy_document.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_policy_spec_version = "0.1.0";

// What a denied place of a mount's content is.
std::string_view meaning_of_refusal(std::string_view kind) {
  constexpr auto k_meanings = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"symlink-escape-denied", "is a link to a place that is never mounted"},
      {"hardlink-escape-denied", "is the same file as one in a place that is never mounted"},
      {"submount-escape-denied", "is a mount of a place that is never mounted"},
      {"secret-material-in-mount", "holds a private key or a service account's key"},
      {"device-in-mount", "is a device"},
  });
  const auto* known = std::ranges::find(k_meanings, kind, &std::pair<std::string_view, std::string_view>::first);
  return known == k_meanings.end() ? "is not allowed" : known->second;
}

class Evaluation {
 public:
  Evaluation(const PolicyContext& context, const MountRequest& request)
      : context_(context), request_(request) {
    decision_.request = request;
    decision_.access = request.access;
  }

  MountDecision run() {
    const bool goes_on = is_written_well() && resolve() && is_not_denied(decision_.resolved) &&
                         is_in_roots() && fits_class() && is_content_clean() && is_pinned();
    decision_.is_allowed = goes_on;
    return std::move(decision_);
  }

 private:
  Adapter adapter() const { return context_.deny.adapter(); }

  bool refuse(std::string_view reason, std::string message) {
    decision_.reason = reason;
    decision_.message = std::move(message);
    return false;
  }
  bool refuse(const Error& error) {
    decision_.next = error.next;
    return refuse(error.reason, error.message);
  }
  void warn(std::string_view word) { decision_.warnings.emplace_back(word); }

  // Steps 1 and 2.
  bool is_written_well() {
    const std::string& path = request_.host_path;
    if (const Status syntax = check_path_syntax(adapter(), path); !syntax) {
      return refuse(syntax.error());
    }
    if (request_.origin == PathOrigin::document) {
      if (const Status up = check_no_traversal(adapter(), path); !up) {
        return refuse(up.error());
      }
    }
    fs::path absolute = expand_home(path, context_.deny.home());
    if (!is_absolute_path(adapter(), absolute.string())) {
      if (request_.origin == PathOrigin::document) {
        return refuse("path-syntax",
                      "expected an absolute path or one below home, there is a relative one");
      }
      absolute = context_.directory / absolute;
    }
    // ".." after a link leads elsewhere than on paper: the real path is judged in the next step.
    typed_ = absolute;
    decision_.requested = absolute.lexically_normal().string();
    if (decision_.requested.size() > 1 && decision_.requested.ends_with('/')) {
      decision_.requested.pop_back();
    }
    return is_not_denied(decision_.requested);
  }

  bool is_not_denied(const std::string& path) {
    const std::optional<Denial> denial = context_.deny.find(path);
    if (!denial) {
      return true;
    }
    decision_.group = denial->group;
    return refuse(denial->reason, fmt::format("'{}' is never mounted: it {} {}", request_.host_path,
                                              denial->how, denial->location));
  }

  // Step 3.
  bool resolve() {
    const bool may_be_missing =
        request_.create_if_missing && request_.path_class != PathClass::code;
    const Result<RealPath> real =
        may_be_missing ? resolve_existing_part(typed_) : resolve_path(typed_);
    if (!real) {
      return refuse(real.error());
    }
    decision_.resolved = real->path;
    decision_.exists = real->exists;
    return true;
  }

  // Step 5 and 8: by whole components, on the resolved form of both. What the profile declares, then
  // what the policy document that it names allows.
  bool is_in_roots() {
    if (context_.roots && !is_in(*context_.roots)) {
      return false;
    }
    return context_.policy == nullptr || fits_policy(*context_.policy);
  }

  bool is_in(const std::vector<AllowedRoot>& roots) {
    const AllowedRoot* root = find_root(roots);
    return root == nullptr
               ? refuse("unlisted-mount", fmt::format("'{}' is in no allowed root of the profile",
                                                      request_.host_path))
               : is_within(*root);
  }

  const AllowedRoot* find_root(const std::vector<AllowedRoot>& roots) const {
    const PathKey key = path_key(adapter(), decision_.resolved);
    for (const AllowedRoot& root : roots) {
      const fs::path written = expand_home(root.path, context_.deny.home());
      const Result<RealPath> real = resolve_existing_part(written);
      if (!real || root.path_class != request_.path_class) {
        continue;
      }
      const Relation where = relation(key, path_key(adapter(), real->path));
      if (where == Relation::equal || (where == Relation::below && root.recursive)) {
        return &root;
      }
    }
    return nullptr;
  }

  bool is_within(const AllowedRoot& root) {
    if (is_writable(request_.access) && !is_writable(root.access)) {
      return refuse("access-wider",
                    fmt::format("expected {} access at most, there is {}", to_string(root.access),
                                to_string(request_.access)));
    }
    return !root.needs_grant || is_granted();
  }

  bool fits_policy(const MountPolicyDocument& policy) {
    for (const DeniedPattern& each : policy.patterns) {
      const bool covers =
          match_pattern(adapter(), context_.deny.home(), each.pattern, decision_.requested) ||
          match_pattern(adapter(), context_.deny.home(), each.pattern, decision_.resolved);
      if (covers && each.is_denied) {
        return refuse("policy-denied", fmt::format("'{}' is denied by policy '{}': {}",
                                                   request_.host_path, policy.id, each.reason));
      }
      if (covers) {
        warn("policy-warned");
      }
    }
    if (request_.path_class == PathClass::downloads && !policy.shows_downloads) {
      return refuse("policy-denied",
                    fmt::format("policy '{}' shows agents no downloads", policy.id));
    }
    if (const AllowedRoot* root = find_root(policy.roots)) {
      return is_within(*root);
    }
    return policy.permits_unlisted ||
           refuse("unlisted-mount", fmt::format("'{}' is in no allowed root of policy '{}'",
                                                request_.host_path, policy.id));
  }

  bool is_granted() {
    const PathKey key = path_key(adapter(), decision_.resolved);
    for (const std::string& path : context_.granted) {
      const Result<RealPath> real = resolve_existing_part(expand_home(path, context_.deny.home()));
      const Relation where =
          real ? relation(key, path_key(adapter(), real->path)) : Relation::apart;
      if (where == Relation::equal || where == Relation::below) {
        return true;
      }
    }
    return refuse("grant-missing", fmt::format("no grant covers '{}'", request_.host_path));
  }

  bool refuse_class(std::string_view expected) {
    return refuse("class-rule",
                  fmt::format("class {} of mount '{}': expected {}", to_string(request_.path_class),
                              request_.mount_id, expected));
  }

  // Step 6.
  bool fits_class() {
    switch (request_.path_class) {
      case PathClass::code: return fits_code();
      case PathClass::documents:
        return request_.direct_execution ? refuse_class("no direct execution")
               : !is_in_user_folder()
                   ? refuse_class("a folder inside Documents, Desktop or Downloads")
                   : is_directory_if_there();
      case PathClass::downloads:
        return request_.direct_execution ? refuse_class("no direct execution")
               : !is_in_user_folder()
                   ? refuse_class("a folder inside Downloads, Documents or Desktop")
                   : is_directory_if_there();
      case PathClass::cache:
        return is_below(context_.cache_root.string())
                   ? is_directory_if_there()
                   : refuse_class("a folder of the workspace in the toolkit's cache");
      case PathClass::artifacts:
        return request_.access == AccessMode::write_only_artifacts
                   ? is_directory_if_there()
                   : refuse_class("write-only-artifacts access");
      case PathClass::media:
        return request_.access == AccessMode::read_only ? is_directory_if_there()
                                                        : refuse_class("read-only access");
      case PathClass::app_bridge:
        return context_.app_bridge_granted ? is_directory_if_there()
                                           : refuse_class("a door that grants the bridge");
    }
    return refuse_class("a known class");
  }

  bool is_below(const std::string& above) const {
    const std::string real = resolve_existing_part(above).value_or(RealPath{above, false}).path;
    return relation(path_key(adapter(), decision_.resolved), path_key(adapter(), real)) ==
           Relation::below;
  }

  bool is_in_user_folder() const {
    const std::string& home = context_.deny.home();
    return is_below(home + "/Documents") || is_below(home + "/Desktop") ||
           is_below(home + "/Downloads");
  }

  bool is_directory_if_there() {
    if (!decision_.exists) {
      return true;
    }
    const auto opened = open_without_links(decision_.resolved);
    return opened ? true : refuse(opened.error());
  }

  bool fits_code() {
    if (request_.access != AccessMode::read_only && request_.access != AccessMode::read_write) {
      return refuse_class("read-only or read-write access");
    }
    if (!is_directory_if_there()) {
      return false;
    }
    shield_repository();
    return true;
  }

  // Where git's own files cannot be kept from an agent, nothing of the mount can be written to.
  void shield_repository() {
    GitShield shield = shield_git(adapter(), decision_.resolved);
    if (!shield.cannot.empty()) {
      decision_.access = AccessMode::read_only;
      warn(shield.cannot);
    } else if (is_writable(request_.access) && !request_.git_metadata_writable) {
      decision_.shield = std::move(shield.parts);
    }
  }

  // Step 7.
  bool is_content_clean() {
    if (!decision_.exists || !context_.scans_content) {
      return true;
    }
    MountScanOptions options = context_.scan;
    options.secret_files = request_.secret_files;
    auto scan = scan_mount(context_.deny, decision_.resolved, options);
    if (!scan) {
      return refuse(scan.error());
    }
    decision_.scan = std::move(*scan);
    if (decision_.scan.status == ScanStatus::incomplete) {
      warn("scan-incomplete");
    }
    for (const MountFinding& finding : decision_.scan.findings) {
      if (finding.is_denied) {
        return refuse_content(finding);
      }
      if (std::find(decision_.warnings.begin(), decision_.warnings.end(), finding.kind) ==
          decision_.warnings.end()) {
        warn(finding.kind);
      }
    }
    return true;
  }

  bool refuse_content(const MountFinding& finding) {
    decision_.next = "take it out of the directory, or mount another one without it";
    return refuse(finding.kind, fmt::format("'{}' in '{}' {}", finding.path, request_.host_path,
                                            meaning_of_refusal(finding.kind)));
  }

  // Step 9.
  bool is_pinned() {
    if (!decision_.exists) {
      return true;
    }
    const Result<Pin> pin = pin_directory(decision_.resolved);
    if (!pin) {
      return refuse(pin.error());
    }
    decision_.pin = *pin;
    return true;
  }

  const PolicyContext& context_;
  const MountRequest& request_;
  fs::path typed_;
  MountDecision decision_;
};

}  // namespace

MountDecision decide_mount(const PolicyContext& context, const MountRequest& request) {
  return Evaluation(context, request).run();
}

fs::path cache_root(const host::Environment& environment) {
  if (environment.adapter == "macos") {
    return environment.home / "Library/Caches/SourceOS";
  }
  const std::string* cache = host::find_variable(environment, "XDG_CACHE_HOME");
  const bool is_absolute = cache != nullptr && cache->starts_with('/');
  return (is_absolute ? fs::path(*cache) : environment.home / ".cache") / "sourceos";
}

Result<std::string> policy_hash(const std::vector<MountRequest>& mounts,
                                const json::Value& policy_document) {
  std::vector<const MountRequest*> sorted;
  for (const MountRequest& mount : mounts) {
    sorted.push_back(&mount);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const MountRequest* a, const MountRequest* b) { return a->mount_id < b->mount_id; });
  json::Value rows = json::Value::array();
  for (const MountRequest* mount : sorted) {
    rows.push_back({{"mountId", mount->mount_id},
                    {"pathClass", to_string(mount->path_class)},
                    {"hostPath", mount->host_path},
                    {"agentPath", mount->agent_path},
                    {"accessMode", to_string(mount->access)},
                    {"directExecutionAllowed", mount->direct_execution}});
  }
  SOURCEOS_TRY_ASSIGN(const std::string bytes,
                      json::write_canonical({{"deniedPatterns", denied_patterns()},
                                             {"mountPolicy", policy_document},
                                             {"mounts", std::move(rows)},
                                             {"specVersion", k_policy_spec_version}}));
  return bundle::sha256(bytes).text();
}

}  // namespace sourceos::runtime

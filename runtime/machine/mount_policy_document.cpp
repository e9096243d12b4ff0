#include "runtime/machine/mount_policy_document.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "runtime/doors/contract_shelf.hpp"
#include "runtime/machine/json_reader.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::string_view k_type = "AgentMachineMountPolicy";
using Need = ObjectReader::Need;

bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// `*` and `?` within one component; the last star is where to go back to.
bool match_component(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

// reached[i]: the pattern read so far covers exactly the first i components. Covering a folder is
// covering all below it, so the last row needs any one of them.
bool match_components(const PathKey& pattern, const PathKey& path, bool is_anchored) {
  std::vector<bool> reached(path.size() + 1, !is_anchored);
  reached[0] = true;
  for (const std::string& part : pattern) {
    std::vector<bool> next(path.size() + 1, false);
    for (std::size_t i = 0; i <= path.size(); ++i) {
      if (!reached[i]) {
        continue;
      }
      if (part == "**") {
        std::fill(next.begin() + static_cast<std::ptrdiff_t>(i), next.end(), true);
      } else if (i < path.size() && match_component(part, path[i])) {
        next[i + 1] = true;
      }
    }
    reached = std::move(next);
  }
  return std::any_of(reached.begin(), reached.end(), [](bool is_reached) { return is_reached; });
}

AllowedRoot read_root(const json::Value& row, std::string place, ReadProblems& problems) {
  ObjectReader reader(row, place, problems);
  AllowedRoot root;
  root.path = reader.text("path");
  const auto path_class = path_class_of(reader.text("pathClass"));
  const auto access = access_mode_of(reader.text("accessMode"));
  root.recursive = reader.flag("recursive", Need::optional, false);
  root.needs_grant = reader.flag("requiresGrant", Need::optional, true);
  reader.ignore("description");
  reader.close();
  if (!path_class) {
    problems.add(place + "/pathClass", "a class of mounts");
  }
  if (!access) {
    problems.add(place + "/accessMode", "an access mode");
  }
  root.path_class = path_class.value_or(PathClass::code);
  root.access = access.value_or(AccessMode::read_only);
  return root;
}

DeniedPattern read_pattern(const json::Value& row, std::string place, ReadProblems& problems) {
  ObjectReader reader(row, std::move(place), problems);
  DeniedPattern pattern;
  pattern.pattern = reader.text("pattern");
  pattern.reason = reader.text("reason");
  pattern.is_denied =
      reader.one_of("severity", {"warn", "deny"}, Need::optional, "deny") == "deny";
  reader.close();
  return pattern;
}

bool read_shows_downloads(const json::Value* policy, ReadProblems& problems) {
  if (policy == nullptr) {
    return true;
  }
  ObjectReader reader(*policy, "/downloadPolicy", problems);
  // What the other fields could allow is never allowed here, whatever they say.
  for (const char* key : {"defaultHostPath", "defaultAgentPath", "browserAccess",
                          "directExecutionAllowed", "hashDownloads", "recordSourceDomain",
                          "mountWholeDownloadsDirectoryAllowed"}) {
    reader.ignore(key);
  }
  const std::string access = reader.one_of("agentAccess", {"read-only", "read-write", "none"},
                                           Need::optional, "read-only");
  reader.close();
  return access != "none";
}

}  // namespace

NamedMountPolicy::NamedMountPolicy() : document(std::make_shared<const json::Value>(nullptr)) {}

Result<MountPolicyDocument> read_mount_policy(const json::Value& document) {
  ReadProblems problems("contract-invalid");
  ObjectReader top(document, "", problems);
  MountPolicyDocument policy;
  policy.id = top.text("id");
  top.constant("type", k_type);
  (void)top.text("specVersion");
  (void)top.text("name");
  policy.permits_unlisted = top.one_of("defaultDecision", {"deny", "ask", "permit"}) == "permit";
  if (const json::Value* rows = top.array("allowedRoots", 0)) {
    for (std::size_t i = 0; i < rows->size(); ++i) {
      policy.roots.push_back(
          read_root((*rows)[i], fmt::format("/allowedRoots/{}", i), problems));
    }
  }
  if (const json::Value* rows = top.array("deniedPatterns", 0)) {
    for (std::size_t i = 0; i < rows->size(); ++i) {
      policy.patterns.push_back(
          read_pattern((*rows)[i], fmt::format("/deniedPatterns/{}", i), problems));
    }
  }
  policy.shows_downloads = read_shows_downloads(top.object("downloadPolicy", Need::optional), problems);
  for (const char* key : {"uidGidMapping", "syncMode", "promotionPolicy", "evidence"}) {
    top.ignore(key);
  }
  top.close();
  SOURCEOS_TRY(problems.status());
  return policy;
}

Result<NamedMountPolicy> find_mount_policy(const host::Environment& environment,
                                           const std::vector<std::filesystem::path>& directories,
                                           const Profile& profile) {
  NamedMountPolicy named;
  const bool is_own = profile.mount_policy_ref == k_own_mount_policy;
  if (is_own && directories.empty()) {
    return named;
  }
  SOURCEOS_TRY_ASSIGN(const ContractShelf shelf, open_contract_shelf(environment, directories));
  if (is_own) {
    return named;  // the directories that were named are there
  }
  const Contract* contract = shelf.find(profile.mount_policy_ref);
  if (contract == nullptr) {
    named.warnings.emplace_back("mount-policy-unresolved");
    named.unresolved =
        Error(ErrorKind::not_found, "ref-unresolved",
              fmt::format("no document has the id '{}', which mountPolicyRef of profile '{}' names",
                          profile.mount_policy_ref, profile.name))
            .with_next("put the policy into a directory named by --contracts DIR");
    return named;
  }
  SOURCEOS_TRY_ASSIGN_CONTEXT(MountPolicyDocument policy, read_mount_policy(contract->document()),
                              fmt::format("read mount policy '{}'", contract->file()));
  named.policy = std::move(policy);
  named.document = std::make_shared<const json::Value>(contract->document());
  return named;
}

bool match_pattern(Adapter adapter, const std::string& home, std::string_view pattern,
                   std::string_view path) {
  const std::string expanded = expand_home(pattern, home);
  const bool is_anchored = is_absolute_path(adapter, expanded);
  const PathKey wanted = path_key(adapter, is_anchored ? expanded : "/" + expanded);
  const PathKey key = path_key(adapter, path);
  if (wanted.empty()) {
    return false;
  }
  if (is_anchored && !has_wildcard(expanded) && relation(key, wanted) == Relation::above) {
    return true;
  }
  return match_components(wanted, key, is_anchored);
}

}  // namespace sourceos::runtime

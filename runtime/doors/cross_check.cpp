#include "runtime/doors/cross_check.hpp"

#include <array>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/doors/grant_checks.hpp"

namespace sourceos::runtime {

namespace {

struct Slug {
  std::string_view prefix;
  std::string_view type;
};
// Documents that we know; references to others (token doors, decisions, data planes) are names.
constexpr std::array k_slugs = {
    Slug{"urn:srcos:agent-machine-profile:", "AgentMachineProfile"},
    Slug{"urn:srcos:agent-machine-fingerprint:", "AgentMachineFingerprint"},
    Slug{"urn:srcos:secure-host-interface:", "SecureHostInterfaceProfile"},
    Slug{"urn:srcos:host-interface-grant:", "HostInterfaceGrant"},
    Slug{"urn:srcos:terminal-door:", "TerminalDoor"},
    Slug{"urn:srcos:browser-door:", "BrowserDoor"},
    Slug{"urn:srcos:editor-door:", "EditorDoor"},
    Slug{"urn:srcos:agent-tool-door:", "AgentToolDoor"},
};

const Slug* slug_of(std::string_view urn) {
  for (const Slug& slug : k_slugs) {
    if (urn.starts_with(slug.prefix)) {
      return &slug;
    }
  }
  return nullptr;
}

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

// Every string of a document with its place.
void for_each_string(const json::Value& value, const std::string& place,
                     const std::function<void(const std::string&, const std::string&)>& visit) {
  if (value.is_string()) {
    visit(value.get_ref<const std::string&>(), place);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      for_each_string(value[i], fmt::format("{}/{}", place, i), visit);
    }
  } else if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      for_each_string(member, place + "/" + escaped(key), visit);
    }
  }
}

// What a document belongs to; an empty string is not known.
struct Belonging {
  std::string workspace;
  std::string profile;
  std::string host;
};

Belonging belonging_of(const Contract& contract, const ContractShelf& shelf) {
  Belonging out;
  out.workspace = contract.text("workspaceId");
  out.host = contract.text("hostAdapter");
  out.profile = contract.text("targetProfileRef");
  const json::Value& document = contract.document();
  if (contract.type() == "AgentMachineProfile") {
    out.profile = contract.id();
    out.workspace = document.value("/agentPlane/workspaceId"_json_pointer, "");
  } else if (contract.type() == "AgentMachineFingerprint") {
    out.profile = contract.text("profileRef");
    out.host = document.value("/host/os"_json_pointer, "");
  }
  const Contract* profile = shelf.find(out.profile);
  if (profile != nullptr && profile != &contract && profile->type() == "AgentMachineProfile") {
    const Belonging of_profile = belonging_of(*profile, shelf);
    out.workspace = out.workspace.empty() ? of_profile.workspace : out.workspace;
    out.host = out.host.empty() ? of_profile.host : out.host;
  }
  return out;
}

bool differ(const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; }

// The first way in which the target of a reference belongs elsewhere.
std::optional<ContractProblem> foreign_problem(const Belonging& ours, const Belonging& theirs) {
  if (differ(ours.workspace, theirs.workspace)) {
    return ContractProblem{"", "", "", "ref-workspace", fmt::format("belongs to workspace '{}'", theirs.workspace)};
  }
  if (differ(ours.profile, theirs.profile)) {
    return ContractProblem{"", "", "", "ref-profile", fmt::format("belongs to profile '{}'", theirs.profile)};
  }
  if (differ(ours.host, theirs.host)) {
    return ContractProblem{"", "", "", "ref-host", fmt::format("is for {}", theirs.host)};
  }
  return std::nullopt;
}

ContractProblem unresolved(std::string_view id) {
  return {"", "", "", "ref-unresolved", fmt::format("no document has the id '{}'", id)};
}

std::optional<ContractProblem> reference_problem(const Slug& slug, const std::string& id,
                                                 const Belonging& ours, const ContractShelf& shelf) {
  const Contract* target = shelf.find(id);
  if (target == nullptr || target->type() != slug.type) {
    return unresolved(id);
  }
  const auto shape = target->shape_problems();
  if (!shape || !shape->empty()) {
    return ContractProblem{"", "", "", "ref-invalid",
                           fmt::format("'{}' does not fit its schema", target->file())};
  }
  return foreign_problem(ours, belonging_of(*target, shelf));
}

void check_references(const Contract& contract, const ContractShelf& shelf,
                      std::vector<ContractProblem>& problems) {
  const Belonging ours = belonging_of(contract, shelf);
  for_each_string(contract.document(), "", [&](const std::string& text, const std::string& place) {
    const Slug* slug = place == "/id" ? nullptr : slug_of(text);
    if (slug == nullptr) {
      return;
    }
    if (auto problem = reference_problem(*slug, text, ours, shelf)) {
      problem->file = contract.file();
      problem->instance_path = place;
      problems.push_back(std::move(*problem));
    }
  });
}

// A browser door that shares a profile leans on a grant that says so.
void check_sharing_grant(const Contract& door, const ContractShelf& shelf,
                         std::vector<ContractProblem>& problems) {
  const Contract* grant = shelf.find(door.text("profileSharingGrantRef"));
  if (grant == nullptr || !grant->document().contains("operations")) {
    return;
  }
  for (const json::Value& operation : grant->document().at("operations")) {
    if (operation == "browser.profile.share") {
      return;
    }
  }
  problems.push_back({door.file(), "/profileSharingGrantRef", "", "grant-scope",
                      "the grant does not allow browser.profile.share"});
}

struct UniqueIds {
  std::string_view type;
  const char* list;
  const char* key;
};
constexpr std::array k_unique_ids = {
    UniqueIds{"SecureHostInterfaceProfile", "interfaces", "interfaceId"},
    UniqueIds{"AgentToolDoor", "tools", "toolId"},
    UniqueIds{"AgentMachineProfile", "tools", "toolId"},
    UniqueIds{"AgentMachineProfile", "mounts", "mountId"},
    UniqueIds{"AgentMachineProfile", "repoAllowlist", "repoId"},
};

void check_unique_ids(const Contract& contract, std::vector<ContractProblem>& problems) {
  for (const UniqueIds& each : k_unique_ids) {
    if (each.type != contract.type()) {
      continue;
    }
    std::set<std::string> seen;
    const json::Value& list = contract.document().at(each.list);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (!seen.insert(list[i].at(each.key).get<std::string>()).second) {
        problems.push_back({contract.file(), fmt::format("/{}/{}/{}", each.list, i, each.key), "",
                            "unique-id", "another in this list has the same id"});
      }
    }
  }
}

// Tells each name of a variable in a profile's environment: names of the host's, names and rows of its own.
void for_each_variable(const json::Value& profile,
                       const std::function<void(const std::string&, const std::string&)>& visit) {
  const json::Value environment = profile.value("/environment"_json_pointer, json::Value());
  const auto tell_list = [&](const json::Value& list, const std::string& place) {
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
      const json::Value name = list[i].is_object() ? list[i].value("name", json::Value()) : list[i];
      if (name.is_string()) {
        visit(name.get_ref<const std::string&>(), fmt::format("{}/{}", place, i));
      }
    }
  };
  if (!environment.is_object()) {
    return;
  }
  tell_list(environment.value("allow", json::Value()), "/environment/allow");
  const json::Value set = environment.value("set", json::Value());
  tell_list(set, "/environment/set");
  if (set.is_object()) {
    for (const auto& [name, value] : set.items()) {
      visit(name, "/environment/set/" + escaped(name));
    }
  }
}

}  // namespace

std::vector<ContractProblem> secret_problems(const Contract& contract, const CrossCheckOptions& options) {
  std::vector<ContractProblem> problems;
  const bool is_profile = contract.type() == "AgentMachineProfile";
  const std::string check = is_profile ? "secret-in-profile" : "secret-inline";
  if (options.is_secret) {
    for_each_string(contract.document(), "", [&](const std::string& text, const std::string& place) {
      if (options.is_secret(text)) {
        problems.push_back({contract.file(), place, "", check,
                            "looks like a secret; a contract names token doors only"});
      }
    });
  }
  if (options.is_secret_name && is_profile) {
    for_each_variable(contract.document(), [&](const std::string& name, const std::string& place) {
      if (options.is_secret_name(name)) {
        problems.push_back({contract.file(), place, "", check,
                            "the name of a secret; name its token door in secretRefs"});
      }
    });
  }
  return problems;
}

std::vector<ContractProblem> cross_problems(const Contract& contract, const ContractShelf& shelf,
                                            const CrossCheckOptions& options) {
  std::vector<ContractProblem> problems;
  check_unique_ids(contract, problems);
  if (options.resolves_references && contract.type() != "RevocationEntry") {
    check_references(contract, shelf, problems);
  }
  if (contract.type() == "BrowserDoor") {
    check_sharing_grant(contract, shelf, problems);
  }
  if (contract.type() == "HostInterfaceGrant") {
    std::vector<ContractProblem> of_grant = grant_problems(contract, shelf, options);
    problems.insert(problems.end(), of_grant.begin(), of_grant.end());
  }
  return problems;
}

}  // namespace sourceos::runtime

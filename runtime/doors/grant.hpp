// Whether a HostInterfaceGrant allows what somebody is about to do. For a command that acts:
//
//   auto shelf = open_contract_shelf(environment, directories);
//   auto grant = read_valid_contract(path, "HostInterfaceGrant");
//   check_grant(*grant, question, *shelf);              // no grant at all: refuse_without_grant()
//   count_grant_use(environment.state_root, *grant);    // before launch (grant_uses.hpp)
//   grants.push_back(grant_row(*grant));                // goes into the record
//
// Token doors (`urn:srcos:token-door:...`) are references that are recorded and never resolved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "runtime/doors/contract.hpp"
#include "runtime/doors/contract_shelf.hpp"

namespace sourceos::runtime {

struct WantedFolder {
  std::string path;  // as a document writes it (~/dev/x) or absolute
  std::string access = "read-only";
};

// What is about to be done. An empty string is not compared.
struct GrantQuestion {
  std::string subject_kind;  // operator, agent, service; "agent" also takes a service
  std::string subject_ref;
  std::string workspace_id;
  std::string profile_ref;
  std::string interface_profile_ref;
  std::string door_ref;
  std::vector<std::string> operations;  // each must be granted
  std::vector<WantedFolder> folders;    // each must lie in a path of the grant
  std::string policy_hash;              // in force
  std::string home;                     // so that absolute folders and ~ agree
  UtcTime now;
};

// `refused`, the first of: "grant-scope" (subject, workspace, door, folder or operation is another),
// "grant-expired" (also before it begins), "grant-revoked" (also suspended),
// "grant-policy-mismatch".
[[nodiscard]] Status check_grant(const Contract& grant, const GrantQuestion& question,
                                 const ContractShelf& shelf);
// `refused`, "grant-missing".
[[nodiscard]] Error refuse_without_grant(std::string_view for_what);

// { "id", "type", "hash" } of a grant, door or any contract that was in force: a row of `grants`; of
// a grant also its `subject`, which exports say who ran.
[[nodiscard]] Result<json::Value> grant_row(const Contract& contract);

// Of a time as contracts write them: RFC 3339 with `Z` or an offset.
[[nodiscard]] Result<UtcTime> parse_contract_time(std::string_view text);
// What is wrong with the grant's times at `now`; empty when it is in force.
[[nodiscard]] std::string time_problem(const Contract& grant, UtcTime now);

}  // namespace sourceos::runtime

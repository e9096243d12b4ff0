#include "runtime/doors/grant.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "runtime/doors/host_scope.hpp"

namespace sourceos::runtime {

namespace {

std::unexpected<Error> out_of_scope(std::string why) {
  return fail(ErrorKind::refused, "grant-scope", std::move(why));
}

bool holds(const json::Value& list, std::string_view word) {
  return std::any_of(list.begin(), list.end(),
                     [&](const json::Value& each) { return each.is_string() && each.get_ref<const std::string&>() == word; });
}

Status check_subject(const json::Value& subject, const GrantQuestion& question) {
  const std::string kind = subject.at("subjectKind").get<std::string>();
  const bool is_agent_like = question.subject_kind == "agent" && kind == "service";
  if (!question.subject_kind.empty() && kind != question.subject_kind && !is_agent_like) {
    return out_of_scope(fmt::format("the grant is for an {}, expected {}", kind, question.subject_kind));
  }
  if (!question.subject_ref.empty() && subject.at("subjectRef") != question.subject_ref) {
    return out_of_scope("the grant is for another subject");
  }
  return {};
}

Status check_places(const Contract& grant, const GrantQuestion& question) {
  const struct {
    std::string_view key;
    const std::string& wanted;
  } rows[] = {{"workspaceId", question.workspace_id},
              {"targetProfileRef", question.profile_ref},
              {"interfaceProfileRef", question.interface_profile_ref}};
  for (const auto& row : rows) {
    if (!row.wanted.empty() && grant.text(row.key) != row.wanted) {
      return out_of_scope(fmt::format("{} of the grant is '{}', expected '{}'", row.key,
                                      grant.text(row.key), row.wanted));
    }
  }
  if (!question.door_ref.empty() && !holds(grant.document().at("doorRefs"), question.door_ref)) {
    return out_of_scope(fmt::format("the grant does not open the door '{}'", question.door_ref));
  }
  return {};
}

Status check_folders(const json::Value& scopes, const GrantQuestion& question) {
  for (const WantedFolder& folder : question.folders) {
    const bool is_granted = std::any_of(scopes.begin(), scopes.end(), [&](const json::Value& scope) {
      return is_in_scope(folder.path, scope.at("path").get<std::string>(),
                         scope.at("recursive").get<bool>(), question.home) &&
             access_includes(scope.at("accessMode").get<std::string>(), folder.access);
    });
    if (!is_granted) {
      return out_of_scope(fmt::format("the grant has no {} access to that folder", folder.access));
    }
  }
  return {};
}

Status check_scope(const Contract& grant, const GrantQuestion& question) {
  SOURCEOS_TRY(check_subject(grant.document().at("subject"), question));
  SOURCEOS_TRY(check_places(grant, question));
  SOURCEOS_TRY(check_folders(grant.document().at("allowedRepoPaths"), question));
  for (const std::string& operation : question.operations) {
    if (!holds(grant.document().at("operations"), operation)) {
      return out_of_scope(fmt::format("the grant does not allow {}", operation));
    }
  }
  return {};
}

}  // namespace

Result<UtcTime> parse_contract_time(std::string_view text) {
  // An offset is taken off the local time: 10:00+02:00 is 08:00Z.
  const std::size_t sign = text.size() >= 25 ? text.size() - 6 : std::string_view::npos;
  std::int64_t offset = 0;
  std::string plain(text);
  if (sign != std::string_view::npos && (text[sign] == '+' || text[sign] == '-') && text[sign + 3] == ':') {
    const auto digit = [&](std::size_t at) { return static_cast<std::int64_t>(text[sign + at] - '0'); };
    const std::int64_t minutes = (digit(1) * 10 + digit(2)) * 60 + digit(4) * 10 + digit(5);
    offset = (text[sign] == '+' ? minutes : -minutes) * 60'000'000'000;
    plain = std::string(text.substr(0, sign)) + "Z";
  }
  std::replace(plain.begin(), plain.end(), 't', 'T');
  std::replace(plain.begin(), plain.end(), 'z', 'Z');
  SOURCEOS_TRY_ASSIGN(UtcTime time, parse_time(plain));
  time.nanoseconds -= offset;
  return time;
}

std::string time_problem(const Contract& grant, UtcTime now) {
  const auto from = parse_contract_time(grant.text("issuedAt"));
  const auto until = parse_contract_time(grant.text("expiresAt"));
  if (!from || !until) {
    return "the times of the grant cannot be read";
  }
  if (now < *from) {
    return fmt::format("the grant holds only from {}", format_seconds(*from));
  }
  return now < *until ? std::string() : fmt::format("the grant has ended at {}", format_seconds(*until));
}

Status check_grant(const Contract& grant, const GrantQuestion& question, const ContractShelf& shelf) {
  SOURCEOS_TRY_ASSIGN(const std::vector<ContractProblem> shape, grant.shape_problems());
  if (!shape.empty() || grant.type() != "HostInterfaceGrant") {
    return fail(ErrorKind::malformed, "contract-invalid", "the grant does not fit its schema");
  }
  SOURCEOS_TRY(check_scope(grant, question));
  const std::string status = grant.text("status");
  if (const std::string problem = time_problem(grant, question.now); !problem.empty() || status == "expired") {
    return fail(ErrorKind::refused, "grant-expired",
                problem.empty() ? "the grant says that it has expired" : problem);
  }
  if (const Contract* entry = shelf.revocation_of(grant.id()); entry != nullptr) {
    return fail(ErrorKind::refused, "grant-revoked", fmt::format("'{}' revokes the grant", entry->id()));
  }
  if (status == "revoked" || status == "suspended") {
    return fail(ErrorKind::refused, "grant-revoked", fmt::format("the grant is {}", status));
  }
  if (!question.policy_hash.empty() && grant.text("policyHash") != question.policy_hash) {
    return fail(ErrorKind::refused, "grant-policy-mismatch",
                fmt::format("the grant was given under policy {}, in force is {}",
                            grant.text("policyHash"), question.policy_hash));
  }
  return {};
}

Error refuse_without_grant(std::string_view for_what) {
  return Error(ErrorKind::refused, "grant-missing", fmt::format("{} needs a host interface grant", for_what))
      .with_next("give one with --grant FILE");
}

Result<json::Value> grant_row(const Contract& contract) {
  SOURCEOS_TRY_ASSIGN(std::string hash, contract.hash());
  json::Value row = {{"id", contract.id()}, {"type", contract.type()}, {"hash", std::move(hash)}};
  if (contract.type() == "HostInterfaceGrant") {
    const json::Value& subject = contract.document().at("subject");
    row["subject"] = {{"subjectKind", subject.at("subjectKind")}, {"subjectRef", subject.at("subjectRef")}};
  }
  return row;
}

}  // namespace sourceos::runtime

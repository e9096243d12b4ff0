#include "collect/session_facts.hpp"

#include "bundle/record.hpp"
#include "collect/record_facts.hpp"
#include "collect/shown_text.hpp"
#include "core/json/json.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

bundle::RedactedText status_text(ActionStatus status) {
  switch (status) {
    case ActionStatus::planned: return bundle::Literal("planned");
    case ActionStatus::done: return bundle::Literal("done");
    case ActionStatus::skipped: return bundle::Literal("skipped");
    case ActionStatus::failed: return bundle::Literal("failed");
    case ActionStatus::rolled_back: return bundle::Literal("rolled-back");
    case ActionStatus::interrupted: return bundle::Literal("interrupted");
  }
  return bundle::Literal("failed");
}

bundle::RecordAction action_row(const redact::Pipeline& pipeline, const ActionFacts& facts) {
  bundle::RecordAction row;
  row.action = known_word(pipeline, facts.action);
  row.target = shown_text(pipeline, std::string_view(facts.target));
  if (facts.argv) {
    row.argv = shown_texts(pipeline, *facts.argv);
  }
  row.started_at = facts.started_at;
  row.finished_at = facts.finished_at;
  row.exit_code = facts.exit_code;
  row.status = status_text(facts.status);
  row.before = facts.before;
  row.after = facts.after;
  row.detail = shown_text(pipeline, std::string_view(facts.detail));
  return row;
}

json::Value digest_or_null(const std::optional<bundle::Digest>& digest) {
  return digest ? json::Value(digest->text()) : json::Value(nullptr);
}

}  // namespace

SessionFacts::SessionFacts() = default;
SessionFacts::~SessionFacts() = default;
SessionFacts::SessionFacts(SessionFacts&&) noexcept = default;
SessionFacts& SessionFacts::operator=(SessionFacts&&) noexcept = default;

std::string_view to_string(ActionStatus status) {
  switch (status) {
    case ActionStatus::planned: return "planned";
    case ActionStatus::done: return "done";
    case ActionStatus::skipped: return "skipped";
    case ActionStatus::failed: return "failed";
    case ActionStatus::rolled_back: return "rolled-back";
    case ActionStatus::interrupted: return "interrupted";
  }
  return "failed";
}

json::Value ActionFacts::to_json() const {
  return {{"action", action},
          {"target", target},
          {"argv", argv ? json::Value(*argv) : json::Value(nullptr)},
          {"startedAt", format_seconds(started_at)},
          {"finishedAt", format_seconds(finished_at)},
          {"exitCode", exit_code ? json::Value(*exit_code) : json::Value(nullptr)},
          {"status", to_string(status)},
          {"before", digest_or_null(before)},
          {"after", digest_or_null(after)},
          {"detail", detail}};
}

void fill_session_facts(bundle::Record& record, const redact::Pipeline& pipeline,
                        const SessionFacts& facts) {
  if (!facts.subject_kind.empty()) {
    record.subject = {known_word(pipeline, facts.subject_kind),
                      shown_text(pipeline, std::string_view(facts.subject_ref))};
  }
  record.workspace_id = shown_text(pipeline, facts.workspace_id);
  record.profile_ref = shown_text(pipeline, facts.profile_ref);
  record.profile_hash = facts.profile_hash;
  if (facts.policy_hash) {
    record.policy_hash = *facts.policy_hash;
  }
  if (facts.git) {
    record.git_ref = git_row(pipeline, *facts.git);
  }
  if (facts.image) {
    record.image = image_row(pipeline, *facts.image);
  }
  for (const json::Value& mount : facts.mounts) {
    record.mounts.push_back(pipeline.json(mount));
  }
  for (const json::Value& grant : facts.grants) {
    record.grants.push_back(pipeline.json(grant));
  }
  for (const DeniedAttempt& one : facts.denied_attempts) {
    record.denied_attempts.push_back({shown_text(pipeline, std::string_view(one.path)),
                                      known_word(pipeline, one.reason),
                                      known_word(pipeline, one.severity)});
  }
  for (const ActionFacts& action : facts.actions) {
    record.actions.push_back(action_row(pipeline, action));
  }
  for (const std::string& claim : facts.non_claims) {
    record.non_claims.push_back(shown_text(pipeline, std::string_view(claim)));
  }
}

}  // namespace sourceos::collect

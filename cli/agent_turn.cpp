#include "cli/agent_turn.hpp"

#include <chrono>
#include <thread>

#include "cli/activation_evidence.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"
#include "runtime/activation/agent_lock.hpp"
#include "runtime/agent/thaw.hpp"

namespace sourceos::cli {

namespace {

Result<host::FileLock> lock_of(const Context& context, const runtime::Declaration& agent) {
  return runtime::lock_agent(context.host, runtime::places_of(agent, context.host), runtime::k_lock_wait_ms,
                             [](std::uint64_t ms) {
                               std::this_thread::sleep_for(std::chrono::milliseconds(ms));
                             });
}

}  // namespace

Status AgentTurn::recover(Context& context, runtime::ServiceBackend& backend,
                          const runtime::Declaration& agent) {
  SOURCEOS_TRY_ASSIGN(recovered_,
                      runtime::recover(context.host, backend, agent.name,
                                       [&](std::string_view transaction) -> Result<bool> {
                                         SOURCEOS_TRY_ASSIGN(const auto intent,
                                                             find_intent(context, transaction));
                                         return intent.has_value();
                                       }));
  return recovered_ ? log_recovery(context, agent.name, recovered_->transaction, recovered_->undo) : Status{};
}

Result<AgentTurn> AgentTurn::take(Context& context, runtime::ServiceBackend& backend,
                                  const runtime::Declaration& agent) {
  SOURCEOS_TRY_ASSIGN(host::FileLock lock, lock_of(context, agent));
  AgentTurn turn(std::move(lock));
  SOURCEOS_TRY(turn.recover(context, backend, agent));
  turn.is_thawed_ = runtime::thaw(context.host, backend, agent);
  return turn;
}

Result<AgentTurn> AgentTurn::take_despite_journal(Context& context, runtime::ServiceBackend& backend,
                                                  const runtime::Declaration& agent) {
  SOURCEOS_TRY_ASSIGN(host::FileLock lock, lock_of(context, agent));
  AgentTurn turn(std::move(lock));
  if (const Status recovered = turn.recover(context, backend, agent); !recovered) {
    turn.problem_ = recovered.error().read_out();
  }
  return turn;
}

json::Value AgentTurn::as_json(const runtime::Redactor& redact) const {
  if (!recovered_) {
    return !problem_.empty() ? json::Value({{"problem", redact(problem_)}})
           : is_thawed_      ? json::Value({{"thawed", true}})
                             : json::Value();
  }
  json::Value by_hand = json::Value::array();
  for (const runtime::UndoAction& action : recovered_->undo.actions) {
    if (!action.command.empty()) {
      by_hand.push_back(redact(action.command));
    }
  }
  return {{"transactionId", recovered_->transaction},
          {"complete", recovered_->undo.complete},
          {"thawed", is_thawed_},
          {"undone", recovered_->undo.actions.size() - by_hand.size()},
          {"byHand", std::move(by_hand)}};
}

}  // namespace sourceos::cli

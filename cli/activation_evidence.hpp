// The evidence of an activation: its intent before the first change, one bundle with every step and
// every undo at the end. And the same interface for a dry run that keeps nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "collect/session.hpp"
#include "runtime/activation/activation.hpp"

namespace sourceos::cli {

struct Context;

// The leaf of the intent that names this transaction; none when there is none, or gc took it.
[[nodiscard]] Result<std::optional<std::uint64_t>> find_intent(const Context& context,
                                                               std::string_view transaction);
// What a recovery did, as the leaf that closes the intent of the run that died. Nothing while other
// agents of that run still wait for theirs.
[[nodiscard]] Status log_recovery(const Context& context, std::string_view agent,
                                  std::string_view transaction, const runtime::UndoReport& undo);

class ActivationEvidence final : public runtime::Evidence {
 public:
  // Refuses when a bundle could not be kept.
  [[nodiscard]] static Result<std::unique_ptr<ActivationEvidence>> begin(Context& context,
                                                                         bundle::Mode mode);

  [[nodiscard]] Status intend(const json::Value& document) override;
  [[nodiscard]] Result<bool> knows(std::string_view transaction) override;
  [[nodiscard]] Result<std::string> seal(const runtime::ActivationReport& report) override;

  [[nodiscard]] const redact::Pipeline& pipeline() const { return session_->pipeline(); }

 private:
  ActivationEvidence(Context& context, bundle::Mode mode) : context_(context), mode_(mode) {}
  [[nodiscard]] Status begin_session();
  [[nodiscard]] Status add_entries(const runtime::ActivationReport& report);
  void tell_facts(const runtime::ActivationReport& report);

  Context& context_;
  bundle::Mode mode_;
  std::optional<collect::Session> session_;
  bool was_collected_ = false;
};

}  // namespace sourceos::cli

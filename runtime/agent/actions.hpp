// What an acting command is going to do, and what it did: the plan of a dry run and of the intent,
// and the actions of the record, with digests of what was there before and after.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "collect/session_facts.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "runtime/agent/backend.hpp"

namespace sourceos::runtime {

struct PlannedAction {
  std::string action;  // "write-launcher", "enable"
  std::string target;  // path, unit or container
  std::optional<std::vector<std::string>> argv = std::nullopt;
};
[[nodiscard]] json::Value as_json(const PlannedAction& planned,
                                  const std::function<std::string(std::string_view)>& redact);
// The intent document (security S-07), raw: the session redacts it. By `transaction` recovery knows
// a journal as one of ours.
[[nodiscard]] json::Value intent_document(std::string_view command, std::string_view agent,
                                          const std::vector<PlannedAction>& plan,
                                          const std::string& policy_hash,
                                          std::string_view transaction, UtcTime at);
// The policy in force for an agent: rule set and declaration.
[[nodiscard]] bundle::Digest policy_hash_of(const std::string& declaration_hash);

// Digest of a file as it is now; none when it cannot be read.
[[nodiscard]] std::optional<bundle::Digest> digest_of(const std::filesystem::path& file);

class ActionLog {
 public:
  explicit ActionLog(const host::Host& host) : host_(host) {}

  // A deed on one file; its digests before and after are kept.
  Status file(std::string_view action, const std::filesystem::path& path,
              const std::function<Status()>& deed);
  // What a service manager was told, one row a program.
  bool order(std::string_view action, std::string_view target, const OrderResult& result);
  bool run(std::string_view action, std::string_view target, const CommandRun& run);
  void skipped(std::string_view action, std::string_view target, std::string detail);
  void add(collect::ActionFacts row) { rows_.push_back(std::move(row)); }

  [[nodiscard]] const std::vector<collect::ActionFacts>& rows() const { return rows_; }
  [[nodiscard]] std::vector<collect::ActionFacts> take() { return std::move(rows_); }

 private:
  const host::Host& host_;
  std::vector<collect::ActionFacts> rows_;
};

}  // namespace sourceos::runtime

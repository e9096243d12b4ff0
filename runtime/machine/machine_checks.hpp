// A list of checks, each with a stable id: what was seen, and what to do about it. One cause gives one
// failure: what depends on a failed check is skipped and says by which.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"

namespace sourceos::runtime {

struct MachineCheck {
  std::string id;
  std::string status;  // pass, warn, fail, skip
  std::string detail;
  std::string reason;       // stable; empty: none
  std::string remediation;  // empty: none
  std::string blocked_by;   // empty: nothing
  std::string observed;     // JSON text; "null" when nothing was
};

class MachineChecks {
 public:
  // The check, for its reason and remediation; valid until the next one is added.
  MachineCheck& add(std::string id, std::string status, std::string detail);
  MachineCheck& add(std::string id, std::string status, std::string detail, const json::Value& observed);
  void skip(std::string id, std::string_view reason, std::string detail);
  void blocked(std::string id, std::string by);

  [[nodiscard]] MachineCheck* find(std::string_view id);
  [[nodiscard]] const std::vector<MachineCheck>& rows() const { return rows_; }
  // Failed, or blocked by one that did.
  [[nodiscard]] bool has_failed(std::string_view id) const;
  [[nodiscard]] bool is_ready() const;           // none failed
  [[nodiscard]] json::Value document() const;  // { ready, summary, checks }

 private:
  std::vector<MachineCheck> rows_;
};

}  // namespace sourceos::runtime

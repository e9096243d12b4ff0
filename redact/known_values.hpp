// Values that teachers told of: each place where one stands is masked, whatever stands around it.
// User and host names only as whole words (security S-15).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "redact/literals.hpp"
#include "redact/ruleset.hpp"

namespace sourceos::redact {

struct KnownValue {
  std::string value;
  std::string_view klass;  // static or of a rule
  Own own = Own::known;
  bool word_begin = false;  // no letter, digit or '_' may stand before it
  bool word_end = false;    // nor after it
  std::uint8_t before = 0;  // bytes of `value` that are context and stay
  std::uint8_t after = 0;
  bool issuer = false;
  bool operator_source = true;
};

class KnownValues {
 public:
  // False when it is too short, known already, or no place is left for it.
  bool add(KnownValue value);
  // Makes the search; add() does nothing afterwards until the next freeze().
  void freeze();

  [[nodiscard]] bool empty() const { return search_ == nullptr; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }
  [[nodiscard]] const KnownValue& at(std::size_t index) const { return values_[index]; }
  // Appends (index, end) events for ends past `after`, in ascending order; short of the block's end
  // when there are too many.
  Engine::Scanned scan(std::string_view block, std::uint64_t base, std::uint64_t after,
            std::vector<Event>& events) const;
  // The longest value.
  [[nodiscard]] std::size_t width_max() const { return width_max_; }

 private:
  std::vector<KnownValue> values_;
  std::unordered_map<std::string, std::size_t> index_;
  std::unique_ptr<Literals> search_;
  std::size_t dropped_ = 0;
  std::size_t width_max_ = 0;
};

}  // namespace sourceos::redact

#include "redact/known_values.hpp"

#include "core/limits.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {
constexpr std::size_t k_known_bytes_min = 3;
constexpr std::size_t k_known_bytes_max = 4096;
}

bool KnownValues::add(KnownValue value) {
  if (value.value.size() < k_known_bytes_min || value.value.size() > k_known_bytes_max) {
    return false;
  }
  if (const auto place = index_.find(value.value); place != index_.end()) {
    return false;
  }
  if (values_.size() >= limits::k_known_values_max) {
    // Most trusted first: an operator's value takes the place of a hostile source's.
    const auto weaker = std::ranges::find(values_, false, &KnownValue::operator_source);
    ++dropped_;
    if (!value.operator_source || weaker == values_.end()) {
      return false;
    }
    index_.erase(weaker->value);
    index_[value.value] = static_cast<std::size_t>(weaker - values_.begin());
    *weaker = std::move(value);
    return true;
  }
  index_[value.value] = values_.size();
  values_.push_back(std::move(value));
  return true;
}

void KnownValues::freeze() {
  search_.reset();
  width_max_ = 0;
  if (values_.empty()) {
    return;
  }
  std::vector<EnginePattern> literals;
  for (const KnownValue& value : values_) {
    width_max_ = std::max(width_max_, value.value.size());
    literals.push_back({.expression = value.value, .literal = true});
  }
  search_ = std::make_unique<Literals>(literals);
}

Engine::Scanned KnownValues::scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                                  std::vector<Event>& events) const {
  if (search_ == nullptr) {
    return {true, base + block.size()};
  }
  const std::size_t before = events.size();
  const Engine::Scanned scanned = search_->scan(block, base, after, events);
  std::sort(events.begin() + static_cast<std::ptrdiff_t>(before), events.end());
  return scanned;
}

}  // namespace sourceos::redact

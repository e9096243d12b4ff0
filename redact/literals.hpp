// Many literals in one text without Vectorscan: for known values that change with every run, and
// for the scalar path. A table over three folded bytes lets most positions pass at one look.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redact/engine.hpp"

namespace sourceos::redact {

inline constexpr std::size_t k_literal_bytes_min = 3;

class Literals {
 public:
  // `literals` have at least k_literal_bytes_min bytes; an event's pattern is the index here.
  explicit Literals(const std::vector<EnginePattern>& literals);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // Appends an event for every place of every literal that ends past `after`.
  void scan(std::string_view block, std::uint64_t base, std::uint64_t after,
            std::vector<Event>& events) const;

 private:
  struct Entry {
    std::uint16_t hash;
    bool caseless;
    std::uint32_t index;
    std::string bytes;  // folded when caseless
  };
  std::vector<Entry> entries_;        // by hash
  std::vector<std::uint64_t> table_;  // 65,536 bits
};

}  // namespace sourceos::redact

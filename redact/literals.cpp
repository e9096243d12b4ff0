#include "redact/literals.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_table_bits = 65536;

std::uint32_t fold(char c) { return static_cast<unsigned char>(c) | 0x20U; }

// Folding by 0x20 joins some bytes that differ; the compare afterwards tells them apart.
std::uint16_t hash3(const char* at) {
  const std::uint32_t value = fold(at[0]) | fold(at[1]) << 8 | fold(at[2]) << 16;
  return static_cast<std::uint16_t>((value * 2654435761U) >> 16);
}

bool equal_caseless(std::string_view text, std::string_view folded) {
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != folded[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

Literals::Literals(const std::vector<EnginePattern>& literals) {
  if (literals.empty()) {
    return;
  }
  table_.assign(k_table_bits / 64, 0);
  for (std::uint32_t index = 0; index < literals.size(); ++index) {
    const EnginePattern& literal = literals[index];
    std::string bytes =
        literal.caseless ? text::ascii_lower(literal.expression) : literal.expression;
    const std::uint16_t hash = hash3(bytes.data());
    table_[hash / 64] |= std::uint64_t{1} << (hash % 64);
    entries_.push_back({hash, literal.caseless, index, std::move(bytes)});
  }
  std::ranges::stable_sort(entries_, {}, &Entry::hash);
}

void Literals::scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                    std::vector<Event>& events) const {
  if (entries_.empty() || block.size() < k_literal_bytes_min) {
    return;
  }
  const std::size_t last = block.size() - k_literal_bytes_min;
  for (std::size_t at = 0; at <= last; ++at) {
    const std::uint16_t hash = hash3(block.data() + at);
    if ((table_[hash / 64] >> (hash % 64) & 1) == 0) {
      continue;
    }
    for (const Entry& entry : std::ranges::equal_range(entries_, hash, {}, &Entry::hash)) {
      const std::string_view there = block.substr(at, entry.bytes.size());
      if (there.size() == entry.bytes.size() && base + at + there.size() > after &&
          (entry.caseless ? equal_caseless(there, entry.bytes) : there == entry.bytes)) {
        events.push_back({base + at + entry.bytes.size(), entry.index});
      }
    }
  }
}

}  // namespace sourceos::redact

// With which bytes each match of a pattern begins, where that is at a word's begin and they are told:
// a pattern of a thousand names is only looked for where a word begins like one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sourceos::redact {

inline constexpr std::size_t k_begin_bytes_min = 3;
inline constexpr std::size_t k_begin_bytes_max = 8;

// Three to eight bytes, in lower case, that no other of the set begins with. Nothing when a match may
// begin elsewhere, or with fewer bytes.
[[nodiscard]] std::optional<std::set<std::string>> word_begins_of(std::string_view pattern);

// Whether a text begins with one of many, letters without their case.
class WordBegins {
 public:
  WordBegins() : WordBegins(std::set<std::string>()) {}
  explicit WordBegins(const std::set<std::string>& begins);
  [[nodiscard]] bool has(std::string_view text) const;

 private:
  struct Begin {
    std::uint64_t bytes = 0, mask = 0;
  };
  static constexpr std::size_t k_hashes = 4096;
  std::array<std::uint16_t, k_hashes + 1> first_{};  // by hash of three bytes, one past it in the next
  std::vector<Begin> begins_;
};

}  // namespace sourceos::redact

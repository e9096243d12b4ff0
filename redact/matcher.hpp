// The one door to RE2: a rule's own matcher, which finds the exact span in a bounded window.
// Linear time whatever the pattern, bytes instead of characters, compiled at first use.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redact/pattern_pairs.hpp"

namespace sourceos::redact {

struct Match {
  std::size_t from = 0, to = 0;                // the whole match
  std::size_t secret_from = 0, secret_to = 0;  // group `secret`, or the whole match
};

class Matcher {
 public:
  // Borrows the pattern.
  Matcher(std::string_view pattern, int secret_group);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  // The leftmost match that begins at or after `from` and ends at or before `to`; bytes outside
  // are context for word boundaries only. Thread-safe.
  [[nodiscard]] bool find(std::string_view text, std::size_t from, std::size_t to,
                          Match& match) const;
  // The same for a match that begins at `from`.
  [[nodiscard]] bool find_at(std::string_view text, std::size_t from, std::size_t to,
                             Match& match) const;
  // False: find() has no match in that text. Told without compiling.
  [[nodiscard]] bool may_match(const TextPairs& text) const;
  // Compiles now and says whether RE2 takes the pattern.
  [[nodiscard]] Status check() const;

 private:
  struct Compiled;
  const Compiled& compiled() const;
  bool search(std::string_view text, std::size_t from, std::size_t to, bool anchored,
              Match& match) const;
  std::string_view pattern_;
  int secret_group_;
  mutable std::once_flag once_;
  mutable std::unique_ptr<Compiled> compiled_;
  mutable std::once_flag pairs_once_;
  mutable std::optional<PatternPairs> pairs_;
};

}  // namespace sourceos::redact

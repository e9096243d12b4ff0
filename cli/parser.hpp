// From an argument vector to a command and its options, driven by the command table. No
// abbreviations; options and operands in any order; "--" ends options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace sourceos::cli {

// The options of one call. Names are those of the table ("--preset").
class Options {
 public:
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
  [[nodiscard]] std::string value_or(std::string_view name, std::string_view fallback) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
  // The parser has checked that it is a number.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
  // What stood after "--" where the command takes that.
  [[nodiscard]] const std::vector<std::string>& rest() const { return rest_; }

 private:
  friend class Parser;
  std::vector<std::pair<std::string_view, std::string>> given_;
  std::vector<std::string> operands_;
  std::vector<std::string> rest_;
};

// Options that every command takes.
[[nodiscard]] std::span<const Option> global_options();

struct Parsed {
  const Command* command = nullptr;   // the deepest one that was named
  std::vector<std::string> path;      // names from below the root to it
  Options options;
  bool wants_help = false;
  bool wants_version = false;
};

// On a usage error `parsed` holds what was understood so far, so that an error can be given in the
// form that was asked for (--json) and with the right help command.
[[nodiscard]] Status parse(const Command& root, const std::vector<std::string>& arguments,
                           Parsed& parsed);

// The name nearest to `word` by edits, or empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& names);

}  // namespace sourceos::cli

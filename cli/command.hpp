// A command, told once as data: its help, its completions, its parsing and its place in the tree
// all come from here. Everything is constant-initialised, so that start-up does no work.
#pragma once

#include <span>
#include <string_view>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::cli {

class Options;
class Report;
class Text;
struct Context;

// What an option's or operand's value is: checked when parsed, offered when completed.
enum class ValueKind {
  none,  // a flag
  text,
  number,  // 0 or a positive integer
  file,
  directory,
  bundle,  // a bundle id, a prefix of one, @last, a URN, a directory or a tar
  choice,  // one of `choices`
};

enum class Repeat { once, many };

struct Option {
  std::string_view name = {};  // "--preset"
  ValueKind kind = ValueKind::none;
  std::string_view value = {};  // what the help calls the value: "FILE"
  std::string_view help = {};
  std::span<const std::string_view> choices = {};
  Repeat repeat = Repeat::once;
  char letter = 0;                                  // "-o"
  std::span<const std::string_view> spellings = {};  // accepted, not shown
};

struct Operand {
  std::string_view name;  // "BUNDLE"
  ValueKind kind = ValueKind::text;
  std::string_view help = {};
  std::size_t least = 1;
  std::size_t most = 1;
};

// What the command asks of the evidence store: `--evidence none` is refused where a store is
// needed, and a change is never made without one.
enum class StoreUse { none, optional, needed };

struct Example {
  std::string_view what;
  std::string_view line;
};

// From parsed options to a record and an exit code.
using RunFunction = Result<Report> (*)(const Options&, Context&);
// The human form, made from the record alone, so that the two cannot disagree.
using PrintFunction = void (*)(const json::Value& record, Text& text);

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view description = {};
  std::span<const Option> options = {};
  std::span<const Operand> operands = {};
  // What may follow "--", named for the help; empty: nothing may.
  std::string_view rest = {};
  std::span<const Example> examples = {};
  RunFunction run = nullptr;
  PrintFunction print = nullptr;
  std::span<const Command* const> commands = {};
  StoreUse store = StoreUse::none;
};

inline constexpr std::size_t k_any_number = static_cast<std::size_t>(-1);

}  // namespace sourceos::cli

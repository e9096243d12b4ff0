#include "cli/parser.hpp"

#include <array>

#include "cli/report.hpp"
#include "core/json/json.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

Result<Report> nothing(const Options&, Context&) { return Report(new_record("nothing")); }

constexpr std::array<std::string_view, 2> k_formats = {"text", "json"};
constexpr std::array<std::string_view, 2> k_output_spellings = {"--out", "--out-file"};
constexpr std::array k_options = {
    Option{.name = "--path", .kind = ValueKind::file, .value = "PATH", .repeat = Repeat::many},
    Option{.name = "--format", .kind = ValueKind::choice, .value = "F", .choices = k_formats},
    Option{.name = "--jobs", .kind = ValueKind::number, .value = "N"},
    Option{.name = "--output",
           .kind = ValueKind::file,
           .value = "PATH",
           .letter = 'o',
           .spellings = k_output_spellings},
    Option{.name = "--fast", .letter = 'f'},
};
constexpr std::array k_operands = {Operand{.name = "BUNDLE", .kind = ValueKind::bundle},
                                   Operand{.name = "ENTRY", .least = 0}};
const Command k_leaf = {.name = "show",
                        .summary = "",
                        .options = k_options,
                        .operands = k_operands,
                        .rest = "ARGV",
                        .run = nothing};
constexpr std::array<const Command*, 1> k_group_commands = {&k_leaf};
const Command k_group = {.name = "evidence", .summary = "", .commands = k_group_commands};
constexpr std::array<const Command*, 1> k_root_commands = {&k_group};
const Command k_root = {.name = "sourceosctl", .summary = "", .commands = k_root_commands};

Parsed good(const std::vector<std::string>& arguments) {
  Parsed parsed;
  const Status status = parse(k_root, arguments, parsed);
  REQUIRE_MESSAGE(status.has_value(), status.error().message);
  return parsed;
}

std::string complaint(const std::vector<std::string>& arguments) {
  Parsed parsed;
  const Status status = parse(k_root, arguments, parsed);
  REQUIRE_FALSE(status.has_value());
  CHECK(status.error().kind == ErrorKind::usage);
  return status.error().message;
}

}  // namespace

TEST_CASE("words lead down the tree and the rest are operands") {
  const Parsed parsed = good({"evidence", "show", "@last", "facts/git.json"});
  CHECK(parsed.command == &k_leaf);
  CHECK(parsed.path == std::vector<std::string>{"evidence", "show"});
  CHECK(parsed.options.operands() == std::vector<std::string>{"@last", "facts/git.json"});
}

TEST_CASE("options stand anywhere and take their value in every usual spelling") {
  const Parsed parsed = good({"--json", "evidence", "show", "--path", "a", "b", "--path=c", "-of",
                              "--jobs", "4", "-f"});
  CHECK(parsed.options.has("--json"));
  CHECK(parsed.options.values("--path") == std::vector<std::string>{"a", "c"});
  CHECK(parsed.options.value("--output") == "f");
  CHECK(parsed.options.number("--jobs") == 4);
  CHECK(parsed.options.has("--fast"));
  CHECK(parsed.options.operands() == std::vector<std::string>{"b"});
}

TEST_CASE("another accepted spelling is the same option") {
  CHECK(good({"evidence", "show", "--out-file", "x", "b"}).options.value("--output") == "x");
}

TEST_CASE("what follows two dashes belongs to the program to be run") {
  const Parsed parsed = good({"evidence", "show", "b", "--", "make", "--json", "-x"});
  CHECK(parsed.options.rest() == std::vector<std::string>{"make", "--json", "-x"});
  CHECK_FALSE(parsed.options.has("--json"));
}

TEST_CASE("a single dash is an operand") {
  CHECK(good({"evidence", "show", "-"}).options.operands() == std::vector<std::string>{"-"});
  CHECK(good({"evidence", "show", "b", "-o", "-"}).options.value("--output") == "-");
}

TEST_CASE("an unknown option is named without its value and the nearest is offered") {
  CHECK(complaint({"evidence", "show", "b", "--ouptut=hidden"}) ==
        "unknown option '--ouptut'; did you mean '--output'?");
  CHECK(complaint({"evidence", "show", "b", "--zzzzzz"}) == "unknown option '--zzzzzz'");
  CHECK(complaint({"evidence", "show", "b", "-z"}) == "unknown option '-z'");
}

TEST_CASE("an unknown command is a usage error with a suggestion") {
  CHECK(complaint({"evidnce"}) == "unknown command 'evidnce'; did you mean 'evidence'?");
  CHECK(complaint({"evidence", "qqqqqqq"}) == "unknown command 'qqqqqqq'");
}

TEST_CASE("missing commands, operands and values are usage errors") {
  CHECK(complaint({}) == "a command is missing");
  CHECK(complaint({"evidence"}) == "'evidence' needs a command");
  CHECK(complaint({"evidence", "show"}) == "BUNDLE is missing");
  CHECK(complaint({"evidence", "show", "a", "b", "c"}) == "there is no place for 'c'");
  CHECK(complaint({"evidence", "show", "a", "--output"}) == "'--output' needs a value, PATH");
  CHECK(complaint({"evidence", "show", "a", "--output", "--fast"}) ==
        "'--output' needs a value, PATH");
  CHECK(complaint({"evidence", "show", "a", "--output="}) == "'--output' needs a value, PATH");
  CHECK(complaint({"evidence", "show", "a", "--fast=yes"}) == "'--fast' takes no value");
}

TEST_CASE("values are checked where their kind is known") {
  CHECK(complaint({"evidence", "show", "a", "--jobs", "many"}) == "'--jobs' needs a whole number");
  CHECK(complaint({"evidence", "show", "a", "--jobs=-1"}) == "'--jobs' needs a whole number");
  CHECK(complaint({"evidence", "show", "a", "--format", "jsn"}) ==
        "'--format' is one of text, json; there is 'jsn'; did you mean 'json'?");
  CHECK(complaint({"evidence", "show", "a", "--output", "x", "--output", "y"}) ==
        "'--output' is given twice");
}

TEST_CASE("help is understood at every level whatever is missing") {
  CHECK(good({"--help"}).command == &k_root);
  CHECK(good({"evidence", "-h"}).command == &k_group);
  CHECK(good({"evidence", "show", "--help"}).wants_help);
  CHECK(good({"help", "evidence", "show"}).command == &k_leaf);
  CHECK(good({"help", "evidence"}).wants_help);
}

TEST_CASE("the nearest name is near") {
  CHECK(nearest("--jsno", {"--json", "--jobs"}) == "--json");
  CHECK(nearest("coll", {"collect", "list"}) == "collect");
  CHECK(nearest("x", {"collect", "list"}).empty());
}

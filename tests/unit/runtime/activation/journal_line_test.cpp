#include "runtime/activation/journal_line.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "tests/unit/runtime/activation/journal_samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;

namespace {

std::string without_end(std::string line) {
  line.pop_back();
  return line;
}

// The sample with one field changed, still canonical.
std::string changed(const JournalLine& line, const std::function<void(json::Value&)>& change) {
  json::Value document = json::Value::parse(write_journal_line(line));
  change(document);
  return json::write_canonical(document).value();
}

void check_invalid(const std::string& text) {
  CAPTURE(text);
  const auto line = parse_journal_line(text);
  REQUIRE_FALSE(line);
  CHECK(line.error().reason == "journal-invalid");
}

}  // namespace

TEST_CASE("a line is read as it was written") {
  for (const JournalLine& line : {tests::begin_line(), tests::change_line(1),
                                  tests::change_line(3, LineStatus::undo_failed),
                                  tests::close_line(2, LineStatus::incomplete)}) {
    const auto read = parse_journal_line(without_end(write_journal_line(line)));
    REQUIRE(read);
    CHECK(*read == line);
  }
}

TEST_CASE("every word of the lists is written and read") {
  for (int undo = 0; undo <= static_cast<int>(Undo::start); ++undo) {
    CHECK_FALSE(to_string(static_cast<Undo>(undo)).empty());
  }
  for (int action = 0; action <= static_cast<int>(Action::close); ++action) {
    CHECK_FALSE(to_string(static_cast<Action>(action)).empty());
  }
  for (int place = 0; place <= static_cast<int>(Place::state); ++place) {
    CHECK_FALSE(to_string(static_cast<Place>(place)).empty());
  }
  for (int status = 0; status <= static_cast<int>(LineStatus::incomplete); ++status) {
    CHECK_FALSE(to_string(static_cast<LineStatus>(status)).empty());
  }
}

TEST_CASE("a line can name no path and no undo of its own") {
  const JournalLine line = tests::change_line(1);
  check_invalid(changed(line, [](json::Value& d) { d["target"] = "/etc/passwd"; }));
  check_invalid(changed(line, [](json::Value& d) { d["target"] = "../launcher"; }));
  check_invalid(changed(line, [](json::Value& d) { d["undo"] = "rm -rf"; }));
  check_invalid(changed(line, [](json::Value& d) { d["undo"] = 3; }));
  check_invalid(changed(line, [](json::Value& d) { d["action"] = "run"; }));
  check_invalid(changed(line, [](json::Value& d) { d["status"] = ""; }));
  check_invalid(changed(line, [](json::Value& d) { d["step"] = "a/b"; }));
  check_invalid(changed(line, [](json::Value& d) { d["txn"] = "../../../../../../../../../../../"; }));
  check_invalid(changed(line, [](json::Value& d) { d["argv"] = json::Value::array(); }));
  check_invalid(changed(line, [](json::Value& d) { d.erase("after"); }));
  check_invalid(changed(line, [](json::Value& d) { d["before"]["path"] = "x"; }));
  check_invalid(changed(line, [](json::Value& d) { d["before"]["mode"] = 010000; }));
  check_invalid(changed(line, [](json::Value& d) { d["before"] = "x"; }));
  check_invalid(changed(line, [](json::Value& d) { d["v"] = 2; }));
  check_invalid(changed(line, [](json::Value& d) { d["v"] = 0; }));
}

TEST_CASE("an undo fits what it undoes") {
  const JournalLine line = tests::change_line(1);
  check_invalid(changed(line, [](json::Value& d) { d["target"] = "service"; }));
  check_invalid(changed(line, [](json::Value& d) { d["undo"] = "stop"; }));
  check_invalid(changed(line, [](json::Value& d) { d["before"]["sha256"] = nullptr; }));
  check_invalid(changed(line, [](json::Value& d) { d["before"]["mode"] = nullptr; }));
  check_invalid(changed(line, [](json::Value& d) { d["target"] = "declaration"; }));
}

TEST_CASE("a transaction opens and closes in one way") {
  check_invalid(changed(tests::begin_line(), [](json::Value& d) { d["seq"] = 1; }));
  check_invalid(changed(tests::begin_line(), [](json::Value& d) { d["status"] = "intent"; }));
  check_invalid(changed(tests::begin_line(), [](json::Value& d) { d["before"]["sha256"] = nullptr; }));
  check_invalid(changed(tests::begin_line(), [](json::Value& d) { d["target"] = "launcher"; }));
  check_invalid(changed(tests::close_line(1), [](json::Value& d) { d["status"] = "done"; }));
  check_invalid(changed(tests::change_line(1), [](json::Value& d) { d["status"] = "committed"; }));
}

TEST_CASE("a line that is not canonical is none") {
  const std::string line = without_end(write_journal_line(tests::change_line(1)));
  check_invalid(line + " ");
  check_invalid("");
  check_invalid("[]");
  check_invalid(line.substr(0, line.size() - 1));
  check_invalid(std::string(100'000, ' '));
}

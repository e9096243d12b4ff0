#include "runtime/activation/journal.hpp"

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "host/fault.hpp"
#include "runtime/activation/limits.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/activation/journal_samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using tests::begin_line;
using tests::change_line;
using tests::close_line;
using tests::journal_of;

namespace {

void check_invalid(const std::string& text, std::string_view says) {
  const auto journal = parse_journal(text);
  REQUIRE_FALSE(journal);
  CHECK(journal.error().reason == "journal-invalid");
  CHECK_MESSAGE(journal.error().message.find(says) != std::string::npos, journal.error().message);
}

}  // namespace

TEST_CASE("a journal without an end has an open transaction") {
  const std::vector<JournalLine> ended = {begin_line(), change_line(1),
                                          change_line(1, LineStatus::done), close_line(2)};
  CHECK(open_transaction(parse_journal(journal_of(ended)).value()).empty());
  CHECK(open_transaction(parse_journal("").value()).empty());

  std::vector<JournalLine> open = ended;
  JournalLine second = begin_line("ffffffffffffffffffffffffffffffff");
  open.push_back(second);
  const auto lines = open_transaction(parse_journal(journal_of(open)).value());
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().transaction == second.transaction);
}

TEST_CASE("a line that was being written when the process died is left out") {
  const std::string whole = journal_of({begin_line(), change_line(1)});
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto journal = parse_journal(std::string_view(whole).substr(0, size));
    REQUIRE(journal);
    CHECK(journal->lines.size() == (size < first ? 0 : size < whole.size() ? 1 : 2));
  }
}

TEST_CASE("a journal whose lines were changed, dropped, added or moved is not followed") {
  const std::vector<JournalLine> lines = {begin_line(), change_line(1),
                                          change_line(1, LineStatus::done), close_line(2)};
  const std::string text = journal_of(lines);
  const std::size_t second = text.find('\n') + 1;
  const std::size_t third = text.find('\n', second) + 1;
  check_invalid(text.substr(second), "line 1");
  check_invalid(text.substr(0, second) + text.substr(third), "does not follow");
  std::string changed = text;
  changed.replace(changed.find("restore-file"), 12, "restore-life");
  check_invalid(changed, "line 2");
  check_invalid(text + text, "does not follow");
  check_invalid(text + "{}\n", "line 5");
}

TEST_CASE("what follows what is fixed") {
  check_invalid(journal_of({change_line(1)}), "no open transaction");
  check_invalid(journal_of({begin_line(), begin_line()}), "before the last one ended");
  check_invalid(journal_of({begin_line(), change_line(2)}), "expected number 1");
  check_invalid(journal_of({begin_line(), change_line(1, LineStatus::done)}), "did not begin");
  check_invalid(journal_of({begin_line(), close_line(1), change_line(1)}), "no open transaction");
  check_invalid(journal_of({begin_line(), change_line(1), change_line(1, LineStatus::done),
                            change_line(1, LineStatus::done)}),
                "second time");
  JournalLine other = change_line(1, LineStatus::done);
  other.target = Place::definition;
  check_invalid(journal_of({begin_line(), change_line(1), other}), "differs");
  JournalLine foreign = change_line(1);
  foreign.transaction = std::string(32, 'a');
  check_invalid(journal_of({begin_line(), foreign}), "no open transaction");
}

TEST_CASE("what is appended is read again, chained") {
  const tests::TemporaryDirectory directory;
  const auto file = directory / "journal.jsonl";
  {
    auto journal = Journal::open(file);
    REQUIRE(journal);
    REQUIRE(journal->append(begin_line()));
    REQUIRE(journal->append(change_line(1)));
  }
  auto again = Journal::open(file);
  REQUIRE(again);
  REQUIRE(again->append(change_line(1, LineStatus::done)));
  REQUIRE(again->append(close_line(2)));
  const auto read = parse_journal(tests::read_file(file));
  REQUIRE(read);
  CHECK(read->lines.size() == 4);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms(0077)) ==
        std::filesystem::perms::none);
}

TEST_CASE("opening cuts a torn line, and the next line follows the last whole one") {
  const tests::TemporaryDirectory directory;
  const std::string torn = journal_of({begin_line()}) + "{\"action\":";
  const auto file = directory.write("journal.jsonl", torn);
  auto journal = Journal::open(file);
  REQUIRE(journal);
  REQUIRE(journal->append(change_line(1)));
  CHECK(parse_journal(tests::read_file(file)).value().lines.size() == 2);
}

TEST_CASE("a line that cannot be written leaves nothing of itself") {
  const tests::TemporaryDirectory directory;
  const auto file = directory / "journal.jsonl";
  auto journal = Journal::open(file);
  REQUIRE(journal);
  REQUIRE(journal->append(begin_line()));
  for (const char* fault : {"journal.write", "journal.write:timeout", "journal.write:enospc"}) {
    REQUIRE(host::arm_faults(fault));
    CHECK_FALSE(journal->append(change_line(1)));
    REQUIRE(host::arm_faults(""));
  }
  REQUIRE(journal->append(change_line(1)));
  CHECK(parse_journal(tests::read_file(file)).value().lines.size() == 2);
}

TEST_CASE("a journal behind a link is not opened") {
  const tests::TemporaryDirectory directory;
  const auto file = directory.write("elsewhere", "");
  std::filesystem::create_symlink(file, directory / "journal.jsonl");
  CHECK_FALSE(Journal::open(directory / "journal.jsonl"));
}

TEST_CASE("a large journal is put aside once nothing is open") {
  const tests::TemporaryDirectory directory;
  const auto file = directory / "journal.jsonl";
  std::vector<JournalLine> lines;
  while (journal_of(lines).size() < limits::k_journal_rotate_bytes) {
    for (int i = 0; i < 100; ++i) {
      lines.insert(lines.end(), {begin_line(), close_line(1)});
    }
  }
  std::vector<JournalLine> open = lines;
  open.push_back(begin_line());
  directory.write("journal.jsonl", journal_of(open));
  REQUIRE(Journal::rotate(file));
  CHECK(std::filesystem::exists(file));

  directory.write("journal.jsonl", journal_of(lines));
  REQUIRE(Journal::rotate(file));
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(std::filesystem::exists(directory / "journal.1.jsonl"));
  auto journal = Journal::open(file);
  REQUIRE(journal);
  CHECK(journal->append(begin_line()));
}

// A journal that is read is written with the same bytes, up to its torn last line; and what of it is
// open begins a transaction.
#include "runtime/activation/journal.hpp"

#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::as_text(data, size);
  const auto journal = runtime::parse_journal(text);
  if (!journal) {
    fuzz::require(journal.error().reason == "journal-invalid", "the reason is the one told");
    return 0;
  }
  std::string again;
  for (const runtime::JournalLine& line : journal->lines) {
    again += runtime::write_journal_line(line);
  }
  fuzz::require(again == text.substr(0, journal->bytes), "a journal is written again");
  fuzz::require(text.find('\n', journal->bytes) == std::string_view::npos, "only a torn line is left");
  const auto open = runtime::open_transaction(*journal);
  fuzz::require(open.empty() || open.front().action == runtime::Action::begin,
                "an open transaction begins");
  return 0;
}

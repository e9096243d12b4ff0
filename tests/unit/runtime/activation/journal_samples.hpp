// Lines of a journal for tests.
#pragma once

#include <string>
#include <vector>

#include "runtime/activation/journal.hpp"

namespace sourceos::tests {

inline const std::string k_transaction = "00112233445566778899aabbccddeeff";

inline runtime::JournalLine begin_line(std::string transaction = k_transaction) {
  runtime::JournalLine line;
  line.transaction = std::move(transaction);
  line.step = "install";
  line.action = runtime::Action::begin;
  line.before.sha256 = bundle::sha256("declaration");
  line.status = runtime::LineStatus::done;
  return line;
}

inline runtime::JournalLine change_line(std::uint64_t seq,
                                        runtime::LineStatus status = runtime::LineStatus::intent) {
  runtime::JournalLine line;
  line.transaction = k_transaction;
  line.seq = seq;
  line.step = "install";
  line.action = runtime::Action::write_file;
  line.target = runtime::Place::launcher;
  line.before.exists = true;
  line.before.sha256 = bundle::sha256("old");
  line.before.mode = 0755;
  line.after = bundle::sha256("new");
  line.undo = runtime::Undo::restore_file;
  line.status = status;
  return line;
}

inline runtime::JournalLine close_line(
    std::uint64_t seq, runtime::LineStatus status = runtime::LineStatus::committed) {
  runtime::JournalLine line;
  line.transaction = k_transaction;
  line.seq = seq;
  line.step = "report";
  line.action = runtime::Action::close;
  line.status = status;
  return line;
}

// Chained, as a journal has them.
inline std::string journal_of(std::vector<runtime::JournalLine> lines) {
  std::string text;
  bundle::Digest previous;
  for (runtime::JournalLine& line : lines) {
    line.previous = previous;
    const std::string bytes = runtime::write_journal_line(line);
    previous = bundle::sha256(bytes);
    text += bytes;
  }
  return text;
}

}  // namespace sourceos::tests

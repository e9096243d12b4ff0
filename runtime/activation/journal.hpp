// An agent's journal, `journal.jsonl` in its state directory: before each change of the host a
// durable line, after it another; each line carries the digest of the one before. At most one
// transaction is open, and it is the last one in the file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "host/files.hpp"
#include "runtime/activation/journal_line.hpp"

namespace sourceos::runtime {

// The lines of a whole journal, checked: chain, numbers, order of statuses, nothing after an end.
// A last line without LF was being written when the process died: it is left out.
struct JournalText {
  std::vector<JournalLine> lines;
  std::size_t bytes = 0;     // up to and with the last whole line
  bundle::Digest last;       // digest of the last whole line; zeros when there is none
};
// `malformed`, reason "journal-invalid", with the number of the line.
[[nodiscard]] Result<JournalText> parse_journal(std::string_view text);

// The lines of the transaction that has no end, or none.
[[nodiscard]] std::vector<JournalLine> open_transaction(const JournalText& journal);

// Whether what it tells ended with a disable of ours: launchd keeps a label disabled until somebody
// enables it again.
[[nodiscard]] bool left_disabled(const JournalText& journal);

class Journal {
 public:
  // Makes the file when it is missing, cuts a torn last line.
  [[nodiscard]] static Result<Journal> open(const std::filesystem::path& file);

  [[nodiscard]] const JournalText& text() const { return text_; }
  // Sets `previous`, appends and syncs. Fault point "journal.write", in the middle of the bytes.
  [[nodiscard]] Status append(JournalLine line);
  // A journal that has grown large and has no open transaction is put aside as `journal.1.jsonl`;
  // the next transaction begins a chain of its own.
  [[nodiscard]] static Status rotate(const std::filesystem::path& file);

 private:
  Journal(host::Descriptor descriptor, JournalText text)
      : descriptor_(std::move(descriptor)), text_(std::move(text)) {}

  host::Descriptor descriptor_;
  JournalText text_;
};

}  // namespace sourceos::runtime

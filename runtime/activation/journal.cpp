#include "runtime/activation/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "host/fault.hpp"
#include "runtime/activation/limits.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

Error at_line(Error error, std::size_t number) {
  error.message = fmt::format("line {} of the journal: {}", number, error.message);
  return error;
}

std::unexpected<Error> invalid(std::string what) {
  return fail(ErrorKind::malformed, "journal-invalid", std::move(what));
}

// What may follow what within one transaction.
class OrderCheck {
 public:
  Status take(const JournalLine& line) {
    if (line.action == Action::begin) {
      if (is_open_) {
        return invalid("a transaction begins before the last one ended");
      }
      *this = OrderCheck();
      is_open_ = true;
      transaction_ = line.transaction;
      return {};
    }
    if (!is_open_ || line.transaction != transaction_) {
      return invalid("it belongs to no open transaction");
    }
    if (line.action == Action::close) {
      is_open_ = false;
      return {};
    }
    return take_change(line);
  }

 private:
  // The same change in all but its status.
  static bool is_same(const JournalLine& one, const JournalLine& other) {
    return one.step == other.step && one.action == other.action && one.target == other.target &&
           one.before == other.before && one.after == other.after && one.undo == other.undo;
  }

  Status take_change(const JournalLine& line) {
    if (line.status == LineStatus::intent) {
      if (line.seq != changes_.size() + 1) {
        return invalid(fmt::format("expected number {}, there is {}", changes_.size() + 1, line.seq));
      }
      changes_.push_back(line);
      return {};
    }
    if (line.seq == 0 || line.seq > changes_.size()) {
      return invalid("it ends a change that did not begin");
    }
    JournalLine& change = changes_[line.seq - 1];
    if (!is_same(change, line)) {
      return invalid("it differs from the change that it ends");
    }
    const bool ends = line.status == LineStatus::done || line.status == LineStatus::failed;
    if (ends && change.status != LineStatus::intent) {
      return invalid("it ends a change a second time");
    }
    change.status = line.status;
    return {};
  }

  bool is_open_ = false;
  std::string transaction_;
  std::vector<JournalLine> changes_;
};

}  // namespace

Result<JournalText> parse_journal(std::string_view text) {
  JournalText journal;
  OrderCheck order;
  while (journal.bytes < text.size()) {
    const std::size_t end = text.find('\n', journal.bytes);
    if (end == std::string_view::npos) {
      break;
    }
    const std::size_t number = journal.lines.size() + 1;
    if (number > limits::k_journal_lines_max) {
      return invalid(fmt::format("expected up to {} lines", limits::k_journal_lines_max));
    }
    auto line = parse_journal_line(text.substr(journal.bytes, end - journal.bytes));
    if (!line) {
      return fail(at_line(std::move(line).error(), number));
    }
    if (line->previous != journal.last) {
      return fail(at_line(invalid("it does not follow the line before").error(), number));
    }
    if (const Status fits = order.take(*line); !fits) {
      return fail(at_line(fits.error(), number));
    }
    journal.last = bundle::sha256(text.substr(journal.bytes, end + 1 - journal.bytes));
    journal.bytes = end + 1;
    journal.lines.push_back(std::move(*line));
  }
  return journal;
}

std::vector<JournalLine> open_transaction(const JournalText& journal) {
  if (journal.lines.empty() || journal.lines.back().action == Action::close) {
    return {};
  }
  std::size_t first = journal.lines.size();
  while (first > 0 && journal.lines[first - 1].action != Action::close) {
    --first;
  }
  return {journal.lines.begin() + static_cast<std::ptrdiff_t>(first), journal.lines.end()};
}

bool left_disabled(const JournalText& journal) {
  bool is_disabled = false;
  for (const JournalLine& line : journal.lines) {
    const bool was_done = line.status == LineStatus::done;
    const bool was_undone = line.status == LineStatus::undone;
    if ((was_done && line.action == Action::disable) || (was_undone && line.undo == Undo::disable)) {
      is_disabled = true;
    } else if ((was_done && line.action == Action::enable) || (was_undone && line.undo == Undo::enable)) {
      is_disabled = false;
    }
  }
  return is_disabled;
}

Result<Journal> Journal::open(const fs::path& file) {
  host::Descriptor descriptor(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!descriptor) {
    return fail(system_error(errno, fmt::format("open '{}'", file.native())));
  }
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      host::read_all(descriptor, limits::k_journal_bytes_max));
  SOURCEOS_TRY_ASSIGN(JournalText journal, parse_journal(text));
  if (journal.bytes < text.size() &&
      ::ftruncate(descriptor.get(), static_cast<off_t>(journal.bytes)) != 0) {
    return fail(system_error(errno, "cut a torn line of the journal"));
  }
  SOURCEOS_TRY(host::sync_directory(file.parent_path()));
  return Journal(std::move(descriptor), std::move(journal));
}

Status Journal::append(JournalLine line) {
  line.previous = text_.last;
  const std::string bytes = write_journal_line(line);
  const std::string_view first = std::string_view(bytes).substr(0, bytes.size() / 2);
  Status written = host::write_all(descriptor_, first);
  if (written) {
    written = host::fault_point("journal.write");
  }
  if (written) {
    written = host::write_all(descriptor_, std::string_view(bytes).substr(first.size()));
  }
  if (written) {
    written = host::sync_file(descriptor_);
  }
  if (!written) {
    // Half a line must not stay in front of the next one. If cutting fails too, the next reader
    // finds a torn line or an invalid journal, and says so.
    if (::ftruncate(descriptor_.get(), static_cast<off_t>(text_.bytes)) != 0) {
      return fail(system_error(errno, "cut a torn line of the journal"));
    }
    return fail(std::move(written).error().with_context("write the journal"));
  }
  text_.last = bundle::sha256(bytes);
  text_.bytes += bytes.size();
  text_.lines.push_back(std::move(line));
  return {};
}

Status Journal::rotate(const fs::path& file) {
  const auto facts = host::describe(file);
  if (!facts || facts->size < limits::k_journal_rotate_bytes) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const Journal journal, open(file));
  if (!open_transaction(journal.text()).empty()) {
    return {};
  }
  const fs::path old = file.parent_path() / "journal.1.jsonl";
  std::error_code failure;
  fs::rename(file, old, failure);
  if (failure) {
    return fail(system_error(failure.value(), fmt::format("put '{}' aside", file.native())));
  }
  return host::sync_directory(file.parent_path());
}

}  // namespace sourceos::runtime

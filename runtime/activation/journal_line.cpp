// Grammar, version 1. Each line is canonical JSON with exactly these fields:
//
//   { "action", "after": hex|null, "before": { "active": bool|null, "enabled": bool|null,
//     "exists": bool|null, "mode": number|null, "sha256": hex|null }, "previous": hex, "seq",
//     "status", "step", "target", "txn", "undo", "v": 1 }
//
// and these rules:
//   * `begin` and `close` have the target `declaration` and no undo; only `close` has one of the
//     statuses committed, rolled-back, incomplete
//   * `restore-file` needs before.sha256 and before.mode; `restore-file` and `remove-file` fit
//     places that are files or directories, the other undos fit `service` (`reload` too)
#include "runtime/activation/journal_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "runtime/activation/limits.hpp"

namespace sourceos::runtime {

namespace {

template <class T>
struct Word {
  T value;
  std::string_view text;
};

constexpr std::array k_actions = {
    Word{Action::begin, "begin"},
    Word{Action::write_file, "write-file"},
    Word{Action::make_directory, "make-directory"},
    Word{Action::reload, "reload"},
    Word{Action::enable, "enable"},
    Word{Action::disable, "disable"},
    Word{Action::start, "start"},
    Word{Action::stop, "stop"},
    Word{Action::record_state, "record-state"},
    Word{Action::close, "close"},
};

constexpr std::array k_places = {
    Word{Place::declaration, "declaration"},
    Word{Place::launcher_directory, "launcher-directory"},
    Word{Place::launcher, "launcher"},
    Word{Place::authfile_directory, "authfile-directory"},
    Word{Place::authfile, "authfile"},
    Word{Place::log_directory, "log-directory"},
    Word{Place::stdout_directory, "stdout-directory"},
    Word{Place::stderr_directory, "stderr-directory"},
    Word{Place::provenance, "provenance"},
    Word{Place::definition_directory, "definition-directory"},
    Word{Place::definition, "definition"},
    Word{Place::service, "service"},
    Word{Place::state, "state"},
};

constexpr std::array k_undos = {
    Word{Undo::none, "none"},
    Word{Undo::restore_file, "restore-file"},
    Word{Undo::remove_file, "remove-file"},
    Word{Undo::disable, "disable"},
    Word{Undo::enable, "enable"},
    Word{Undo::reload, "reload"},
    Word{Undo::stop, "stop"},
    Word{Undo::start, "start"},
};

constexpr std::array k_statuses = {
    Word{LineStatus::intent, "intent"},
    Word{LineStatus::done, "done"},
    Word{LineStatus::failed, "failed"},
    Word{LineStatus::undone, "undone"},
    Word{LineStatus::undo_failed, "undo-failed"},
    Word{LineStatus::committed, "committed"},
    Word{LineStatus::rolled_back, "rolled-back"},
    Word{LineStatus::incomplete, "incomplete"},
};

template <class T, std::size_t N>
std::string_view word_of(const std::array<Word<T>, N>& words, T value) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const Word<T>& word) { return word.value == value; });
  return found == words.end() ? std::string_view() : found->text;
}

constexpr std::size_t k_transaction_digits = 32;
constexpr std::size_t k_step_bytes_max = 32;
constexpr std::uint64_t k_mode_max = 07777;

std::unexpected<Error> invalid(std::string what) {
  return fail(ErrorKind::malformed, "journal-invalid", std::move(what));
}

template <class T, std::size_t N>
Result<T> value_of(const std::array<Word<T>, N>& words, const json::Value& object,
                   const char* name) {
  if (!object.at(name).is_string()) {
    return invalid(fmt::format("expected a word as '{}'", name));
  }
  const std::string& text = object.at(name).get_ref<const std::string&>();
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const Word<T>& word) { return word.text == text; });
  if (found == words.end()) {
    return invalid(fmt::format("'{}' has a word of no list", name));
  }
  return found->value;
}

template <std::size_t N>
Status check_keys(const json::Value& object, const std::array<std::string_view, N>& keys) {
  if (!object.is_object() || object.size() != N) {
    return invalid(fmt::format("expected an object of {} fields", N));
  }
  for (const std::string_view key : keys) {
    if (!object.contains(key)) {
      return invalid(fmt::format("expected a field '{}'", key));
    }
  }
  return {};
}

Result<std::optional<bool>> flag_at(const json::Value& object, const char* name) {
  const json::Value& value = object.at(name);
  if (value.is_null()) {
    return std::optional<bool>();
  }
  if (!value.is_boolean()) {
    return invalid(fmt::format("expected true, false or null as '{}'", name));
  }
  return std::optional(value.get<bool>());
}

Result<std::optional<bundle::Digest>> digest_at(const json::Value& object, const char* name) {
  const json::Value& value = object.at(name);
  if (value.is_null()) {
    return std::optional<bundle::Digest>();
  }
  if (!value.is_string()) {
    return invalid(fmt::format("expected a digest or null as '{}'", name));
  }
  const auto digest = bundle::Digest::parse_hex(value.get_ref<const std::string&>());
  if (!digest) {
    return invalid(fmt::format("'{}' is no digest", name));
  }
  return std::optional(*digest);
}

Result<std::uint64_t> number_at(const json::Value& object, const char* name, std::uint64_t most) {
  const json::Value& value = object.at(name);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
    return invalid(fmt::format("expected a number up to {} as '{}'", most, name));
  }
  return value.get<std::uint64_t>();
}

Result<Before> parse_before(const json::Value& object) {
  constexpr std::array<std::string_view, 5> k_keys = {"active", "enabled", "exists", "mode",
                                                      "sha256"};
  SOURCEOS_TRY(check_keys(object, k_keys));
  Before before;
  SOURCEOS_TRY_ASSIGN(before.active, flag_at(object, "active"));
  SOURCEOS_TRY_ASSIGN(before.enabled, flag_at(object, "enabled"));
  SOURCEOS_TRY_ASSIGN(before.exists, flag_at(object, "exists"));
  SOURCEOS_TRY_ASSIGN(before.sha256, digest_at(object, "sha256"));
  if (!object.at("mode").is_null()) {
    SOURCEOS_TRY_ASSIGN(const std::uint64_t mode, number_at(object, "mode", k_mode_max));
    before.mode = static_cast<std::uint32_t>(mode);
  }
  return before;
}

bool is_closing(LineStatus status) {
  return status == LineStatus::committed || status == LineStatus::rolled_back ||
         status == LineStatus::incomplete;
}

bool fits(Undo undo, Place place) {
  switch (undo) {
    case Undo::none: return true;
    case Undo::restore_file:
    case Undo::remove_file: return place != Place::declaration && place != Place::service;
    case Undo::reload:
    case Undo::disable:
    case Undo::enable:
    case Undo::stop:
    case Undo::start: return place == Place::service;
  }
  return false;
}

Status check_rules(const JournalLine& line) {
  const bool is_frame = line.action == Action::begin || line.action == Action::close;
  if (is_frame && (line.target != Place::declaration || line.undo != Undo::none)) {
    return invalid("a transaction opens and closes on its declaration, with nothing to undo");
  }
  if (!is_frame && line.target == Place::declaration) {
    return invalid("a declaration is not changed");
  }
  if ((line.action == Action::close) != is_closing(line.status)) {
    return invalid("how a transaction ended stands in its last line and in no other");
  }
  if (line.action == Action::begin &&
      (line.seq != 0 || line.status != LineStatus::done || !line.before.sha256)) {
    return invalid("a transaction begins with number 0 and the digest of its declaration");
  }
  if (!fits(line.undo, line.target)) {
    return invalid(fmt::format("'{}' cannot undo a change of '{}'", to_string(line.undo),
                               to_string(line.target)));
  }
  if (line.undo == Undo::restore_file && (!line.before.sha256 || !line.before.mode)) {
    return invalid("what is restored needs a digest and a mode");
  }
  return {};
}

bool is_step(std::string_view text) {
  return !text.empty() && text.size() <= k_step_bytes_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

json::Value or_null(const std::optional<bundle::Digest>& digest) {
  return digest ? json::Value(digest->hex()) : json::Value(nullptr);
}

template <class T>
json::Value or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

}  // namespace

std::string_view to_string(Action action) { return word_of(k_actions, action); }
std::string_view to_string(Place place) { return word_of(k_places, place); }
std::string_view to_string(Undo undo) { return word_of(k_undos, undo); }
std::string_view to_string(LineStatus status) { return word_of(k_statuses, status); }

std::string write_journal_line(const JournalLine& line) {
  const json::Value document = {
      {"action", to_string(line.action)},
      {"after", or_null(line.after)},
      {"before",
       {{"active", or_null(line.before.active)},
        {"enabled", or_null(line.before.enabled)},
        {"exists", or_null(line.before.exists)},
        {"mode", or_null(line.before.mode)},
        {"sha256", or_null(line.before.sha256)}}},
      {"previous", line.previous.hex()},
      {"seq", line.seq},
      {"status", to_string(line.status)},
      {"step", line.step},
      {"target", to_string(line.target)},
      {"txn", line.transaction},
      {"undo", to_string(line.undo)},
      {"v", 1},
  };
  // Words of ours, digits and hex: always within the canonical subset.
  return json::write_canonical(document).value_or("") + "\n";
}

Result<JournalLine> parse_journal_line(std::string_view text) {
  constexpr std::array<std::string_view, 11> k_keys = {
      "action", "after", "before", "previous", "seq", "status", "step", "target", "txn", "undo", "v"};
  const auto document = json::parse_canonical(text, {.bytes_max = limits::k_journal_line_bytes_max});
  if (!document) {
    return invalid(fmt::format("expected canonical JSON: {}", document.error().message));
  }
  SOURCEOS_TRY(check_keys(*document, k_keys));
  JournalLine line;
  SOURCEOS_TRY_ASSIGN(const std::uint64_t version, number_at(*document, "v", 1));
  SOURCEOS_TRY_ASSIGN(line.seq, number_at(*document, "seq", limits::k_journal_lines_max));
  SOURCEOS_TRY_ASSIGN(line.action, value_of(k_actions, *document, "action"));
  SOURCEOS_TRY_ASSIGN(line.target, value_of(k_places, *document, "target"));
  SOURCEOS_TRY_ASSIGN(line.undo, value_of(k_undos, *document, "undo"));
  SOURCEOS_TRY_ASSIGN(line.status, value_of(k_statuses, *document, "status"));
  SOURCEOS_TRY_ASSIGN(line.before, parse_before(document->at("before")));
  SOURCEOS_TRY_ASSIGN(line.after, digest_at(*document, "after"));
  SOURCEOS_TRY_ASSIGN(const auto previous, digest_at(*document, "previous"));
  if (version != 1 || !previous || !document->at("txn").is_string() ||
      !document->at("step").is_string()) {
    return invalid("expected version 1, the digest of the line before, 'txn' and 'step'");
  }
  line.previous = *previous;
  line.transaction = document->at("txn").get<std::string>();
  line.step = document->at("step").get<std::string>();
  if (line.transaction.size() != k_transaction_digits || !is_lower_hex(line.transaction) ||
      !is_step(line.step)) {
    return invalid("expected 32 hex digits as 'txn' and a word as 'step'");
  }
  SOURCEOS_TRY(check_rules(line));
  return line;
}

}  // namespace sourceos::runtime

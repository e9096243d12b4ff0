// The only text and bytes that a bundle takes: what has been through redaction.
//
// Promise 1 of the design is a type: everything that the writer, the record, an intent or the
// log stores as free text is a RedactedText, a Redacted or a RedactedBlock, and only
// redact::Pipeline can make one from run-time bytes. Words that the program itself spells
// (collector names, states, reasons) are made from string literals at compile time.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sourceos::redact {
class Pipeline;
class StreamRedactor;
}  // namespace sourceos::redact

namespace sourceos::bundle {

// A string literal and nothing else: the constructor runs at compile time only.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {}  // NOLINT: implicit by intent
  [[nodiscard]] constexpr std::string_view view() const { return text_; }

 private:
  std::string_view text_;
};

// One string that may be stored and shown (subject to text::for_display).
class RedactedText {
 public:
  RedactedText() = default;
  RedactedText(Literal literal) : text_(literal.view()) {}  // NOLINT: implicit by intent
  // Decimal digits and lower-case hex carry no free text.
  [[nodiscard]] static RedactedText number(std::uint64_t value) {
    return RedactedText(std::to_string(value));
  }
  // 64 (or 32, 16) lower-case hex digits of a digest that we computed.
  [[nodiscard]] static RedactedText digest_hex(const class Digest& digest);

  [[nodiscard]] const std::string& str() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  // Joins what is redacted already.
  RedactedText& operator+=(const RedactedText& other) {
    text_ += other.text_;
    return *this;
  }
  auto operator<=>(const RedactedText&) const = default;

 private:
  friend class redact::Pipeline;
  friend class redact::StreamRedactor;
  friend class OwnedBlock;
  // A template so that a literal never fits: it takes the public way.
  template <std::same_as<std::string> String>
  explicit RedactedText(String text) : text_(std::move(text)) {}
  std::string text_;
};

// A JSON value whose every string and every key went through redaction, as canonical bytes.
class RedactedJson {
 public:
  RedactedJson() = default;
  [[nodiscard]] const std::string& canonical() const { return canonical_; }

 private:
  friend class redact::Pipeline;
  explicit RedactedJson(std::string canonical) : canonical_(std::move(canonical)) {}
  std::string canonical_ = "null";
};

struct NamedCount {
  std::string name;  // a rule id or class: [a-z0-9.-]+
  std::uint64_t value = 0;
  auto operator<=>(const NamedCount&) const = default;
};

// What redaction says about one entry; part of its index line.
struct RedactionRecord {
  std::vector<NamedCount> rules;    // sorted by name, no zero counts
  std::vector<NamedCount> classes;  // likewise; not in the index line, summed into the record
  std::uint64_t known = 0;          // places where a taught value stood
  std::uint64_t foreign = 0;        // placeholders that were in the input already
  std::uint64_t bytes_scanned = 0;  // exact; the index line rounds it when there was a hit (S-31)
  bool complete = true;
  std::vector<std::string> limits;  // names of the limits that made it incomplete
  std::optional<std::string> commitment;  // 64 hex digits

  // Something was masked (a placeholder that was there before does not count).
  [[nodiscard]] bool has_hit() const { return !rules.empty() || known > 0; }
};

enum class Severity { low, medium, high };

// Something a reader should look at. Offsets are in the entry's redacted bytes.
struct Finding {
  RedactedText rule_id;
  Severity severity = Severity::low;
  std::string entry;  // entry path; filled in by whoever knows it
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t line = 1;  // counted from 1
  RedactedText excerpt;
};

// A whole entry.
class Redacted {
 public:
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] const RedactionRecord& record() const { return record_; }
  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  // Moves the bytes out, for the writer.
  [[nodiscard]] std::string take_bytes() && { return std::move(bytes_); }

 private:
  friend class redact::Pipeline;
  Redacted(std::string bytes, RedactionRecord record, std::vector<Finding> findings)
      : bytes_(std::move(bytes)), record_(std::move(record)), findings_(std::move(findings)) {}
  std::string bytes_;
  RedactionRecord record_;
  std::vector<Finding> findings_;
};

// A part of a large entry, in order. The stream's record comes at its end.
class RedactedBlock {
 public:
  // Borrows from the text.
  explicit RedactedBlock(const RedactedText& text) : bytes_(text.str()) {}
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  friend class redact::StreamRedactor;
  // Borrows from the stream's buffer: valid until its next call.
  explicit RedactedBlock(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

// A block that outlives the stream's next call.
class OwnedBlock {
 public:
  explicit OwnedBlock(const RedactedBlock& block) : text_(std::string(block.bytes())) {}
  [[nodiscard]] RedactedBlock block() const { return RedactedBlock(text_); }
  [[nodiscard]] std::size_t size() const { return text_.str().size(); }

 private:
  RedactedText text_;
};

}  // namespace sourceos::bundle

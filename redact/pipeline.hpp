// The one way from collected bytes to a bundle: secrets, personal data and known values become
// placeholders `REDACTED-<class>-<tag>`, and what was done is told beside the bytes.
//
// Two phases. First teachers (own arguments and environment, auth files, account names) put known
// values in; freeze() fixes the set; then bulk is redacted from any number of threads, and what is
// found there masks itself only, so that order and threads never matter.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/redacted.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "redact/document.hpp"

namespace sourceos::redact {

// Who runs and where: masked as class `user` and `host`; home directories become $HOME.
struct Identity {
  std::string user;
  std::string host;
  std::string home;                      // "/home/<user>", no slash at its end
  std::vector<std::string> other_users;  // accounts that may show in logs
  std::vector<std::string> other_homes;  // the same home under other spellings
};

// label, context -> 32 bytes, from the store key (Store::derive).
using KeySource =
    std::function<std::array<std::uint8_t, 32>(std::string_view label, std::string_view context)>;

struct NamedText {
  std::string name;  // for messages
  std::string text;
};

// What is let through although a rule takes it.
struct AllowList {
  std::vector<std::string> value_tags;  // 12 hex digits: the tag that the value would get
  std::vector<std::string> rules;       // rule ids whose hits stay, in paths below
  std::vector<std::string> paths;       // globs on DocumentOptions::name; with no rules: all rules
};

struct PipelineOptions {
  std::vector<NamedText> rule_files;        // further rules, as TOML text
  std::vector<std::string> disabled_rules;  // rule ids; recorded
  AllowList allow;
  std::vector<NamedText> known_values;      // one value a line, taught as operator's
  std::string tag_scope = "store";          // "store", "bundle", "audience:<name>"
  std::string run_id;                       // 32 hex digits; part of bundle scope and commitments
  Identity identity;
  bool personal_data = true;     // user, host, home, MAC, public IP, e-mail
  bool private_addresses = false;  // mask loopback, private and documentation addresses too
  bool hostile_sources = false;  // no tag for passwords (S-16)
  bool scalar = false;           // never use Vectorscan
  KeySource keys;                // empty: keys of this process only, and no rule cache
  std::optional<std::filesystem::path> cache_directory;  // compiled rules, under the state root
};

// What a record and a report say about the engine.
struct RulesetInfo {
  bundle::Digest digest;
  std::string engine;  // "vectorscan 5.4.9" or "scalar"
  std::size_t rules = 0;
  std::vector<std::string> disabled_rules;
  std::string tag_scope;
  std::string tag_key_check;  // 16 hex digits: which key made the tags, not what it is
  bool cached = false;        // the compiled rules came from the cache
  bool degraded = false;      // the self-probe failed: scalar path, finding `engine-degraded`
  std::size_t known_values = 0;
  std::size_t known_dropped = 0;  // taught past the cap of 4,096
};

// What a stream hands out at its end.
struct StreamEnd {
  bundle::RedactedBlock last;
  bundle::RedactionRecord record;
  std::vector<bundle::Finding> findings;
  std::vector<Hit> hits;
};

// One document of any size in parts. Output does not depend on how it is fed. Move-only; one
// thread at a time; the pipeline must outlive it.
class StreamRedactor {
 public:
  ~StreamRedactor();
  StreamRedactor(StreamRedactor&&) noexcept;
  StreamRedactor& operator=(StreamRedactor&&) noexcept;

  // Bytes that are ready; borrows from the stream until its next call; may be empty.
  [[nodiscard]] bundle::RedactedBlock feed(std::string_view bytes);
  // The same without a copy: where the next bytes may be put, never empty, and that so many were. What
  // room() gave is gone with the next call of any other.
  [[nodiscard]] std::span<char> room();
  [[nodiscard]] bundle::RedactedBlock feed_room(std::size_t count);
  [[nodiscard]] StreamEnd finish();
  // Hits of the parts so far, when DocumentOptions::hits; taking them empties the list.
  [[nodiscard]] std::vector<Hit> take_hits();
  // The hash of the original for its commitment (S-32), for a thread that has the bytes before
  // feed() does: it must be given all of them, in order, each before feed() gets it. May outlive
  // the stream. Empty when the document gets no commitment.
  [[nodiscard]] std::function<void(std::string_view)> take_commitment();

 private:
  friend class Pipeline;
  struct State;
  explicit StreamRedactor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Pipeline {
 public:
  // Errors of rule files and options; a broken cache or engine is no error (RulesetInfo says so).
  [[nodiscard]] static Result<std::unique_ptr<Pipeline>> create(PipelineOptions options);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // --- teachers, before freeze(); afterwards they do nothing
  enum class Trust : std::uint8_t { operator_source, hostile_source };
  void teach(std::string_view value, std::string_view klass, Trust trust);
  // Learns every secret that structured redaction and the rules find in the document.
  void teach_document(std::string_view bytes, const DocumentOptions& options, Trust trust);
  void freeze();

  // --- thread-safe after freeze(). Before it they work too, on what is known so far.
  [[nodiscard]] bundle::RedactedText text(std::string_view bytes) const;
  // Strings and keys are redacted, values under secret-looking keys masked; what canonical JSON
  // cannot hold becomes a string.
  [[nodiscard]] bundle::RedactedJson json(const json::Value& value) const;
  // A value that is a secret because of where it stood; the whole of it, as one placeholder.
  [[nodiscard]] bundle::RedactedText masked(std::string_view value, std::string_view klass) const;
  // A whole document; looks at its structure up to k_structured_bytes_max. No bytes come back when
  // DocumentOptions say that none are wanted.
  [[nodiscard]] bundle::Redacted document(std::string_view bytes, const DocumentOptions& options,
                                          std::vector<Hit>* hits = nullptr) const;
  [[nodiscard]] StreamRedactor stream(const DocumentOptions& options) const;

  [[nodiscard]] const RulesetInfo& info() const;

  // The tag that a value gets, for allow lists and baselines.
  [[nodiscard]] std::string tag_of(std::string_view value) const;
  // S-32: BLAKE2b-256, keyed for (run, path), over 8 bytes of length (little endian) and original;
  // 64 hex digits. And the 32 key bytes, for `evidence open-commitment`.
  [[nodiscard]] std::string commitment(std::string_view path, std::string_view original) const;

  struct Impl;

 private:
  explicit Pipeline(std::unique_ptr<Impl> impl);
  friend class StreamRedactor;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sourceos::redact

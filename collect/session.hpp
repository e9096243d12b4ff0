// The one way to make a bundle: begin, (intend,) collect, seal. Whoever looks at a host or acts
// on it hands artifacts to a session, which redacts, stores, signs and logs them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundle/record.hpp"
#include "bundle/store.hpp"
#include "collect/entries.hpp"
#include "collect/plan.hpp"
#include "collect/record_facts.hpp"
#include "collect/session_facts.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::host {
struct Host;
class ToolFinder;
}

namespace sourceos::collect {

struct SessionOptions {
  std::filesystem::path store;  // empty: the account's own
  std::vector<std::string> argv;          // raw; redacted before it is kept
  std::vector<std::string> command_path;  // "evidence", "collect"
  std::string toolkit_version;
  bundle::Mode mode = bundle::Mode::read_only;
  Plan plan;
  std::filesystem::path signing_key;  // empty: the account's bundle key
  unsigned jobs = 0;                  // 0: one for each core
  int compression_level = 1;

  // --- redaction
  std::vector<std::filesystem::path> rule_files;
  std::vector<std::string> disabled_rules;
  std::vector<std::filesystem::path> known_value_files;
  std::string tag_scope = "store";
  bool personal_data = true;
  bool private_addresses = false;

  // --- what the operator says about the bundle
  std::optional<std::string> nonce;  // hex
  std::optional<std::string> case_name;
  std::optional<std::string> examiner;
  std::optional<std::string> note;

  std::vector<std::filesystem::path> anchors;  // files or directories that get the checkpoint
  ProgressFunction progress;
};

// What a sealed session says about itself, for the command's report.
struct SessionReport {
  bundle::Digest id;
  std::uint64_t seq = 0;
  std::string log_id;
  std::filesystem::path store;
  std::string record;       // canonical bytes; all of it redacted
  std::vector<Gap> gaps;    // required collectors that did not deliver
  std::vector<std::string> warnings;  // for people: an anchor that failed
};

// How the command ended; decided before sealing, since it is part of what is signed.
struct SessionOutcome {
  std::uint64_t exit_code = 0;
  bundle::RunResult result = bundle::RunResult::ok;
  std::string reason;  // raw; empty: none
  std::optional<bool> started = {};  // `shell` and `run`: whether the program inside was started
};

class Session {
 public:
  // Opens the store (making it at first use), loads keys and rules. Refuses before anything is
  // collected when a bundle could not be kept: "evidence-unavailable" and the store's reasons.
  [[nodiscard]] static Result<Session> begin(host::Host& host, host::ToolFinder& tools,
                                             SessionOptions options);
  Session(Session&&) noexcept;
  ~Session();

  // A mutating command says what it is going to do before its first side effect (S-07).
  [[nodiscard]] Status intend(const json::Value& document);
  // A document of the command's own, as an entry: before collect().
  void add(Artifact artifact);
  // The same for a JSON document (integers only, as all that is signed); words are redacted.
  [[nodiscard]] Status add_json(std::vector<std::string> path, EntryKind kind, const json::Value& document);
  // What the command knows of its own run. Findings are taken by collect(), the rest by seal().
  [[nodiscard]] SessionFacts& facts();
  // Runs the plan's collectors and writes all entries. Once.
  [[nodiscard]] Status collect();
  // What required collectors did not deliver; after collect().
  [[nodiscard]] const std::vector<Gap>& gaps() const;
  [[nodiscard]] Result<SessionReport> seal(const SessionOutcome& outcome);

  [[nodiscard]] const redact::Pipeline& pipeline() const;
  // The record's hostTag of the machine with this id.
  [[nodiscard]] std::string host_tag(std::string_view machine_id) const;
  // A private directory that goes with the session.
  [[nodiscard]] const std::filesystem::path& scratch() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::collect

// What commands share below their surface: the account's store and keys, a bundle by any of its
// names, trust, and the redaction engine with the store's key.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/key.hpp"
#include "bundle/layout.hpp"
#include "bundle/store.hpp"
#include "core/result.hpp"
#include "redact/pipeline.hpp"
#include "verify/trust.hpp"

namespace sourceos::cli {

struct Context;

// --evidence DIR, or the account's own.
[[nodiscard]] std::filesystem::path store_root(const Context& context);
[[nodiscard]] bundle::KeyDirectory key_directory(const Context& context);
[[nodiscard]] std::filesystem::path local_trust_file(const Context& context);
[[nodiscard]] std::filesystem::path verifier_memory(const Context& context);
[[nodiscard]] std::filesystem::path rule_cache(const Context& context);

struct OpenStore {
  std::unique_ptr<bundle::Signer> log_signer;  // to write
  bundle::Store store;
};
[[nodiscard]] Result<OpenStore> open_store(const Context& context, bundle::StoreAccess access);
// Where the store's disk is full the next step is to look at it.
[[nodiscard]] Error with_room_advice(Error error, const Context& context);
// To write in a store that is there: what changes one makes none.
[[nodiscard]] Result<OpenStore> open_standing_store(const Context& context);

// First use of the account's keys also writes the trust file that trusts just them.
[[nodiscard]] Status ensure_local_trust(const Context& context);
// Adds keys that were made since.
[[nodiscard]] Status extend_local_trust(const Context& context);

// A bundle by what was typed: an id in any form means the store, all else is a path.
[[nodiscard]] bool looks_like_id(std::string_view operand);
struct Located {
  std::optional<OpenStore> store;  // when it came from there
  bundle::Digest id;               // likewise
  std::unique_ptr<bundle::Layout> layout;
};
[[nodiscard]] Result<Located> locate(const Context& context, const std::string& operand);

// Further options of an engine for commands that redact without a session.
struct EngineOptions {
  std::vector<std::string> rule_files;
  std::vector<std::string> disabled_rules;
  std::vector<std::string> known_files;
  redact::AllowList allow;
  std::string tag_scope = "store";
  bool personal_data = true;
  bool private_addresses = false;
  bool scalar = false;
  bool may_make_store = true;  // when there is none
  // 32 bytes that make the tags instead of the store's key, the same in every run: a baseline's.
  std::string tag_key;
};
// With the keys of the store (made at first use) tags agree with those in its bundles, and compiled
// rules are cached. Where there can be no store, or with `--evidence none`: keys of this call only.
class Engine {
 public:
  [[nodiscard]] static Result<Engine> create(const Context& context, const EngineOptions& options);
  [[nodiscard]] redact::Pipeline& pipeline() const { return *pipeline_; }

 private:
  std::unique_ptr<OpenStore> store_;
  std::unique_ptr<redact::Pipeline> pipeline_;
};

// "$HOME/x" for people and records.
[[nodiscard]] std::string shown_path(const Context& context, const std::filesystem::path& path);

}  // namespace sourceos::cli

#include "cli/judging.hpp"

#include "bundle/log/checkpoint.hpp"
#include "bundle/log/host_log.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/limits.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

Result<std::vector<bundle::PublicKey>> read_keys(const std::vector<std::string>& paths) {
  std::vector<bundle::PublicKey> keys;
  for (const std::string& path : paths) {
    SOURCEOS_TRY_ASSIGN_CONTEXT(bundle::PublicKey key, bundle::read_public_key_file(path),
                                "read key '" + path + "'");
    keys.push_back(key);
  }
  return keys;
}

// An id as commands take it: with or without its prefix.
Result<bundle::Digest> digest_of(const std::string& text, std::string_view option) {
  if (auto digest = bundle::Digest::parse(text)) {
    return digest;
  }
  if (const auto digest = bundle::Digest::parse_hex(text)) {
    return *digest;
  }
  return fail(ErrorKind::usage, "usage", std::string("'").append(option) + "' is sha256:<64 hex digits>");
}

// A trust file that is asked for must be there; what it says may still be refused, which is a check.
Result<verify::Trust> trust_from(const std::filesystem::path& file, const Options& options,
                                 const Context& context, verify::TrustMemory& memory) {
  verify::TrustRequest request;
  request.file = file;
  request.now = context.host.clock.now();
  request.version_min = options.number("--trust-min-version");
  request.memory = options.has("--no-memory") ? nullptr : &memory;
  if (const auto pin = options.value("--trust-root")) {
    SOURCEOS_TRY_ASSIGN(request.root_pin, digest_of(*pin, "--trust-root"));
  }
  verify::Trust trust = verify::load_trust(request);
  // No word on the bundle: the call names something that is not there or cannot be read.
  if (options.has("--trust") && trust.refused &&
      (trust.refused->kind == ErrorKind::not_found ||
       trust.refused->kind == ErrorKind::permission || trust.refused->kind == ErrorKind::io)) {
    return fail(*trust.refused);
  }
  return trust;
}

Result<verify::Trust> join_keys(verify::Trust file, const Options& options) {
  SOURCEOS_TRY_ASSIGN(const auto bundle_keys, read_keys(options.values("--key")));
  SOURCEOS_TRY_ASSIGN(const auto log_keys, read_keys(options.values("--log-key")));
  if (bundle_keys.empty() && log_keys.empty()) {
    return file;
  }
  return verify::join(std::move(file), verify::trust_of_keys(bundle_keys, log_keys));
}

// The file that counts: a named one, for the own store the account's, then the system's.
std::filesystem::path trust_file(const Options& options, const Context& context, verify::Where where) {
  if (const auto named = options.value("--trust")) {
    return *named;
  }
  if (where == verify::Where::own_store && host::describe(local_trust_file(context))) {
    return local_trust_file(context);
  }
  const auto shared = host::system_path(context.host.environment, "/etc/sourceos/trust.json");
  return host::describe(shared) ? shared : std::filesystem::path();
}

Result<std::unique_ptr<verify::Trust>> trust_for(const Options& options, const Context& context,
                                                 verify::Where where) {
  verify::TrustMemory memory(verifier_memory(context));
  verify::Trust trust;
  // Keys that were named stand alone: a default file adds nobody.
  const bool only_keys = options.has("--key") && !options.has("--trust");
  if (const auto file = trust_file(options, context, where); !file.empty() && !only_keys) {
    SOURCEOS_TRY_ASSIGN(trust, trust_from(file, options, context, memory));
  }
  SOURCEOS_TRY_ASSIGN(trust, join_keys(std::move(trust), options));
  return std::make_unique<verify::Trust>(std::move(trust));
}

// --checkpoint FILE counts for the log key that signed it.
Status add_checkpoints(const Options& options, const verify::Trust& trust, UtcTime now,
                       verify::CheckpointMemory& memory) {
  for (const std::string& path : options.values("--checkpoint")) {
    SOURCEOS_TRY_ASSIGN(const std::string text,
                        host::read_file(path, limits::k_config_file_bytes_max));
    SOURCEOS_TRY_ASSIGN(const auto signed_checkpoint, bundle::log::parse_checkpoint(text));
    bool is_known = false;
    for (const verify::TrustedKey* key : trust.document.keys_of(bundle::KeyRole::log)) {
      if (signed_checkpoint.verify(key->key) == bundle::log::NoteVerdict::valid) {
        memory.add_given(key->key, {signed_checkpoint.checkpoint.size,
                                    signed_checkpoint.checkpoint.root, now});
        is_known = true;
      }
    }
    if (!is_known) {
      return fail(ErrorKind::refused, "untrusted-key",
                  "no trusted log key signed the checkpoint '" + path + "'");
    }
  }
  return {};
}

}  // namespace

Result<Judging> Judging::create(const Options& options, const Context& context) {
  if (options.number("--threshold") == 0U) {
    return fail(ErrorKind::usage, "usage", "'--threshold' is at least 1: somebody must have signed");
  }
  Judging judging;
  SOURCEOS_TRY_ASSIGN(judging.path_trust_, trust_for(options, context, verify::Where::path));
  SOURCEOS_TRY_ASSIGN(judging.store_trust_, trust_for(options, context, verify::Where::own_store));
  if (const auto file = options.value("--policy")) {
    SOURCEOS_TRY_ASSIGN_CONTEXT(verify::Policy policy,
                                verify::load_policy(*file, judging.path_trust_.get()),
                                "read policy '" + *file + "'");
    judging.policy_ = std::make_unique<verify::Policy>(std::move(policy));
  }
  verify::VerifyOptions& base = judging.base_;
  base.policy = judging.policy_.get();
  base.now = context.host.clock.now();
  base.level = options.has("--fast") ? verify::Level::stored : verify::Level::full;
  base.threshold = options.number("--threshold");
  base.allow_untrusted = options.has("--allow-untrusted");
  base.allow_withheld = options.has("--allow-withheld");
  base.allow_test_seams = options.has("--allow-test-seams");
  base.subject = options.value("--subject");
  base.nonce = options.value("--nonce");
  base.max_seconds = options.number("--max-seconds").value_or(0);
  if (const auto expected = options.value("--expect")) {
    SOURCEOS_TRY_ASSIGN(base.expect, digest_of(*expected, "--expect"));
  }
  if (!options.has("--no-memory")) {
    judging.memory_ =
        std::make_unique<verify::CheckpointMemory>(verifier_memory(context) / "checkpoints");
    SOURCEOS_TRY(add_checkpoints(options, *judging.path_trust_, base.now, *judging.memory_));
    base.memory = judging.memory_.get();
  }
  for (const std::string& path : options.values("--consistency")) {
    SOURCEOS_TRY_ASSIGN(const std::string text,
                        host::read_file(path, limits::k_config_file_bytes_max));
    SOURCEOS_TRY_ASSIGN(auto proof, bundle::log::parse_consistency_proof(text));
    base.consistency.push_back(std::move(proof));
  }
  return judging;
}

verify::VerifyOptions Judging::for_path() const {
  verify::VerifyOptions options = base_;
  options.trust = path_trust_.get();
  options.where = verify::Where::path;
  return options;
}

verify::VerifyOptions Judging::for_store() const {
  verify::VerifyOptions options = base_;
  options.trust = store_trust_.get();
  options.where = verify::Where::own_store;
  return options;
}

verify::Judgement Judging::judge(Located& located) const {
  return judge(located, located.store ? for_store() : for_path());
}

verify::Judgement Judging::judge(Located& located, verify::VerifyOptions options) {
  if (located.store && !options.consistency_source) {
    // The store itself can prove how its log grew.
    options.consistency_source = [&store = located.store->store](const std::string& origin,
                                                                 std::uint64_t old_size,
                                                                 std::uint64_t new_size)
        -> std::optional<bundle::log::ConsistencyProof> {
      if (origin != store.log().checkpoint().origin) {
        return std::nullopt;
      }
      auto proof = store.log().consistency(old_size, new_size);
      return proof ? std::optional(std::move(*proof)) : std::nullopt;
    };
  }
  return verify::verify(*located.layout, options);
}

}  // namespace sourceos::cli

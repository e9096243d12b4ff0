#include "verify/trust.hpp"

#include <array>

#include <fmt/format.h>

#include "bundle/log/checkpoint.hpp"
#include "bundle/log/host_log.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/passphrase.hpp"
#include "cli/report.hpp"
#include "cli/time_option.hpp"
#include "cli/trust_changes.hpp"
#include "cli/trust_forms.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/time.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::int64_t k_year_seconds = 365 * 24 * 3600;
constexpr std::array<std::string_view, 5> k_roles = {"bundle", "log", "root", "sidecar", "disclose"};
constexpr std::array<std::string_view, 3> k_reasons = {"compromised", "superseded", "retired"};

constexpr std::array k_file_operands = {
    Operand{.name = "FILE", .kind = ValueKind::file, .help = "The trust file"},
};
constexpr std::array k_show_operands = {
    Operand{.name = "FILE", .kind = ValueKind::file, .help = "The trust file; this account's own by default", .least = 0},
};
constexpr Option k_holder_option = {.name = "--holder",
                                    .kind = ValueKind::text,
                                    .value = "NAME",
                                    .help = "Whose keys these are; thresholds count holders"};
constexpr Option k_expires_option = {.name = "--expires",
                                     .kind = ValueKind::text,
                                     .value = "TIME",
                                     .help = "When the file stops to count; a year by default"};
constexpr Option k_key_option = {.name = "--key",
                                 .kind = ValueKind::file,
                                 .value = "FILE",
                                 .help = "The public key"};
constexpr std::array k_init_own_options = {
    k_holder_option,
    k_expires_option,
    Option{.name = "--threshold",
           .kind = ValueKind::number,
           .value = "N",
           .help = "How many holders must have signed a bundle; 1 by default"},
    k_passphrase_option,
};
constexpr auto k_init_options = joined(k_init_own_options, k_dry_run_options);
constexpr std::array k_add_own_options = {
    k_key_option,
    Option{.name = "--role",
           .kind = ValueKind::choice,
           .value = "ROLE",
           .help = "What the key may sign; 'bundle' by default",
           .choices = k_roles},
    k_holder_option,
    Option{.name = "--valid-from", .kind = ValueKind::text, .value = "TIME", .help = "Counts from then"},
    Option{.name = "--valid-until", .kind = ValueKind::text, .value = "TIME", .help = "Counts till then"},
    k_expires_option,
    k_passphrase_option,
};
constexpr auto k_add_options = joined(k_add_own_options, k_dry_run_options);
constexpr std::array k_revoke_own_options = {
    k_key_option,
    Option{.name = "--reason",
           .kind = ValueKind::choice,
           .value = "REASON",
           .help = "Why; bundles of a compromised key pass only below the last good checkpoint",
           .choices = k_reasons},
    Option{.name = "--last-good",
           .kind = ValueKind::file,
           .value = "FILE",
           .help = "A checkpoint from before the theft; this store's newest by default"},
    k_expires_option,
    k_passphrase_option,
};
constexpr auto k_revoke_options = joined(k_revoke_own_options, k_dry_run_options);
constexpr std::array k_rotate_own_options = {k_expires_option, k_passphrase_option};
constexpr auto k_rotate_options = joined(k_rotate_own_options, k_dry_run_options);
constexpr std::array k_init_examples = {
    Example{"A trust file with this account's keys", "evidence trust init trust.json --holder build-host"},
};
constexpr std::array k_add_examples = {
    Example{"Another host's bundle key", "evidence trust add trust.json --key other.pem --holder other-host"},
};
constexpr std::array k_revoke_examples = {
    Example{"A key that was stolen", "evidence trust revoke trust.json --key other.pem --reason compromised"},
};
constexpr std::array k_rotate_examples = {
    Example{"A new root key, signed for by the old one", "evidence trust rotate trust.json"},
};
constexpr std::array k_show_examples = {
    Example{"Which keys this account trusts", "evidence trust show"},
    Example{"What a trust file says", "evidence trust show trust.json"},
};

Result<UtcTime> expiry(const Options& options, const Context& context) {
  SOURCEOS_TRY_ASSIGN(const auto time, time_option(options, "--expires"));
  constexpr std::int64_t k_second = 1'000'000'000;
  const std::int64_t now_seconds = context.host.clock.now().nanoseconds / k_second;
  return time.value_or(UtcTime::from_seconds(now_seconds + k_year_seconds));
}

Result<bundle::PublicKey> named_key(const Options& options) {
  const auto path = options.value("--key");
  if (!path) {
    return fail(ErrorKind::usage, "usage", "'--key FILE' is missing");
  }
  return bundle::read_public_key_file(*path);
}

// --- changing

TrustChange change_of(std::string_view name, const Options& options) {
  return {.name = name, .path = options.operands().front(), .is_planned = options.has("--dry-run")};
}

verify::TrustedKey trusted(const bundle::PublicKey& key, bundle::KeyRole role, std::string holder) {
  verify::TrustedKey out;
  out.key = key;
  out.role = role;
  out.holder = std::move(holder);
  return out;
}

// With the keys that there are; those that 'trust init' would make have no id yet.
Result<Report> plan_to_init(verify::TrustDocument document, const std::string& holder,
                            const std::filesystem::path& path, const Context& context) {
  for (const bundle::KeyRole role : {bundle::KeyRole::root, bundle::KeyRole::bundle, bundle::KeyRole::log}) {
    const auto key = bundle::describe_key_file(key_directory(context).file_of(role));
    if (!key && key.error().kind != ErrorKind::not_found) {
      return fail(key.error());
    }
    if (key) {
      document.keys.push_back(trusted(key->public_key, role, holder));
    }
  }
  json::Value record = trust_record("evidence-trust-init", document, path, context);
  record["planned"] = true;
  return Report(std::move(record));
}

Result<Report> init(const Options& options, Context& context) {
  const std::filesystem::path path = options.operands().front();
  if (host::describe(path)) {
    return fail(Error(ErrorKind::refused, "file-exists", "the trust file is there already")
                    .with_next(context.command_line("evidence trust show " + path.string())));
  }
  const std::string holder = options.value_or("--holder", "self");
  verify::TrustDocument document;
  SOURCEOS_TRY_ASSIGN(document.expires, expiry(options, context));
  document.bundle_threshold = options.number("--threshold").value_or(1);
  if (options.has("--dry-run")) {
    return plan_to_init(std::move(document), holder, path, context);
  }
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  const bundle::SecretBytes* secret = passphrase ? &*passphrase : nullptr;
  const bundle::KeyDirectory keys = key_directory(context);
  SOURCEOS_TRY_ASSIGN(const auto root,
                      keys.load_or_create(bundle::KeyRole::root, context.host.random, secret));
  document.keys.push_back(trusted(root->public_key(), bundle::KeyRole::root, holder));
  for (const bundle::KeyRole role : {bundle::KeyRole::bundle, bundle::KeyRole::log}) {
    SOURCEOS_TRY_ASSIGN(const auto signer, keys.load_or_create(role, context.host.random));
    document.keys.push_back(trusted(signer->public_key(), role, holder));
  }
  return change_trust(change_of("evidence-trust-init", options), document, *root, context);
}

Result<verify::TrustDocument> next_version(const Options& options, const Context& context) {
  SOURCEOS_TRY_ASSIGN(verify::TrustDocument document, read_trust_document(options.operands().front()));
  if (document.local) {
    return fail(ErrorKind::refused, "local-trust", "the local trust file is made from this account's keys");
  }
  ++document.version;
  SOURCEOS_TRY_ASSIGN(document.expires, expiry(options, context));
  return document;
}

Result<Report> add(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::PublicKey key, named_key(options));
  SOURCEOS_TRY_ASSIGN(const bundle::KeyRole role,
                      bundle::parse_key_role(options.value_or("--role", "bundle")));
  SOURCEOS_TRY_ASSIGN(verify::TrustDocument document, next_version(options, context));
  if (document.find(key) != nullptr) {
    return fail(ErrorKind::refused, "key-exists", "the trust file has this key already");
  }
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  SOURCEOS_TRY_ASSIGN(const auto root, root_signer(document, passphrase, context));
  verify::TrustedKey added = trusted(key, role, options.value_or("--holder", bundle::key_id(key)));
  SOURCEOS_TRY_ASSIGN(added.valid_from, time_option(options, "--valid-from"));
  SOURCEOS_TRY_ASSIGN(added.valid_until, time_option(options, "--valid-until"));
  document.keys.push_back(std::move(added));
  return change_trust(change_of("evidence-trust-add", options), document, *root, context);
}

// --last-good, or the newest checkpoint of this store: what it covers is older than now.
Result<std::optional<verify::LastGood>> last_good(const Options& options, const Context& context) {
  if (const auto path = options.value("--last-good")) {
    SOURCEOS_TRY_ASSIGN(const std::string text,
                        host::read_file(*path, limits::k_config_file_bytes_max));
    SOURCEOS_TRY_ASSIGN(const auto note, bundle::log::parse_checkpoint(text));
    const std::string& origin = note.checkpoint.origin;
    return std::optional(verify::LastGood{origin.substr(origin.rfind('/') + 1), note.checkpoint.size,
                                          note.checkpoint.root});
  }
  const auto open = open_store(context, bundle::StoreAccess::read);
  if (!open) {
    return std::optional<verify::LastGood>();
  }
  const auto& log = open->store.log();
  return std::optional(verify::LastGood{open->store.log_id(), log.size(), log.root()});
}

// Bundles of this store that lie past the last good checkpoint.
Result<json::Value> outside_of(const verify::LastGood& last, const Context& context) {
  json::Value outside = json::Value::array();
  const auto open = open_store(context, bundle::StoreAccess::read);
  if (!open || open->store.log_id() != last.log_id) {
    return outside;
  }
  bundle::ListOptions all;
  all.rows_max = 0;
  SOURCEOS_TRY_ASSIGN(const auto rows, open->store.list(all));
  for (const bundle::ListRow& row : rows) {
    if (row.seq >= last.size && !row.imported) {
      outside.push_back(row.id.text());
    }
  }
  return outside;
}

Result<Report> revoke(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::PublicKey key, named_key(options));
  if (!options.has("--reason")) {
    return fail(ErrorKind::usage, "usage", "'--reason' is missing: compromised, superseded or retired");
  }
  SOURCEOS_TRY_ASSIGN(const auto reason, verify::parse_revocation_reason(*options.value("--reason")));
  SOURCEOS_TRY_ASSIGN(verify::TrustDocument document, next_version(options, context));
  bool is_there = false;
  SOURCEOS_TRY_ASSIGN(const auto last, last_good(options, context));
  for (verify::TrustedKey& each : document.keys) {
    if (each.key == key) {
      each.revocation = verify::Revocation{reason, context.host.clock.now(), last};
      is_there = true;
    }
  }
  if (!is_there) {
    return fail(ErrorKind::not_found, "input-missing", "the trust file does not have this key");
  }
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  SOURCEOS_TRY_ASSIGN(const auto root, root_signer(document, passphrase, context));
  SOURCEOS_TRY_ASSIGN(Report report, change_trust(change_of("evidence-trust-revoke", options), document,
                                                  *root, context));
  if (last && reason == verify::RevocationReason::compromised) {
    SOURCEOS_TRY_ASSIGN(report.record()["outside"], outside_of(*last, context));
  }
  return report;
}

Result<Report> rotate(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(verify::TrustDocument document, next_version(options, context));
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  SOURCEOS_TRY_ASSIGN(const auto root, root_signer(document, passphrase, context));
  return rotate_root(change_of("evidence-trust-rotate", options), std::move(document), *root, passphrase,
                     context);
}

Result<Report> show(const Options& options, Context& context) {
  const bool is_own = options.operands().empty();
  const std::filesystem::path path =
      is_own ? local_trust_file(context) : std::filesystem::path(options.operands().front());
  if (is_own && !host::describe(path)) {
    return fail(Error(ErrorKind::not_found, "input-missing",
                      "this account has no trust file yet: the first bundle makes it")
                    .with_next(context.command_line("evidence collect")));
  }
  SOURCEOS_TRY_ASSIGN(const verify::TrustDocument document, read_trust_document(path));
  return Report(trust_record("evidence-trust-show", document, path, context));
}

constinit const Command k_init = {
    .name = "init",
    .summary = "begin a trust file with this account's keys",
    .description = "Prints the fingerprint of the root keys as hex and as words: hand it to verifiers "
                   "by another way than the file, and they pin it with --trust-root.",
    .options = k_init_options,
    .operands = k_file_operands,
    .examples = k_init_examples,
    .run = init,
    .print = print_trust_record,
    .store = StoreUse::needed,
};
constinit const Command k_add = {
    .name = "add",
    .summary = "trust one more key",
    .options = k_add_options,
    .operands = k_file_operands,
    .examples = k_add_examples,
    .run = add,
    .print = print_trust_record,
    .store = StoreUse::needed,
};
constinit const Command k_revoke = {
    .name = "revoke",
    .summary = "stop trusting a key",
    .options = k_revoke_options,
    .operands = k_file_operands,
    .examples = k_revoke_examples,
    .run = revoke,
    .print = print_trust_record,
    .store = StoreUse::needed,
};
constinit const Command k_rotate = {
    .name = "rotate",
    .summary = "replace the root key; old and new sign",
    .options = k_rotate_options,
    .operands = k_file_operands,
    .examples = k_rotate_examples,
    .run = rotate,
    .print = print_trust_record,
    .store = StoreUse::needed,
};
constinit const Command k_show = {
    .name = "show",
    .summary = "show what a trust file says",
    .operands = k_show_operands,
    .examples = k_show_examples,
    .run = show,
    .print = print_trust_record,
};
constexpr std::array<const Command*, 5> k_commands = {&k_init, &k_add, &k_revoke, &k_rotate, &k_show};

}  // namespace

constinit const Command k_evidence_trust = {
    .name = "trust",
    .summary = "say which keys count",
    .description = "A trust file names keys with role, holder and validity, and is signed by root keys. "
                   "A verifier refuses an older version than it has seen and an expired one.",
    .commands = k_commands,
};

}  // namespace sourceos::cli

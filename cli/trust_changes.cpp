#include "cli/trust_changes.hpp"

#include <fmt/format.h>

#include "bundle/envelope.hpp"
#include "cli/changes.hpp"
#include "cli/command.hpp"
#include "cli/report.hpp"
#include "cli/trust_forms.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "verify/trust_check.hpp"

namespace sourceos::cli {

namespace {

bool has_root(const verify::TrustDocument& document, const bundle::PublicKey& key) {
  const verify::TrustedKey* found = document.find(key);
  return found != nullptr && found->role == bundle::KeyRole::root;
}

const bundle::SecretBytes* secret_of(const Passphrase& passphrase) {
  return passphrase ? &*passphrase : nullptr;
}

json::Value record_of(const TrustChange& change, const verify::TrustDocument& document,
                      const Context& context) {
  json::Value record = trust_record(change.name, document, change.path, context);
  record["planned"] = change.is_planned;
  return record;
}

Result<Report> logged(const TrustChange& change, const verify::TrustDocument& document, OpenStore& open,
                      const Context& context) {
  json::Value record = record_of(change, document, context);
  SOURCEOS_TRY(log_change(context, open, {{"change", change.name},
                                          {"file", record.at("file")},
                                          {"version", record.at("version")},
                                          {"rootFingerprint", record.at("rootFingerprint")}}));
  return Report(std::move(record));
}

Result<Report> planned(const TrustChange& change, const verify::TrustDocument& document,
                       const bundle::Signer& root, const Context& context) {
  SOURCEOS_TRY(verify::check_trust(change.path, document, {&root}));
  return Report(record_of(change, document, context));
}

Status save_with_next(const TrustChange& change, const verify::TrustDocument& document,
                      const bundle::Signer& old_root, const bundle::KeyFile& next,
                      const Passphrase& passphrase) {
  SOURCEOS_TRY_ASSIGN(const auto new_root, bundle::load_signer(next.path, secret_of(passphrase)));
  return verify::save_trust(change.path, document, {&old_root, new_root.get()});
}

}  // namespace

Result<verify::TrustDocument> read_trust_document(const std::filesystem::path& path) {
  SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(path, limits::k_config_file_bytes_max));
  if (auto plain = verify::parse_trust(text)) {
    return plain;
  }
  SOURCEOS_TRY_ASSIGN(const bundle::Envelope envelope, bundle::parse_envelope(text));
  return verify::parse_trust(envelope.payload);
}

Result<std::unique_ptr<bundle::Signer>> root_signer(const verify::TrustDocument& document,
                                                    const Passphrase& passphrase,
                                                    const Context& context) {
  const bundle::KeyDirectory keys = key_directory(context);
  auto current = keys.load(bundle::KeyRole::root, secret_of(passphrase));
  if (!current) {
    return fail(std::move(current).error().with_next(context.command_line("evidence key new --role root")));
  }
  if (has_root(document, (*current)->public_key())) {
    return std::move(*current);
  }
  SOURCEOS_TRY_ASSIGN(const std::vector<bundle::KeyFile> files, keys.list());
  for (const bundle::KeyFile& file : files) {
    if (file.purpose == bundle::KeyRole::root && has_root(document, file.public_key)) {
      return bundle::load_signer(file.path, secret_of(passphrase));
    }
  }
  return fail(ErrorKind::refused, "key-role",
              fmt::format("expected this account's root key {} in the trust file, it has others",
                          bundle::key_id((*current)->public_key())));
}

Result<Report> change_trust(const TrustChange& change, const verify::TrustDocument& document,
                            const bundle::Signer& root, const Context& context) {
  if (change.is_planned) {
    return planned(change, document, root, context);
  }
  // A store that cannot be written stops the change before it is made.
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::write));
  SOURCEOS_TRY(verify::save_trust(change.path, document, {&root}));
  return logged(change, document, open, context);
}

Result<Report> rotate_root(const TrustChange& change, verify::TrustDocument document,
                           const bundle::Signer& old_root, const Passphrase& passphrase,
                           const Context& context) {
  if (change.is_planned) {
    return planned(change, document, old_root, context);
  }
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::write));
  const bundle::KeyDirectory keys = key_directory(context);
  SOURCEOS_TRY_ASSIGN(const bundle::KeyFile next, keys.prepare(bundle::KeyRole::root, context.host.random,
                                                               secret_of(passphrase)));
  for (verify::TrustedKey& each : document.keys) {
    if (each.key == old_root.public_key()) {
      each.key = next.public_key;
    }
  }
  if (Status saved = save_with_next(change, document, old_root, next, passphrase); !saved) {
    bundle::KeyDirectory::discard(next);
    return fail(std::move(saved).error());
  }
  SOURCEOS_TRY(keys.put_in_use(next));
  return logged(change, document, open, context);
}

}  // namespace sourceos::cli

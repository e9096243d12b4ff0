// Trust files on disk and their versions. `trust.json` holds the newest version; every version also
// lies beside it as `trust.<n>.json`, so that a verifier can walk from one that it knows (by its
// memory or a pin) to the newest: version n+1 carries the root threshold of n and its own.
#include "bundle/envelope.hpp"
#include "bundle/statement.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "verify/trust.hpp"
#include "verify/trust_check.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

namespace sourceos::verify {
namespace {

constexpr std::uint32_t k_open_to_others = 0077;
constexpr std::uint32_t k_file_mode = 0644;
constexpr std::uint32_t k_local_mode = 0600;
constexpr std::uint64_t k_versions_max = 1000;  // that one walk reads

struct Version {
  std::string payload;
  bundle::Envelope envelope;
  TrustDocument document;
};

Result<Version> parse_version(std::string_view text) {
  Version version;
  SOURCEOS_TRY_ASSIGN(version.envelope, bundle::parse_envelope(text));
  if (version.envelope.payload_type != k_trust_payload_type) {
    return fail(ErrorKind::malformed, "malformed", "expected a trust file, there is another type");
  }
  version.payload = version.envelope.payload;
  SOURCEOS_TRY_ASSIGN(version.document, parse_trust(version.payload));
  if (version.document.local) {
    return fail(ErrorKind::malformed, "malformed", "a signed trust file cannot be local");
  }
  SOURCEOS_TRY(check_root_signatures(version.document, version.envelope));
  return version;
}

std::filesystem::path path_of_version(const std::filesystem::path& path, std::uint64_t version) {
  std::filesystem::path beside = path;
  beside.replace_filename(path.stem().string() + "." + std::to_string(version) +
                          path.extension().string());
  return beside;
}

// `next` follows `last`: one version later, signed by the roots of both.
Status check_step(const TrustDocument& last, const Version& next) {
  if (next.document.version != last.version + 1) {
    return fail(ErrorKind::refused, "threshold",
                "version " + std::to_string(next.document.version) + " does not follow version " +
                    std::to_string(last.version));
  }
  auto signed_by_last = check_root_signatures(last, next.envelope);
  if (!signed_by_last) {
    return fail(std::move(signed_by_last)
                    .error()
                    .with_context("version " + std::to_string(next.document.version) +
                                  " under the roots of the one before"));
  }
  return {};
}

// The versions that lie beside the file, newest first, as far back as they go without a gap.
class History {
 public:
  History(const std::filesystem::path& path, const Version& newest) {
    versions_.push_back(newest);
    while (versions_.size() < k_versions_max && versions_.back().document.version > 1) {
      const auto beside = path_of_version(path, versions_.back().document.version - 1);
      const auto text = host::read_file(beside, limits::k_config_file_bytes_max);
      if (!text) {
        break;
      }
      auto version = parse_version(*text);
      if (!version) {
        problem_ = std::move(version).error();
        break;
      }
      versions_.push_back(std::move(*version));
    }
  }

  // Every step that can be seen must be right: a newer file whose roots the older ones did not
  // sign for is refused wherever the older one is at hand.
  [[nodiscard]] Status check() const {
    if (problem_) {
      return fail(*problem_);
    }
    for (std::size_t i = 0; i + 1 < versions_.size(); ++i) {
      SOURCEOS_TRY(check_step(versions_[i + 1].document, versions_[i]));
    }
    return {};
  }
  [[nodiscard]] const std::vector<Version>& versions() const { return versions_; }
  [[nodiscard]] bool reaches(std::uint64_t version) const {
    return versions_.back().document.version <= version;
  }

 private:
  std::vector<Version> versions_;
  std::optional<Error> problem_;
};

std::unexpected<Error> rollback(std::uint64_t version, std::uint64_t seen) {
  return fail(ErrorKind::refused, "trust-rollback",
              "the trust file is version " + std::to_string(version) + ", version " +
                  std::to_string(seen) + " was seen or demanded");
}

// Against the version that was last accepted for any of these roots.
Status check_memory(const TrustRequest& request, const History& history) {
  if (request.memory == nullptr) {
    return {};
  }
  const Version& newest = history.versions().front();
  for (const Version& version : history.versions()) {
    const auto payload = request.memory->find(version.document.root_fingerprint());
    const auto seen = payload ? parse_trust(*payload)
                              : Result<TrustDocument>(fail(ErrorKind::not_found, "", ""));
    if (!seen) {
      continue;
    }
    if (newest.document.version < seen->version ||
        (newest.document.version == seen->version && newest.payload != *payload)) {
      return rollback(newest.document.version, seen->version);
    }
    if (newest.document.version > seen->version + 1 && !history.reaches(seen->version)) {
      return fail(ErrorKind::refused, "threshold",
                  "version " + std::to_string(seen->version) + " was seen, this is " +
                      std::to_string(newest.document.version) +
                      ": every version between is needed beside it");
    }
    if (newest.document.version == seen->version + 1) {
      SOURCEOS_TRY(check_step(*seen, newest));
    }
    return {};
  }
  return {};
}

Result<bool> check_pin(const TrustRequest& request, const History& history) {
  if (!request.root_pin) {
    return false;
  }
  const auto& versions = history.versions();
  const bool is_there = std::any_of(versions.begin(), versions.end(), [&](const Version& version) {
    return version.document.root_fingerprint() == *request.root_pin;
  });
  if (!is_there) {
    return fail(ErrorKind::refused, "untrusted-key",
                "the trust file's roots are not those that are pinned");
  }
  return true;
}

Status load_signed(const TrustRequest& request, std::string_view text, Trust& trust) {
  SOURCEOS_TRY_ASSIGN(const Version newest, parse_version(text));
  const History history(request.file, newest);
  SOURCEOS_TRY(history.check());
  SOURCEOS_TRY_ASSIGN(trust.pinned, check_pin(request, history));
  if (request.version_min && newest.document.version < *request.version_min) {
    return rollback(newest.document.version, *request.version_min);
  }
  SOURCEOS_TRY(check_memory(request, history));
  if (request.now >= *newest.document.expires) {
    return fail(ErrorKind::refused, "trust-expired",
                "the trust file expired at " + format_seconds(*newest.document.expires));
  }
  if (request.memory != nullptr) {
    std::vector<bundle::Digest> roots;
    for (const Version& version : history.versions()) {
      roots.push_back(version.document.root_fingerprint());
    }
    request.memory->remember(roots, newest.payload);
  }
  trust.document = newest.document;
  return {};
}

// It vouches for its account's own keys and nothing else, so it must be that account's own file.
Status load_local(const TrustRequest& request, std::string_view text, Trust& trust) {
  SOURCEOS_TRY_ASSIGN(trust.document, parse_trust(text));
  if (!trust.document.local) {
    return fail(ErrorKind::malformed, "malformed",
                "expected a signed trust file, there is a plain one that is not local");
  }
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(request.file));
  if ((facts.mode & k_open_to_others) != 0 || facts.uid != geteuid()) {
    return fail(ErrorKind::refused, "key-permissions",
                "expected a local trust file that only this account can read (0600)");
  }
  return {};
}

Status load(const TrustRequest& request, Trust& trust) {
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      host::read_file(request.file, limits::k_config_file_bytes_max));
  trust.digest = bundle::sha256(text);
  const bool is_envelope = text.starts_with(R"({"payload")");
  trust.source = is_envelope ? Trust::Source::file : Trust::Source::self;
  return is_envelope ? load_signed(request, text, trust) : load_local(request, text, trust);
}

// The signed text of the version that follows what `path` has. What verifiers would refuse is an
// error.
Result<std::string> signed_next(const std::filesystem::path& path, const TrustDocument& document,
                                const std::vector<const bundle::Signer*>& signers) {
  SOURCEOS_TRY_ASSIGN(std::string text,
                      bundle::sign_envelope(k_trust_payload_type, write_trust(document), signers));
  SOURCEOS_TRY_ASSIGN(const Version next, parse_version(text));
  if (const auto before = host::read_file(path, limits::k_config_file_bytes_max)) {
    SOURCEOS_TRY_ASSIGN(const Version last, parse_version(*before));
    SOURCEOS_TRY(check_step(last.document, next));
  }
  return text;
}

}  // namespace

std::string_view to_string(Trust::Source source) {
  switch (source) {
    case Trust::Source::none: return "none";
    case Trust::Source::keys: return "keys";
    case Trust::Source::file: return "file";
    case Trust::Source::self: return "self";
  }
  return "none";
}

Status check_root_signatures(const TrustDocument& roots, const bundle::Envelope& envelope) {
  const std::string message = bundle::pae(envelope.payload_type, envelope.payload);
  std::set<std::string_view> holders;
  for (const bundle::EnvelopeSignature& signature : envelope.signatures) {
    for (const TrustedKey* root : roots.keys_of(bundle::KeyRole::root)) {
      if (bundle::verify_signature(message, signature.signature, root->key)) {
        holders.insert(root->holder);
      } else if (bundle::key_id(root->key) == signature.key_id) {
        return fail(ErrorKind::refused, "bad-signature",
                    "a signature on the trust file is not by the root key that it names");
      }
    }
  }
  if (holders.size() < roots.root_threshold) {
    return fail(ErrorKind::refused, "threshold",
                std::to_string(holders.size()) + " root holders signed the trust file, " +
                    std::to_string(roots.root_threshold) + " are needed");
  }
  return {};
}

Status check_trust(const std::filesystem::path& path, const TrustDocument& document,
                   const std::vector<const bundle::Signer*>& signers) {
  SOURCEOS_TRY(signed_next(path, document, signers));
  return {};
}

Status save_trust(const std::filesystem::path& path, const TrustDocument& document,
                  const std::vector<const bundle::Signer*>& signers) {
  SOURCEOS_TRY_ASSIGN(const std::string text, signed_next(path, document, signers));
  SOURCEOS_TRY(host::write_file_atomically(path_of_version(path, document.version), text,
                                           k_file_mode, host::Durability::synced));
  return host::write_file_atomically(path, text, k_file_mode, host::Durability::synced);
}

Status save_local_trust(const std::filesystem::path& path, const TrustDocument& document) {
  const std::string text = write_trust(document);
  SOURCEOS_TRY(parse_trust(text));
  return host::write_file_atomically(path, text, k_local_mode, host::Durability::synced);
}

Trust load_trust(const TrustRequest& request) {
  Trust trust;
  if (const Status loaded = load(request, trust); !loaded) {
    trust.document = {};
    trust.refused = Error(loaded.error())
                        .with_context("read trust file '" + request.file.string() + "'");
  }
  return trust;
}

Trust trust_of_keys(const std::vector<bundle::PublicKey>& bundle_keys,
                    const std::vector<bundle::PublicKey>& log_keys) {
  Trust trust;
  trust.source = Trust::Source::keys;
  const auto add = [&](const bundle::PublicKey& key, bundle::KeyRole role) {
    TrustedKey trusted;
    trusted.key = key;
    trusted.role = role;
    trusted.holder = bundle::key_id(key);
    trust.document.keys.push_back(std::move(trusted));
  };
  for (const bundle::PublicKey& key : bundle_keys) {
    add(key, bundle::KeyRole::bundle);
  }
  for (const bundle::PublicKey& key : log_keys) {
    add(key, bundle::KeyRole::log);
  }
  return trust;
}

Trust join(Trust file, Trust keys) {
  if (file.source == Trust::Source::none) {
    return keys;
  }
  for (TrustedKey& key : keys.document.keys) {
    if (file.document.find(key.key) == nullptr) {
      file.document.keys.push_back(std::move(key));
    }
  }
  return file;
}

}  // namespace sourceos::verify

// Keys as files: roles, the secret key file, and public keys in the forms that other tools read.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/signature.hpp"
#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::host {
class Random;
}

namespace sourceos::bundle {

class Digest;

// What a key may sign. `test` is the role of every key made under test seams (security S-11).
enum class KeyRole { bundle, log, root, sidecar, disclose, test };
[[nodiscard]] std::string_view to_string(KeyRole role);
[[nodiscard]] Result<KeyRole> parse_key_role(std::string_view text);

// --- public forms
[[nodiscard]] std::string spki_der(const PublicKey& key);
// SHA-256 of the SPKI DER. `key_hint` is its base64 (Sigstore), `key_id` its first 16 hex digits:
// for people and for choosing what to try, never for deciding (L-3).
[[nodiscard]] Digest spki_digest(const PublicKey& key);
[[nodiscard]] std::string key_hint(const PublicKey& key);
[[nodiscard]] std::string key_id(const PublicKey& key);
// The 8 raw bytes that minisign's forms carry: the first of the same digest.
[[nodiscard]] std::string minisign_key_id(const PublicKey& key);

enum class KeyFormat { pem, minisign, openssh, cosign };  // cosign reads the same PEM
[[nodiscard]] Result<KeyFormat> parse_key_format(std::string_view text);
[[nodiscard]] std::string export_public_key(const PublicKey& key, KeyFormat format,
                                            std::string_view comment = "sourceos-evidence");
// Any of those forms, told apart by how the text begins. Anything else is `malformed` and is not
// quoted: it may be a secret given by mistake.
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view text);
// A file of one of those forms, or one of our secret key files (its public part).
[[nodiscard]] Result<PublicKey> read_public_key_file(const std::filesystem::path& path);

// --- secret key files
struct KeyFile {
  std::filesystem::path path;
  KeyRole purpose = KeyRole::bundle;  // what the file's name says: bundle.key, log.key, ...
  KeyRole role = KeyRole::bundle;     // the same, or `test`
  PublicKey public_key;
  bool has_passphrase = false;
};

enum class KeyRealm { production, test };  // test: every key made has role `test`

class KeyDirectory {
 public:
  KeyDirectory(std::filesystem::path directory, KeyRealm realm)
      : directory_(std::move(directory)), realm_(realm) {}

  [[nodiscard]] const std::filesystem::path& path() const { return directory_; }
  // <directory>/<purpose>.key
  [[nodiscard]] std::filesystem::path file_of(KeyRole purpose) const;
  // The signer in that file; a file that does not exist is made (0600, directory 0700).
  [[nodiscard]] Result<std::unique_ptr<Signer>> load_or_create(
      KeyRole purpose, host::Random& random, const SecretBytes* passphrase = nullptr) const;
  // `not_found` when there is none.
  [[nodiscard]] Result<std::unique_ptr<Signer>> load(KeyRole purpose,
                                                     const SecretBytes* passphrase = nullptr) const;
  // Refuses to replace a key that is there ("key-exists").
  [[nodiscard]] Result<KeyFile> create(KeyRole purpose, host::Random& random,
                                       const SecretBytes* passphrase = nullptr) const;
  struct Rotation {
    KeyFile old_key;
    KeyFile new_key;
  };
  // A new key that is in use from the start; the old one stays as <purpose>-<key id>.key.
  [[nodiscard]] Result<Rotation> rotate(KeyRole purpose, host::Random& random,
                                        const SecretBytes* passphrase = nullptr) const;
  // The same in two steps, for who has something to write in between: a key beside the current one,
  // as <purpose>-<key id>.key, which then takes its place. Never is there no current key.
  [[nodiscard]] Result<KeyFile> prepare(KeyRole purpose, host::Random& random,
                                        const SecretBytes* passphrase = nullptr) const;
  [[nodiscard]] Result<Rotation> put_in_use(const KeyFile& prepared) const;
  static void discard(const KeyFile& prepared);
  // All key files, current and rotated, by name. No secret is read into memory for long.
  [[nodiscard]] Result<std::vector<KeyFile>> list() const;

 private:
  std::filesystem::path directory_;
  KeyRealm realm_;
};

// A key file anywhere (SOURCEOS_SIGNING_KEY_FILE, --key): ours, or an unencrypted PKCS#8 PEM as
// `openssl genpkey -algorithm ed25519` writes it. Refused when readable by others
// ("key-permissions") or when a passphrase is missing or wrong ("key-passphrase").
[[nodiscard]] Result<std::unique_ptr<Signer>> load_signer(const std::filesystem::path& path,
                                                          const SecretBytes* passphrase = nullptr);
[[nodiscard]] Result<PublicKey> public_key_of_key_file(std::string_view text);
[[nodiscard]] Result<KeyFile> describe_key_file(const std::filesystem::path& path);

// A signer with a seed of the caller's: tests and the disposable keys of samples.
[[nodiscard]] std::unique_ptr<Signer> signer_from_seed(std::string_view seed);

}  // namespace sourceos::bundle

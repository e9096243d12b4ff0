// A secret key file, one line of canonical JSON and LF, mode 0600:
//   { "public": "<base64>", "role": "bundle", "secret": "<base64 of the seed>",
//     "type": "sourceos-key/v1" }
// with a passphrase, `secret` is a box and there is also
//   "kdf": { "algorithm": "argon2id", "memoryBytes", "nonce", "operations", "salt" }
// PKCS#8 PEM (RFC 8410) is read too, since that is what `openssl genpkey` and CI stores hold.
#include "bundle/key.hpp"
#include "core/bytes.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/ownership.hpp"

#include <unistd.h>

#include <algorithm>

namespace sourceos::bundle {
namespace {

constexpr std::string_view k_key_type = "sourceos-key/v1";
constexpr std::string_view k_key_suffix = ".key";
constexpr std::string_view k_pkcs8_begin = "-----BEGIN PRIV" "ATE KEY-----";
constexpr std::string_view k_pkcs8_end = "-----END PRIV" "ATE KEY-----";
// PrivateKeyInfo { 0, OID 1.3.101.112, OCTET STRING { OCTET STRING (32 bytes) } } up to the seed.
constexpr std::string_view k_pkcs8_prefix{
    "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", 16};
constexpr std::uint32_t k_open_to_others = 0077;
constexpr std::size_t k_key_files_max = 1000;
// A key file may not ask for more than this: opening one must not exhaust the machine.
constexpr std::uint64_t k_kdf_memory_bytes_max = limits::k_gib;
constexpr std::uint64_t k_kdf_operations_max = 16;

struct Kdf {
  std::string salt;
  std::string nonce;
  PassphraseCost cost;
};

struct Contents {
  KeyRole role = KeyRole::bundle;
  PublicKey public_key;
  SecretBytes secret;  // the seed, or the box that holds it
  std::optional<Kdf> kdf;
};

// Nothing of what is there is quoted: it may be a secret.
std::unexpected<Error> not_a_key_file() {
  return fail(ErrorKind::malformed, "malformed",
              "expected a key file, there is something else");
}

Result<std::string> base64_field(const json::Value& object, const char* name) {
  if (!object.contains(name) || !object[name].is_string()) {
    return not_a_key_file();
  }
  auto bytes = base64_decode(object[name].get_ref<const std::string&>());
  if (!bytes) {
    return not_a_key_file();
  }
  return bytes;
}

Result<Kdf> read_kdf(const json::Value& object) {
  if (!object.is_object() || object.size() != 5 || object.value("algorithm", "") != "argon2id" ||
      !object.contains("memoryBytes") || !object["memoryBytes"].is_number_unsigned() ||
      !object.contains("operations") || !object["operations"].is_number_unsigned()) {
    return not_a_key_file();
  }
  Kdf kdf;
  SOURCEOS_TRY_ASSIGN(kdf.salt, base64_field(object, "salt"));
  SOURCEOS_TRY_ASSIGN(kdf.nonce, base64_field(object, "nonce"));
  kdf.cost.memory_bytes = object["memoryBytes"].get<std::uint64_t>();
  kdf.cost.operations = object["operations"].get<std::uint64_t>();
  if (kdf.salt.size() != k_passphrase_salt_size || kdf.nonce.size() != k_box_nonce_size) {
    return not_a_key_file();
  }
  if (kdf.cost.memory_bytes > k_kdf_memory_bytes_max ||
      kdf.cost.operations > k_kdf_operations_max) {
    return fail(ErrorKind::limit, "limit", "the key file asks for more than 1 GiB or 16 passes");
  }
  return kdf;
}

Result<Contents> parse_json_key(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const auto value = json::parse_canonical(text);
  if (!value || !value->is_object() || value->value("type", "") != k_key_type ||
      value->size() != (value->contains("kdf") ? 5U : 4U) || !value->contains("role") ||
      !(*value)["role"].is_string()) {
    return not_a_key_file();
  }
  Contents contents;
  SOURCEOS_TRY_ASSIGN(contents.role, parse_key_role((*value)["role"].get<std::string>()));
  SOURCEOS_TRY_ASSIGN(const std::string public_bytes, base64_field(*value, "public"));
  SOURCEOS_TRY_ASSIGN(contents.public_key, PublicKey::from_bytes(public_bytes));
  SOURCEOS_TRY_ASSIGN(std::string secret, base64_field(*value, "secret"));
  contents.secret = SecretBytes::take(secret);
  if (value->contains("kdf")) {
    SOURCEOS_TRY_ASSIGN(contents.kdf, read_kdf((*value)["kdf"]));
  }
  return contents;
}

Result<Contents> parse_pkcs8(std::string_view text) {
  std::string base64;
  for (const std::string_view line : text::lines(text)) {
    if (line != k_pkcs8_begin && line != k_pkcs8_end) {
      base64 += text::trim(line);
    }
  }
  auto der = base64_decode(base64);
  wipe(base64);
  if (!der || der->size() != k_pkcs8_prefix.size() + SecretKey::k_seed_size ||
      !der->starts_with(k_pkcs8_prefix)) {
    return not_a_key_file();
  }
  std::string seed = der->substr(k_pkcs8_prefix.size());
  wipe(*der);
  Contents contents;
  contents.secret = SecretBytes::take(seed);
  SOURCEOS_TRY_ASSIGN(const SecretKey key, SecretKey::from_seed(contents.secret));
  contents.public_key = key.public_key();
  return contents;
}

Result<Contents> parse_contents(std::string_view text) {
  return text.starts_with(k_pkcs8_begin) ? parse_pkcs8(text) : parse_json_key(text);
}

// A key that others can read or change is no key (evidence section 10).
Status check_permissions(const host::Descriptor& file) {
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(file));
  if ((facts.mode & k_open_to_others) != 0) {
    return fail(Error(ErrorKind::refused, "key-permissions",
                      "expected a key file that only its owner can read (0600)")
                    .with_next("chmod 0600 KEY_FILE"));
  }
  if (facts.uid != geteuid()) {
    return fail(ErrorKind::refused, "key-permissions",
                "expected a key file of this account, another owns it");
  }
  return {};
}

Result<Contents> read_contents(const std::filesystem::path& path) {
  const std::string doing = "read key '" + path.string() + "'";
  SOURCEOS_TRY_ASSIGN_CONTEXT(const host::Descriptor file, host::open_regular(path), doing);
  SOURCEOS_TRY_CONTEXT(check_permissions(file), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::string text,
                              host::read_all(file, limits::k_config_file_bytes_max), doing);
  auto contents = parse_contents(text);
  wipe(text);
  if (!contents) {
    return fail(std::move(contents).error().with_context(doing));
  }
  return contents;
}

Result<std::unique_ptr<Signer>> signer_of(Contents contents, const SecretBytes* passphrase) {
  KeyCustody custody = KeyCustody::file;
  if (contents.kdf) {
    if (passphrase == nullptr) {
      return fail(Error(ErrorKind::refused, "key-passphrase", "the key file needs its passphrase")
                      .with_next("give it with --passphrase-fd"));
    }
    SOURCEOS_TRY_ASSIGN(const SecretBytes box_key,
                        derive_box_key(*passphrase, contents.kdf->salt, contents.kdf->cost));
    SOURCEOS_TRY_ASSIGN(contents.secret,
                        open_box(contents.secret.view(), contents.kdf->nonce, box_key));
    custody = KeyCustody::file_passphrase;
  }
  SOURCEOS_TRY_ASSIGN(SecretKey key, SecretKey::from_seed(contents.secret));
  if (key.public_key() != contents.public_key) {
    return fail(ErrorKind::malformed, "malformed",
                "the key file's public and secret parts do not belong together");
  }
  return std::make_unique<FileSigner>(std::move(key), custody);
}

Result<std::string> write_contents(const SecretKey& key, KeyRole role, host::Random& random,
                                   const SecretBytes* passphrase) {
  json::Value value = {{"type", k_key_type},
                       {"role", to_string(role)},
                       {"public", base64_encode(key.public_key().view())}};
  if (passphrase == nullptr) {
    value["secret"] = base64_encode(key.seed());
  } else {
    const Kdf kdf{random.bytes(k_passphrase_salt_size), random.bytes(k_box_nonce_size), {}};
    SOURCEOS_TRY_ASSIGN(const SecretBytes box_key,
                        derive_box_key(*passphrase, kdf.salt, kdf.cost));
    value["secret"] = base64_encode(seal_box(key.seed(), kdf.nonce, box_key));
    value["kdf"] = {{"algorithm", "argon2id"},
                    {"memoryBytes", kdf.cost.memory_bytes},
                    {"nonce", base64_encode(kdf.nonce)},
                    {"operations", kdf.cost.operations},
                    {"salt", base64_encode(kdf.salt)}};
  }
  SOURCEOS_TRY_ASSIGN(std::string text, json::write_canonical(value));
  wipe(value["secret"].get_ref<std::string&>());
  return text + "\n";
}

std::string rotated_name(KeyRole purpose, const PublicKey& key) {
  return std::string(to_string(purpose)) + "-" + key_id(key) + std::string(k_key_suffix);
}

// Two first uses or rotations at once must not overwrite each other's key.
Result<host::FileLock> lock_keys(const std::filesystem::path& directory) {
  return host::FileLock::acquire(directory / ".lock");
}

Result<SecretKey> new_key(host::Random& random) {
  std::string seed = random.bytes(SecretKey::k_seed_size);
  return SecretKey::from_seed(SecretBytes::take(seed));
}

KeyRole role_in(KeyRealm realm, KeyRole purpose) {
  return realm == KeyRealm::test ? KeyRole::test : purpose;
}

Status write_key(const KeyFile& file, const SecretKey& key, host::Random& random,
                 const SecretBytes* passphrase) {
  SOURCEOS_TRY_ASSIGN(std::string text, write_contents(key, file.role, random, passphrase));
  const Status written =
      host::write_file_atomically(file.path, text, 0600, host::Durability::synced);
  wipe(text);
  return written;
}

bool is_there(const std::filesystem::path& path) {
  return host::describe(path).has_value();
}

// "bundle.key" and "bundle-<key id>.key" are both of purpose `bundle`.
std::optional<KeyRole> purpose_of(std::string_view file_name) {
  if (!file_name.ends_with(k_key_suffix)) {
    return std::nullopt;
  }
  file_name.remove_suffix(k_key_suffix.size());
  const auto role = parse_key_role(file_name.substr(0, file_name.find('-')));
  return role ? std::optional(*role) : std::nullopt;
}

}  // namespace

Result<PublicKey> public_key_of_key_file(std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const Contents contents, parse_contents(text));
  return contents.public_key;
}

std::filesystem::path KeyDirectory::file_of(KeyRole purpose) const {
  return directory_ / (std::string(to_string(purpose)) + std::string(k_key_suffix));
}

Result<std::unique_ptr<Signer>> KeyDirectory::load(KeyRole purpose,
                                                   const SecretBytes* passphrase) const {
  const auto path = file_of(purpose);
  SOURCEOS_TRY_ASSIGN(Contents contents, read_contents(path));
  const KeyRole expected = role_in(realm_, purpose);
  if (contents.role != expected) {
    return fail(ErrorKind::refused, "key-role",
                "expected a key of role '" + std::string(to_string(expected)) + "' in '" +
                    path.string() + "', it has role '" + std::string(to_string(contents.role)) +
                    "'");
  }
  return signer_of(std::move(contents), passphrase);
}

Result<std::unique_ptr<Signer>> KeyDirectory::load_or_create(KeyRole purpose,
                                                             host::Random& random,
                                                             const SecretBytes* passphrase) const {
  if (!is_there(file_of(purpose))) {
    auto created = create(purpose, random, passphrase);
    // Another process may have been first: its key is as good.
    if (!created && created.error().reason != "key-exists") {
      return fail(std::move(created).error());
    }
  }
  return load(purpose, passphrase);
}

Result<KeyFile> KeyDirectory::create(KeyRole purpose, host::Random& random,
                                     const SecretBytes* passphrase) const {
  const auto path = file_of(purpose);
  const std::string doing = "make key '" + path.string() + "'";
  SOURCEOS_TRY_ASSIGN_CONTEXT(const host::Descriptor directory,
                              host::make_owned_directory(directory_, geteuid()), doing);
  SOURCEOS_TRY_ASSIGN_CONTEXT(const host::FileLock lock, lock_keys(directory_), doing);
  if (is_there(path)) {
    return fail(Error(ErrorKind::refused, "key-exists", "there is a key already")
                    .with_context(doing)
                    .with_next("sourceosctl evidence key rotate"));
  }
  SOURCEOS_TRY_ASSIGN(const SecretKey key, new_key(random));
  const KeyFile file{path, purpose, role_in(realm_, purpose), key.public_key(), passphrase != nullptr};
  SOURCEOS_TRY_CONTEXT(write_key(file, key, random, passphrase), doing);
  return file;
}

Result<KeyFile> KeyDirectory::prepare(KeyRole purpose, host::Random& random,
                                      const SecretBytes* passphrase) const {
  SOURCEOS_TRY_ASSIGN(const SecretKey key, new_key(random));
  const KeyFile file{directory_ / rotated_name(purpose, key.public_key()), purpose, role_in(realm_, purpose),
                     key.public_key(), passphrase != nullptr};
  SOURCEOS_TRY_CONTEXT(write_key(file, key, random, passphrase), "make key '" + file.path.string() + "'");
  return file;
}

// The current key gets its second name before it loses the first, so that a process that dies
// here, or signs just now, finds a key under the first name.
Result<KeyDirectory::Rotation> KeyDirectory::put_in_use(const KeyFile& prepared) const {
  const auto path = file_of(prepared.purpose);
  const std::string doing = "put key '" + path.string() + "' in use";
  SOURCEOS_TRY_ASSIGN_CONTEXT(const host::FileLock lock, lock_keys(directory_), doing);
  SOURCEOS_TRY_ASSIGN(KeyFile old_key, describe_key_file(path));
  old_key.path = directory_ / rotated_name(prepared.purpose, old_key.public_key);
  std::error_code error;
  std::filesystem::create_hard_link(path, old_key.path, error);
  if (error && error != std::errc::file_exists) {
    return fail(system_error(error.value(), doing));
  }
  std::filesystem::rename(prepared.path, path, error);
  if (error) {
    return fail(system_error(error.value(), doing));
  }
  SOURCEOS_TRY_CONTEXT(host::sync_directory(directory_), doing);
  KeyFile new_key = prepared;
  new_key.path = path;
  return Rotation{std::move(old_key), std::move(new_key)};
}

void KeyDirectory::discard(const KeyFile& prepared) {
  std::error_code ignored;
  std::filesystem::remove(prepared.path, ignored);
}

Result<KeyDirectory::Rotation> KeyDirectory::rotate(KeyRole purpose, host::Random& random,
                                                    const SecretBytes* passphrase) const {
  SOURCEOS_TRY(describe_key_file(file_of(purpose)));  // there must be one to rotate
  SOURCEOS_TRY_ASSIGN(const KeyFile prepared, prepare(purpose, random, passphrase));
  auto rotation = put_in_use(prepared);
  if (!rotation) {
    discard(prepared);
  }
  return rotation;
}

Result<std::vector<KeyFile>> KeyDirectory::list() const {
  std::vector<KeyFile> keys;
  if (!is_there(directory_)) {
    return keys;
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor directory, host::open_directory(directory_));
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(directory, k_key_files_max));
  for (const host::DirectoryEntry& entry : entries) {
    if (purpose_of(entry.name)) {
      SOURCEOS_TRY_ASSIGN(KeyFile key, describe_key_file(directory_ / entry.name));
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

Result<std::unique_ptr<Signer>> load_signer(const std::filesystem::path& path,
                                            const SecretBytes* passphrase) {
  SOURCEOS_TRY_ASSIGN(Contents contents, read_contents(path));
  return signer_of(std::move(contents), passphrase);
}

Result<KeyFile> describe_key_file(const std::filesystem::path& path) {
  SOURCEOS_TRY_ASSIGN(const Contents contents, read_contents(path));
  const auto purpose = purpose_of(path.filename().string());
  return KeyFile{path, purpose.value_or(contents.role), contents.role, contents.public_key,
                 contents.kdf.has_value()};
}

std::unique_ptr<Signer> signer_from_seed(std::string_view seed) {
  std::string copy(seed);
  auto key = SecretKey::from_seed(SecretBytes::take(copy));
  return key ? std::make_unique<FileSigner>(std::move(*key), KeyCustody::file) : nullptr;
}

}  // namespace sourceos::bundle

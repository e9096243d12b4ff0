// Public keys in the forms of other tools:
//   PEM        SubjectPublicKeyInfo, RFC 8410; cosign reads the same
//   minisign   "untrusted comment: ...", base64("Ed" || key id (8) || key)
//   OpenSSH    "ssh-ed25519 <base64 of string type, string key> comment"
#include "bundle/key.hpp"

#include "bundle/digest.hpp"
#include "bundle/wire.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"

#include <array>
#include <utility>

namespace sourceos::bundle {
namespace {

// SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING (32 bytes) } up to the key.
constexpr std::string_view k_spki_prefix{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};
constexpr std::string_view k_pem_begin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view k_pem_end = "-----END PUBLIC KEY-----";
constexpr std::string_view k_minisign_first = "untrusted comment:";
constexpr std::string_view k_minisign_algorithm = "Ed";
constexpr std::size_t k_minisign_key_id_size = 8;
constexpr std::string_view k_ssh_key_type = "ssh-ed25519";

constexpr std::array k_roles = {
    std::pair{KeyRole::bundle, std::string_view("bundle")},
    std::pair{KeyRole::log, std::string_view("log")},
    std::pair{KeyRole::root, std::string_view("root")},
    std::pair{KeyRole::sidecar, std::string_view("sidecar")},
    std::pair{KeyRole::disclose, std::string_view("disclose")},
    std::pair{KeyRole::test, std::string_view("test")},
};
constexpr std::array k_formats = {
    std::pair{KeyFormat::pem, std::string_view("pem")},
    std::pair{KeyFormat::minisign, std::string_view("minisign")},
    std::pair{KeyFormat::openssh, std::string_view("openssh")},
    std::pair{KeyFormat::cosign, std::string_view("cosign")},
};

std::unexpected<Error> not_a_key() {
  return fail(ErrorKind::malformed, "malformed",
              "expected an Ed25519 public key as PEM, minisign or OpenSSH, there is something else");
}

std::string ssh_key_blob(std::string_view key) {
  std::string blob;
  wire::append_string(blob, k_ssh_key_type);
  wire::append_string(blob, key);
  return blob;
}

Result<PublicKey> parse_pem(std::string_view text) {
  std::string base64;
  for (const std::string_view line : text::lines(text)) {
    if (line != k_pem_begin && line != k_pem_end) {
      base64 += text::trim(line);
    }
  }
  const auto der = base64_decode(base64);
  if (!der || der->size() != k_spki_prefix.size() + PublicKey::k_size ||
      !der->starts_with(k_spki_prefix)) {
    return not_a_key();
  }
  return PublicKey::from_bytes(std::string_view(*der).substr(k_spki_prefix.size()));
}

Result<PublicKey> parse_minisign_key(std::string_view text) {
  const auto parts = text::lines(text);
  if (parts.size() != 2) {
    return not_a_key();
  }
  const auto blob = base64_decode(text::trim(parts[1]));
  const std::size_t head = k_minisign_algorithm.size() + k_minisign_key_id_size;
  if (!blob || blob->size() != head + PublicKey::k_size ||
      !blob->starts_with(k_minisign_algorithm)) {
    return not_a_key();
  }
  return PublicKey::from_bytes(std::string_view(*blob).substr(head));
}

Result<PublicKey> parse_openssh(std::string_view text) {
  const auto words = text::split(text::trim(text), ' ');
  if (words.size() < 2) {
    return not_a_key();
  }
  const auto blob = base64_decode(words[1]);
  const std::string model = ssh_key_blob(std::string(PublicKey::k_size, '\0'));
  if (!blob || blob->size() != model.size()) {
    return not_a_key();
  }
  const std::string_view raw = std::string_view(*blob).substr(model.size() - PublicKey::k_size);
  if (ssh_key_blob(raw) != *blob) {
    return not_a_key();
  }
  return PublicKey::from_bytes(raw);
}

}  // namespace

std::string_view to_string(KeyRole role) {
  for (const auto& [value, name] : k_roles) {
    if (value == role) {
      return name;
    }
  }
  return "bundle";
}

Result<KeyRole> parse_key_role(std::string_view text) {
  for (const auto& [value, name] : k_roles) {
    if (name == text) {
      return value;
    }
  }
  return fail(ErrorKind::malformed, "malformed",
              "expected a role: bundle, log, root, sidecar, disclose or test");
}

Result<KeyFormat> parse_key_format(std::string_view text) {
  for (const auto& [value, name] : k_formats) {
    if (name == text) {
      return value;
    }
  }
  return fail(ErrorKind::usage, "usage", "expected a format: pem, minisign, openssh or cosign");
}

std::string spki_der(const PublicKey& key) {
  return std::string(k_spki_prefix) + std::string(key.view());
}

Digest spki_digest(const PublicKey& key) { return sha256(spki_der(key)); }

std::string key_hint(const PublicKey& key) { return base64_encode(spki_digest(key).bytes()); }

std::string key_id(const PublicKey& key) { return spki_digest(key).hex().substr(0, 16); }

std::string minisign_key_id(const PublicKey& key) {
  return std::string(spki_digest(key).bytes().substr(0, k_minisign_key_id_size));
}

std::string export_public_key(const PublicKey& key, KeyFormat format, std::string_view comment) {
  switch (format) {
    case KeyFormat::pem:
    case KeyFormat::cosign:
      return std::string(k_pem_begin) + "\n" + base64_encode(spki_der(key)) + "\n" +
             std::string(k_pem_end) + "\n";
    case KeyFormat::minisign:
      return std::string(k_minisign_first) + " " + std::string(comment) + " " + key_id(key) +
             "\n" +
             base64_encode(std::string(k_minisign_algorithm) + minisign_key_id(key) +
                           std::string(key.view())) +
             "\n";
    case KeyFormat::openssh:
      return std::string(k_ssh_key_type) + " " + base64_encode(ssh_key_blob(key.view())) + " " +
             std::string(comment) + "\n";
  }
  return {};
}

Result<PublicKey> parse_public_key(std::string_view text) {
  if (text.starts_with(k_pem_begin)) {
    return parse_pem(text);
  }
  if (text.starts_with(k_minisign_first)) {
    return parse_minisign_key(text);
  }
  if (text.starts_with(k_ssh_key_type)) {
    return parse_openssh(text);
  }
  return not_a_key();
}

Result<PublicKey> read_public_key_file(const std::filesystem::path& path) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::string text,
                              host::read_file(path, limits::k_config_file_bytes_max),
                              "read key '" + path.string() + "'");
  Result<PublicKey> key = text.starts_with('{') ? public_key_of_key_file(text)
                                                : parse_public_key(text);
  wipe(text);
  if (!key) {
    return fail(std::move(key).error().with_context("read key '" + path.string() + "'"));
  }
  return key;
}

}  // namespace sourceos::bundle

// Minisign, four lines (https://jedisct1.github.io/minisign/):
//   untrusted comment: <text>
//   base64( "ED" || key id (8) || Ed25519(BLAKE2b-512(message)) )
//   trusted comment: <text>
//   base64( Ed25519(signature || trusted comment) )
// SSH signature (OpenSSH PROTOCOL.sshsig): armoured base64, 70 columns, of
//   "SSHSIG" u32 1, string public key, string namespace, string "", string "sha512",
//   string (string "ssh-ed25519", string signature)
// over "SSHSIG", string namespace, string "", string "sha512", string SHA-512(message).
#include "bundle/sidecar.hpp"

#include "bundle/key.hpp"
#include "bundle/wire.hpp"
#include "core/bytes.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {
namespace {

constexpr std::string_view k_untrusted_prefix = "untrusted comment: ";
constexpr std::string_view k_trusted_prefix = "trusted comment: ";
constexpr std::string_view k_untrusted_comment = "signature of a SourceOS evidence manifest";
constexpr std::string_view k_minisign_prehashed = "ED";
constexpr std::size_t k_minisign_key_id_size = 8;
constexpr std::string_view k_ssh_magic = "SSHSIG";
constexpr std::string_view k_ssh_hash = "sha512";
constexpr std::string_view k_ssh_key_type = "ssh-ed25519";
constexpr std::string_view k_ssh_begin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view k_ssh_end = "-----END SSH SIGNATURE-----";
constexpr std::size_t k_ssh_columns = 70;
constexpr std::size_t k_sidecar_bytes_max = 4096;
constexpr std::size_t k_comment_bytes_max = 512;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

std::string ssh_blob(std::string_view key, std::string_view signature) {
  std::string public_key;
  wire::append_string(public_key, k_ssh_key_type);
  wire::append_string(public_key, key);
  std::string inner;
  wire::append_string(inner, k_ssh_key_type);
  wire::append_string(inner, signature);
  std::string blob(k_ssh_magic);
  wire::append_u32(blob, 1);
  wire::append_string(blob, public_key);
  wire::append_string(blob, k_ssh_namespace);
  wire::append_string(blob, "");
  wire::append_string(blob, k_ssh_hash);
  wire::append_string(blob, inner);
  return blob;
}

std::string ssh_armour(std::string_view blob) {
  const std::string text = base64_encode(blob);
  std::string out(k_ssh_begin);
  out += '\n';
  for (std::size_t at = 0; at < text.size(); at += k_ssh_columns) {
    out += text.substr(at, k_ssh_columns);
    out += '\n';
  }
  out += k_ssh_end;
  out += '\n';
  return out;
}

Result<std::string_view> line_after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix) || line.size() > prefix.size() + k_comment_bytes_max ||
      !text::is_utf8(line)) {
    return malformed("expected a line '" + std::string(prefix) + "...'");
  }
  return line.substr(prefix.size());
}

}  // namespace

std::string ssh_signed_bytes(std::string_view message) {
  std::string bytes(k_ssh_magic);
  wire::append_string(bytes, k_ssh_namespace);
  wire::append_string(bytes, "");
  wire::append_string(bytes, k_ssh_hash);
  wire::append_string(bytes, sha512(message));
  return bytes;
}

Result<std::string> write_minisign(std::string_view message, const Signer& signer,
                                   std::string_view trusted_comment) {
  if (trusted_comment.find('\n') != std::string_view::npos ||
      trusted_comment.size() > k_comment_bytes_max) {
    return fail(ErrorKind::usage, "usage", "expected a comment of one short line");
  }
  SOURCEOS_TRY_ASSIGN(const std::string signature, signer.sign(FramedMessage::minisign(message)));
  SOURCEOS_TRY_ASSIGN(const std::string comment_signature,
                      signer.sign(FramedMessage::minisign_comment(signature, trusted_comment)));
  std::string out(k_untrusted_prefix);
  out += k_untrusted_comment;
  out += '\n';
  out += base64_encode(std::string(k_minisign_prehashed) + minisign_key_id(signer.public_key()) +
                       signature);
  out += '\n';
  out += k_trusted_prefix;
  out += trusted_comment;
  out += '\n';
  out += base64_encode(comment_signature);
  out += '\n';
  return out;
}

Result<Minisign> parse_minisign(std::string_view text) {
  if (text.size() > k_sidecar_bytes_max) {
    return fail(ErrorKind::limit, "limit", "the minisign signature is larger than 4 KiB");
  }
  const auto parts = text::split(text, '\n');
  if (parts.size() != 5 || !parts[4].empty()) {
    return malformed("expected a minisign signature of four lines");
  }
  SOURCEOS_TRY(line_after(parts[0], k_untrusted_prefix));
  SOURCEOS_TRY_ASSIGN(const std::string_view comment, line_after(parts[2], k_trusted_prefix));
  SOURCEOS_TRY_ASSIGN(const std::string blob, base64_decode(parts[1]));
  SOURCEOS_TRY_ASSIGN(std::string comment_signature, base64_decode(parts[3]));
  if (blob.size() != k_minisign_prehashed.size() + k_minisign_key_id_size + k_signature_size ||
      !blob.starts_with(k_minisign_prehashed) || comment_signature.size() != k_signature_size) {
    return malformed("expected a prehashed minisign signature");
  }
  return Minisign{blob.substr(2, k_minisign_key_id_size),
                  blob.substr(2 + k_minisign_key_id_size), std::string(comment),
                  std::move(comment_signature)};
}

bool Minisign::verify(std::string_view message, const PublicKey& key) const {
  return verify_signature(blake2b_512(message), signature, key) &&
         verify_signature(signature + trusted_comment, comment_signature, key);
}

Result<std::string> write_ssh_signature(std::string_view message, const Signer& signer) {
  SOURCEOS_TRY_ASSIGN(const std::string signature, signer.sign(FramedMessage::ssh(message)));
  return ssh_armour(ssh_blob(signer.public_key().view(), signature));
}

Result<SshSignature> parse_ssh_signature(std::string_view text) {
  if (text.size() > k_sidecar_bytes_max) {
    return fail(ErrorKind::limit, "limit", "the SSH signature is larger than 4 KiB");
  }
  const auto parts = text::split(text, '\n');
  std::string base64;
  for (std::size_t i = 1; i + 2 < parts.size(); ++i) {
    base64 += parts[i];
  }
  SOURCEOS_TRY_ASSIGN(const std::string blob, base64_decode(base64));
  // All fields but the key and the signature are fixed, so their places are too.
  const std::string model =
      ssh_blob(std::string(PublicKey::k_size, '\0'), std::string(k_signature_size, '\0'));
  const std::size_t key_at =
      k_ssh_magic.size() + 4 + 4 + 4 + k_ssh_key_type.size() + 4;
  if (blob.size() != model.size()) {
    return malformed("expected an SSH signature by an Ed25519 key in our namespace");
  }
  SshSignature found{blob.substr(key_at, PublicKey::k_size),
                     blob.substr(blob.size() - k_signature_size)};
  if (ssh_armour(ssh_blob(found.key, found.signature)) != text) {
    return malformed("expected an SSH signature by an Ed25519 key in our namespace");
  }
  return found;
}

bool SshSignature::verify(std::string_view message, const PublicKey& public_key) const {
  return key == public_key.view() &&
         verify_signature(ssh_signed_bytes(message), signature, public_key);
}

}  // namespace sourceos::bundle

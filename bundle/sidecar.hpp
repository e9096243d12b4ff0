// Signatures over M for tools that know nothing of DSSE: minisign (prehashed) and OpenSSH. They
// are signed by a key of role `sidecar`, never by the bundle key (security S-37).
#pragma once

#include <string>
#include <string_view>

#include "bundle/signer.hpp"
#include "core/result.hpp"

namespace sourceos::bundle {

inline constexpr std::string_view k_ssh_namespace = "evidence-bundle@srcos.ai";

// What an SSH signature signs: SSHSIG preamble, our namespace, SHA-512 of the message.
[[nodiscard]] std::string ssh_signed_bytes(std::string_view message);

[[nodiscard]] Result<std::string> write_minisign(std::string_view message, const Signer& signer,
                                                 std::string_view trusted_comment);
[[nodiscard]] Result<std::string> write_ssh_signature(std::string_view message,
                                                      const Signer& signer);

struct Minisign {
  std::string key_id;  // 8 bytes, a hint
  std::string signature;
  std::string trusted_comment;
  std::string comment_signature;
  [[nodiscard]] bool verify(std::string_view message, const PublicKey& key) const;
};
// Prehashed ("ED") signatures only, both comment lines present.
[[nodiscard]] Result<Minisign> parse_minisign(std::string_view text);

struct SshSignature {
  std::string key;  // the 32 raw bytes that it names, a hint
  std::string signature;
  [[nodiscard]] bool verify(std::string_view message, const PublicKey& key) const;
};
// Version 1, ssh-ed25519, sha512, our namespace, the armour as ssh-keygen writes it.
[[nodiscard]] Result<SshSignature> parse_ssh_signature(std::string_view text);

}  // namespace sourceos::bundle

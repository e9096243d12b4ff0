#include "bundle/signer.hpp"

#include "bundle/log/checkpoint.hpp"
#include "bundle/sidecar.hpp"
#include "bundle/statement.hpp"

#include <cassert>

namespace sourceos::bundle {

FramedMessage FramedMessage::dsse(std::string_view payload_type, std::string_view payload) {
  return FramedMessage(pae(payload_type, payload));
}

FramedMessage FramedMessage::checkpoint(std::string_view text) {
  assert(text.starts_with(log::k_origin_prefix) && text.ends_with('\n'));
  return FramedMessage(std::string(text));
}

FramedMessage FramedMessage::ssh(std::string_view message) {
  return FramedMessage(ssh_signed_bytes(message));
}

FramedMessage FramedMessage::minisign(std::string_view message) {
  return FramedMessage(blake2b_512(message));
}

FramedMessage FramedMessage::minisign_comment(std::string_view signature,
                                              std::string_view trusted_comment) {
  assert(signature.size() == k_signature_size);
  return FramedMessage(std::string(signature) + std::string(trusted_comment));
}

std::string_view to_string(KeyCustody custody) {
  switch (custody) {
    case KeyCustody::file: return "file";
    case KeyCustody::file_passphrase: return "file-passphrase";
    case KeyCustody::exec: return "exec";
    case KeyCustody::agent: return "agent";
  }
  return "file";
}

Result<std::string> Signer::sign(const FramedMessage& message) const {
  SOURCEOS_TRY_ASSIGN(std::string signature, make_signature(message.bytes()));
  if (!verify_signature(message.bytes(), signature, public_key())) {
    return fail(ErrorKind::internal, "bad-signature",
                "the signature just made does not verify under its own key");
  }
  return signature;
}

Result<std::string> FileSigner::make_signature(std::string_view bytes) const {
  return key_.sign(bytes);
}

}  // namespace sourceos::bundle

// Who signs. A signer takes only what our code framed with a domain of its own (security S-36):
// no way leads from outside bytes to a signature.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/signature.hpp"

namespace sourceos::bundle {

// Bytes in one of the four forms that our keys sign.
class FramedMessage {
 public:
  // DSSE pre-authentication encoding: "DSSEv1 <len> <type> <len> <payload>".
  [[nodiscard]] static FramedMessage dsse(std::string_view payload_type, std::string_view payload);
  // The text of a C2SP checkpoint; `text` must begin with one of our origins.
  [[nodiscard]] static FramedMessage checkpoint(std::string_view text);
  // OpenSSH's SSHSIG preamble with our namespace over the message.
  [[nodiscard]] static FramedMessage ssh(std::string_view message);
  // Minisign: BLAKE2b-512 of the message; and the signature with its trusted comment.
  [[nodiscard]] static FramedMessage minisign(std::string_view message);
  [[nodiscard]] static FramedMessage minisign_comment(std::string_view signature,
                                                      std::string_view trusted_comment);

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  explicit FramedMessage(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

enum class KeyCustody { file, file_passphrase, exec, agent };
// "file", "file-passphrase", ...: the record's `keyCustody`.
[[nodiscard]] std::string_view to_string(KeyCustody custody);

class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual const PublicKey& public_key() const = 0;
  [[nodiscard]] virtual KeyCustody custody() const = 0;
  // 64 bytes, verified before they are returned: a fault while signing never leaves this function.
  [[nodiscard]] Result<std::string> sign(const FramedMessage& message) const;

 private:
  [[nodiscard]] virtual Result<std::string> make_signature(std::string_view bytes) const = 0;
};

// A key that was read from a file into this process.
class FileSigner final : public Signer {
 public:
  FileSigner(SecretKey key, KeyCustody custody) : key_(std::move(key)), custody_(custody) {}
  [[nodiscard]] const PublicKey& public_key() const override { return key_.public_key(); }
  [[nodiscard]] KeyCustody custody() const override { return custody_; }

 private:
  [[nodiscard]] Result<std::string> make_signature(std::string_view bytes) const override;
  SecretKey key_;
  KeyCustody custody_;
};

// Who signs a bundle and who signs the log; `sidecar` when there are to be sidecars (S-37).
struct Signers {
  const Signer& bundle;
  const Signer& log;
  const Signer* sidecar = nullptr;
};

}  // namespace sourceos::bundle

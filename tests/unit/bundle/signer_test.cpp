#include "bundle/signer.hpp"

#include "bundle/key.hpp"
#include "bundle/log/checkpoint.hpp"
#include "bundle/statement.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

// A signer whose hardware flips a bit.
class FaultySigner final : public Signer {
 public:
  const PublicKey& public_key() const override { return inner_->public_key(); }
  KeyCustody custody() const override { return KeyCustody::exec; }

 private:
  Result<std::string> make_signature(std::string_view bytes) const override {
    std::string seed(32, '\5');
    std::string signature = SecretKey::from_seed(SecretBytes::take(seed))->sign(bytes);
    signature[40] = static_cast<char>(signature[40] ^ 4);
    return signature;
  }
  std::unique_ptr<Signer> inner_ = signer_from_seed(std::string(32, '\5'));
};

}  // namespace

TEST_CASE("a signer signs what was framed") {
  const auto signer = signer_from_seed(std::string(32, '\5'));
  const FramedMessage message = FramedMessage::dsse("type", "payload");
  CHECK(message.bytes() == "DSSEv1 4 type 7 payload");
  CHECK(verify_signature(message.bytes(), *signer->sign(message), signer->public_key()));
  CHECK(signer->custody() == KeyCustody::file);
}

TEST_CASE("a signature that a fault has spoiled never leaves the signer") {
  const auto signature = FaultySigner().sign(FramedMessage::dsse("type", "payload"));
  REQUIRE_FALSE(signature.has_value());
  CHECK(signature.error().reason == "bad-signature");
}

TEST_CASE("the forms that are signed cannot be taken for each other") {
  const std::string text = log::write_checkpoint_text({log::origin_of("ab", false), 1, sha256("")});
  CHECK(FramedMessage::checkpoint(text).bytes() == text);
  CHECK(FramedMessage::ssh(text).bytes().starts_with("SSHSIG"));
  CHECK(FramedMessage::minisign(text).bytes().size() == 64);
  CHECK(FramedMessage::dsse("t", text).bytes().starts_with("DSSEv1 "));
}

TEST_CASE("custody has the words of the record") {
  CHECK(to_string(KeyCustody::file_passphrase) == "file-passphrase");
  CHECK(to_string(KeyCustody::agent) == "agent");
}

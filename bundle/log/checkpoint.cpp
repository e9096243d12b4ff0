#include "bundle/log/checkpoint.hpp"

#include "bundle/log/decimal.hpp"
#include "core/bytes.hpp"
#include "core/text.hpp"

namespace sourceos::bundle::log {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

}  // namespace

NoteVerdict SignedCheckpoint::verify(const PublicKey& log_key) const {
  return verify_note(note, checkpoint.origin, log_key);
}

std::string origin_of(std::string_view log_id, bool test_seams) {
  return std::string(test_seams ? k_test_origin_prefix : k_origin_prefix) + std::string(log_id);
}

std::string write_checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         base64_encode(checkpoint.root.bytes()) + "\n";
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const Signer& log_signer) {
  Note note{write_checkpoint_text(checkpoint), {}};
  SOURCEOS_TRY_ASSIGN_CONTEXT(std::string signature,
                              log_signer.sign(FramedMessage::checkpoint(note.text)),
                              "sign the checkpoint");
  note.signatures.push_back({checkpoint.origin,
                             note_key_id(checkpoint.origin, log_signer.public_key()),
                             std::move(signature)});
  return write_note(note);
}

Result<SignedCheckpoint> parse_checkpoint(std::string_view text) {
  SOURCEOS_TRY_ASSIGN_CONTEXT(Note note, parse_note(text), "read the checkpoint");
  const auto parts = text::split(note.text, '\n');
  if (parts.size() != 4 || parts[0].empty()) {
    return malformed("expected origin, size and root in the checkpoint");
  }
  SignedCheckpoint result;
  result.checkpoint.origin = std::string(parts[0]);
  SOURCEOS_TRY_ASSIGN(result.checkpoint.size, parse_decimal(parts[1]));
  SOURCEOS_TRY_ASSIGN(const std::string root, base64_decode(parts[2]));
  SOURCEOS_TRY_ASSIGN(result.checkpoint.root, Digest::from_bytes(root));
  result.note = std::move(note);
  return result;
}

}  // namespace sourceos::bundle::log

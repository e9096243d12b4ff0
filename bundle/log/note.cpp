// A signed note: text that ends in a newline, an empty line, and one or more lines
//   "— <name> <base64(key id (4, big-endian) || signature)>"
// UTF-8 with no control character but newline; a name has no space and no plus.
#include "bundle/log/note.hpp"

#include "bundle/digest.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle::log {
namespace {

constexpr std::string_view k_signature_prefix = "\xE2\x80\x94 ";  // em dash, space
constexpr char k_ed25519_type = '\x01';
constexpr std::size_t k_key_id_size = 4;
constexpr std::size_t k_note_bytes_max = 64 * limits::k_kib;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

bool is_name(std::string_view name) {
  return !name.empty() && name.find_first_of(" +") == std::string_view::npos;
}

std::uint32_t read_u32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, k_key_id_size)) {
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  return value;
}

std::string write_u32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> shift));
  }
  return bytes;
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(k_signature_prefix)) {
    return malformed("expected a signature line in the note");
  }
  line.remove_prefix(k_signature_prefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !is_name(line.substr(0, space))) {
    return malformed("expected a key name in the note's signature line");
  }
  SOURCEOS_TRY_ASSIGN(const std::string blob, base64_decode(line.substr(space + 1)));
  if (blob.size() <= k_key_id_size) {
    return malformed("expected a key id and a signature in the note's signature line");
  }
  return NoteSignature{std::string(line.substr(0, space)), read_u32(blob),
                       blob.substr(k_key_id_size)};
}

}  // namespace

std::uint32_t note_key_id(std::string_view name, const PublicKey& key) {
  std::string bytes(name);
  bytes += '\n';
  bytes += k_ed25519_type;
  bytes += key.view();
  return read_u32(sha256(bytes).bytes());
}

std::string note_verifier_key(std::string_view name, const PublicKey& key) {
  std::string encoded(1, k_ed25519_type);
  encoded += key.view();
  return std::string(name) + "+" + hex_encode(write_u32(note_key_id(name, key))) + "+" +
         base64_encode(encoded);
}

std::string write_note(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    out += k_signature_prefix;
    out += signature.name + " " +
           base64_encode(write_u32(signature.key_id) + signature.signature) + "\n";
  }
  return out;
}

Result<Note> parse_note(std::string_view text) {
  if (text.size() > k_note_bytes_max) {
    return fail(ErrorKind::limit, "limit", "the note is larger than 64 KiB");
  }
  if (!text::is_utf8(text)) {
    return malformed("expected a note in UTF-8");
  }
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 && byte != '\n') {
      return malformed("there is a control character in the note");
    }
  }
  // The last empty line ends the text.
  const std::size_t gap = text.rfind("\n\n");
  if (gap == std::string_view::npos || !text.ends_with('\n') || gap + 2 >= text.size()) {
    return malformed("expected text, an empty line and signatures in the note");
  }
  Note note{std::string(text.substr(0, gap + 1)), {}};
  std::string_view rest = text.substr(gap + 2);
  while (!rest.empty()) {
    if (note.signatures.size() == limits::k_signatures_max) {
      return fail(ErrorKind::limit, "limit", "there are more than 16 signatures in the note");
    }
    const std::size_t end = rest.find('\n');
    SOURCEOS_TRY_ASSIGN(NoteSignature signature, parse_signature_line(rest.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    rest.remove_prefix(end + 1);
  }
  return note;
}

NoteVerdict verify_note(const Note& note, std::string_view name, const PublicKey& key) {
  const std::uint32_t id = note_key_id(name, key);
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name == name && signature.key_id == id) {
      return verify_signature(note.text, signature.signature, key) ? NoteVerdict::valid
                                                                   : NoteVerdict::bad_signature;
    }
  }
  return NoteVerdict::not_signed_by_key;
}

}  // namespace sourceos::bundle::log

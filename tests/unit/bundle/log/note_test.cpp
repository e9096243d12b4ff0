// The note of golang.org/x/mod/sumdb/note's documentation, whose format C2SP took over.
#include "bundle/log/note.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

constexpr std::string_view k_note =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xE2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n";
constexpr std::string_view k_name = "PeterNeumann";
constexpr std::string_view k_verifier_key =
    "PeterNeumann" "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

PublicKey published_key() {
  const std::string encoded =
      *base64_decode(k_verifier_key.substr(k_verifier_key.rfind('+') + 1));
  return *PublicKey::from_bytes(std::string_view(encoded).substr(1));
}

}  // namespace

TEST_CASE("a published note verifies under its published key") {
  const Note note = *parse_note(k_note);
  CHECK(note.signatures.size() == 1);
  CHECK(note.signatures[0].key_id == 0xc74f20a3);
  CHECK(note_verifier_key(k_name, published_key()) == k_verifier_key);
  CHECK(verify_note(note, k_name, published_key()) == NoteVerdict::valid);
  CHECK(write_note(note) == k_note);
}

TEST_CASE("another text under the same signature is a bad signature") {
  std::string changed(k_note);
  changed[0] = 'i';
  CHECK(verify_note(*parse_note(changed), k_name, published_key()) == NoteVerdict::bad_signature);
}

TEST_CASE("signatures of other names and other keys are ignored") {
  const Note note = *parse_note(k_note);
  CHECK(verify_note(note, "EnochRoot", published_key()) == NoteVerdict::not_signed_by_key);
  const auto other = signer_from_seed(std::string(32, '\7'));
  CHECK(verify_note(note, k_name, other->public_key()) == NoteVerdict::not_signed_by_key);
}

TEST_CASE("what is no note is malformed") {
  const std::string signature(k_note.substr(k_note.find("\n\n") + 2));
  CHECK_FALSE(parse_note("").has_value());
  CHECK_FALSE(parse_note("text\n").has_value());
  CHECK_FALSE(parse_note("text\n\n").has_value());
  CHECK_FALSE(parse_note("text\n" + signature).has_value());
  CHECK_FALSE(parse_note("text\n\n" + signature.substr(0, signature.size() - 1)).has_value());
  CHECK_FALSE(parse_note("te\rxt\n\n" + signature).has_value());
  CHECK_FALSE(parse_note("te\xffxt\n\n" + signature).has_value());
  CHECK_FALSE(parse_note("text\n\n- name AAAA\n").has_value());
  CHECK_FALSE(parse_note("text\n\n\xE2\x80\x94 na+me AAAAAAA=\n").has_value());
  CHECK_FALSE(parse_note("text\n\n\xE2\x80\x94 name AAAA\n").has_value());
  CHECK_FALSE(parse_note("text\n\n\xE2\x80\x94  AAAAAAA=\n").has_value());
}

TEST_CASE("a note with more than 16 signatures is a limit") {
  std::string text = "text\n\n";
  for (int i = 0; i < 17; ++i) {
    text += "\xE2\x80\x94 name AAAAAAA=\n";
  }
  CHECK(parse_note(text).error().kind == ErrorKind::limit);
}

TEST_CASE("the text may hold empty lines: the last one ends it") {
  const Note note = *parse_note("a\n\nb\n\n\xE2\x80\x94 name AAAAAAA=\n");
  CHECK(note.text == "a\n\nb\n");
}

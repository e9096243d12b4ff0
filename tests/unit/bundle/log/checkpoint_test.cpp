#include "bundle/log/checkpoint.hpp"

#include "bundle/key.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::bundle::log;

namespace {

Checkpoint sample() { return {origin_of(std::string(32, 'a'), false), 3, sha256("root")}; }

}  // namespace

TEST_CASE("a checkpoint is read as it was signed") {
  const auto signer = signer_from_seed(std::string(32, '\1'));
  const std::string text = *sign_checkpoint(sample(), *signer);
  CHECK(text.starts_with("sourceos.evidence/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n3\n"));
  const SignedCheckpoint found = *parse_checkpoint(text);
  CHECK(found.checkpoint == sample());
  CHECK(found.verify(signer->public_key()) == NoteVerdict::valid);
  CHECK(found.verify(signer_from_seed(std::string(32, '\2'))->public_key()) ==
        NoteVerdict::not_signed_by_key);
}

TEST_CASE("the checkpoint of the specification is read") {
  const auto found = parse_checkpoint(
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
      "\xE2\x80\x94 example.com/behind-the-sofa "
      "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n");
  REQUIRE(found.has_value());
  CHECK(found->checkpoint.size == 20'852'163);
  CHECK(found->checkpoint.origin == "example.com/behind-the-sofa");
}

TEST_CASE("a test log has an origin of its own") {
  CHECK(origin_of("ab", true) == "sourceos.evidence/test/ab");
}

TEST_CASE("a checkpoint with another size or root is a bad signature") {
  const auto signer = signer_from_seed(std::string(32, '\1'));
  std::string text = *sign_checkpoint(sample(), *signer);
  text.replace(text.find("\n3\n"), 3, "\n4\n");
  CHECK(parse_checkpoint(text)->verify(signer->public_key()) == NoteVerdict::bad_signature);
}

TEST_CASE("odd numbers, extension lines and cut roots are malformed") {
  const auto signer = signer_from_seed(std::string(32, '\1'));
  const std::string text = *sign_checkpoint(sample(), *signer);
  const auto with = [&](std::string_view old, std::string_view replacement) {
    std::string changed = text;
    changed.replace(changed.find(old), old.size(), replacement);
    return parse_checkpoint(changed).has_value();
  };
  CHECK(with("\n3\n", "\n5\n"));
  CHECK_FALSE(with("\n3\n", "\n03\n"));
  CHECK_FALSE(with("\n3\n", "\n-3\n"));
  CHECK_FALSE(with("\n3\n", "\n3 \n"));
  CHECK_FALSE(with("\n3\n", "\n99999999999999999999\n"));
  CHECK_FALSE(with("\n3\n", "\n3\nextra\n"));
  CHECK_FALSE(with("\n\n", "extension\n\n"));
  CHECK_FALSE(with("sourceos.evidence/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "\n"));
}

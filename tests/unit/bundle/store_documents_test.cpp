#include "bundle/store_documents.hpp"

#include "bundle/key.hpp"
#include "core/bytes.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

OpenDocument sample_open() {
  OpenDocument document;
  document.key = signer_from_seed(std::string(32, 'l'))->public_key();
  document.nonce = std::string(32, '0');
  document.log_id = log_id_of(document.key, std::string(16, '\0'));
  document.machine_tag = std::string(64, 'a');
  document.succeeds = OpenDocument::Succeeds{std::string(32, 'b'), "a note\n", "why"};
  return document;
}

std::string with(std::string text, std::string_view old, std::string_view replacement) {
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

}  // namespace

TEST_CASE("an open document is read as it was written") {
  const OpenDocument document = sample_open();
  const auto read = parse_open_document(write_open_document(document));
  REQUIRE(read);
  CHECK(read->log_id == document.log_id);
  CHECK(read->key == document.key);
  CHECK(read->machine_tag == document.machine_tag);
  CHECK(read->succeeds->checkpoint == "a note\n");
  CHECK(write_open_document(*read) == write_open_document(document));
}

TEST_CASE("a log id follows from key and nonce") {
  const OpenDocument document = sample_open();
  CHECK(document.log_id ==
        sha256(std::string(document.key.view()) + std::string(16, '\0')).hex().substr(0, 32));
  const std::string text = write_open_document(document);
  CHECK_FALSE(parse_open_document(with(text, std::string(32, '0'), std::string(32, '1'))));
  CHECK_FALSE(parse_open_document(with(text, R"("v":1)", R"("v":2)")));
  OpenDocument alone = document;
  alone.succeeds.reset();
  CHECK(parse_open_document(write_open_document(alone)));
  CHECK_FALSE(parse_open_document(with(write_open_document(alone), "succeeds", "succeedz")));
  CHECK_FALSE(parse_open_document(with(text, R"("reason":"why")", R"("reason":null)")));
  CHECK_FALSE(parse_open_document(with(text, "{", "{ ")));
  CHECK_FALSE(parse_open_document("[]"));
}

TEST_CASE("a gc document is read as it was written") {
  for (const GcDocument& document : {GcDocument{"keep-days", ""}, GcDocument{"spill", "why"}}) {
    const auto read = parse_gc_document(write_gc_document(document));
    REQUIRE(read);
    CHECK(read->rule == document.rule);
    CHECK(read->reason == document.reason);
  }
  CHECK_FALSE(parse_gc_document(write_change_document({"hold", ""})));
}

TEST_CASE("the action of any change document is read") {
  CHECK(read_change_action(write_change_document({"hold", "why"})) == "hold");
  CHECK(read_change_action(R"({"action":"export","target":"x"})") == "export");
  CHECK(read_change_action(R"({"action":1})").empty());
  CHECK(read_change_action("[]").empty());
  CHECK(read_change_action("{").empty());
}

TEST_CASE("an intent says what it is about") {
  const auto facts = read_intent_document(
      R"({"command":{"path":["agent","start"]},"subject":{"kind":"agent","ref":"x"}})");
  REQUIRE(facts);
  CHECK(facts->subject_kind == "agent");
  CHECK(facts->subject_ref == "x");
  CHECK(facts->command == "start");
  CHECK(read_intent_document(R"({"command":"start","subject":{}})")->command == "start");
  CHECK(read_intent_document(R"({"command":{},"subject":{}})")->command.empty());
  CHECK_FALSE(read_intent_document(R"({"command":"start"})"));
  CHECK_FALSE(read_intent_document("[]"));
}

TEST_CASE("a referrers file is read as it was written") {
  const Referrers plain{{sha256("s")}, false, std::string(32, 'a'), std::nullopt, 7};
  const Referrers pruned{{}, true, std::string(32, 'a'), 9, 7};
  for (const Referrers& referrers : {plain, pruned}) {
    const auto read = parse_referrers(write_referrers(referrers));
    REQUIRE(read);
    CHECK(*read == referrers);
  }
  CHECK(write_referrers(pruned) == R"({"attached":[],"imported":true,"logId":")" +
                                       std::string(32, 'a') + R"(","pruned":9,"seq":7})");
  const std::string text = write_referrers(plain);
  CHECK_FALSE(parse_referrers(with(text, "[\"sha256:", "[\"sha512:")));
  CHECK_FALSE(parse_referrers(with(text, "null", "\"x\"")));
  CHECK_FALSE(parse_referrers(with(text, "false", "0")));
  CHECK_FALSE(parse_referrers("{}"));
}

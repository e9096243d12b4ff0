#include "redact/pseudonym.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

const std::string k_run = "00112233445566778899aabbccddeeff";

KeySource keys() { return tests::pipeline_options().keys; }

}  // namespace

TEST_CASE("the same value has the same tag in one scope, and no other value has it") {
  const Pseudonyms one(keys(), "store", k_run);
  const Pseudonyms other(keys(), "store", std::string(32, '1'));
  CHECK(one.tag("value", TagScope::configured) == other.tag("value", TagScope::configured));
  CHECK(one.tag("value", TagScope::configured) != one.tag("valuf", TagScope::configured));
  CHECK(std::ranges::all_of(one.tag("value", TagScope::configured),
                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
}

TEST_CASE("what is easily guessed cannot be compared across bundles or audiences") {
  const Pseudonyms one(keys(), "store", k_run);
  const Pseudonyms other(keys(), "store", std::string(32, '1'));
  CHECK(one.tag("1234", TagScope::bundle) != other.tag("1234", TagScope::bundle));
  const Pseudonyms audience(keys(), "audience:them", k_run);
  CHECK(one.tag("value", TagScope::configured) != audience.tag("value", TagScope::configured));
}

TEST_CASE("a tag over parts is the tag over the whole") {
  const Pseudonyms pseudonyms(keys(), "store", k_run);
  RunningTag running(pseudonyms, TagScope::configured);
  running.update("val");
  running.update("ue");
  CHECK(running.finish() == pseudonyms.tag("value", TagScope::configured));
}

TEST_CASE("a commitment is bound to run, path, length and bytes") {
  const auto commit = [](std::string_view run, std::string_view path, std::string_view bytes) {
    Commitment commitment(keys(), run, path, bytes.size());
    commitment.update(bytes);
    return commitment.finish_hex();
  };
  const std::string base = commit(k_run, "a", "bytes");
  CHECK(base.size() == 64);
  CHECK(commit(k_run, "a", "bytes") == base);
  CHECK(commit(k_run, "b", "bytes") != base);
  CHECK(commit(std::string(32, '1'), "a", "bytes") != base);
  CHECK(commit(k_run, "a", "bytet") != base);
}

#include "bundle/diff.hpp"

#include "bundle/layout.hpp"
#include "bundle/view.hpp"
#include "core/json/json.hpp"
#include "tests/unit/bundle/sample_store.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

struct Pair {
  Pair(std::string_view first, std::string_view second)
      : store(sample.open()),
        before_layout(store.layout(seal(store, sample, first).id).value()),
        after_layout(store.layout(seal(store, sample, second).id).value()),
        before(View::open(*before_layout).value()),
        after(View::open(*after_layout).value()) {}

  SampleStore sample;
  Store store;
  std::unique_ptr<Layout> before_layout;
  std::unique_ptr<Layout> after_layout;
  View before;
  View after;
};

}  // namespace

TEST_CASE("two runs that saw the same do not differ") {
  const Pair pair("same", "same");
  const auto found = diff(pair.before, pair.after);
  REQUIRE_MESSAGE(found, (found ? "" : found.error().read_out()));
  for (const char* part : {"facts", "tools", "mounts", "deniedAttempts", "grants", "collectors",
                           "findings", "entries"}) {
    CHECK_MESSAGE(found->at(part).empty(), part << ": " << found->at(part).dump());
  }
}

TEST_CASE("an entry with other bytes is changed, with both sides told") {
  const Pair pair("one", "another");
  const auto found = diff(pair.before, pair.after).value();
  REQUIRE(found.at("entries").size() == 1);
  CHECK(found.at("entries")[0].at("change") == "changed");
  CHECK_FALSE(found.at("entries")[0].at("before").is_null());
  CHECK_FALSE(found.at("entries")[0].at("after").is_null());
}

TEST_CASE("a difference with more entries than wanted is cut and says so") {
  const Pair pair("one", "another");
  const auto found = diff(pair.before, pair.after, 0).value();
  CHECK(found.at("entries").empty());
  CHECK(found.at("entriesCut") == true);
}

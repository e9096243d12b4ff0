#include "bundle/view.hpp"

#include "bundle/layout.hpp"
#include "core/json/json.hpp"
#include "tests/unit/bundle/sample_store.hpp"

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

struct Opened {
  Opened() : store(sample.open()), sealed(seal(store, sample, "hello")), layout(store.layout(sealed.id).value()) {}

  SampleStore sample;
  Store store;
  SealedBundle sealed;
  std::unique_ptr<Layout> layout;
};

std::vector<IndexLine> lines_of(const View& view) {
  std::vector<IndexLine> lines;
  REQUIRE(view.for_each_entry([&](const IndexLine& line) {
    lines.push_back(line);
    return true;
  }));
  return lines;
}

}  // namespace

TEST_CASE("a view finds the way from index.json to an entry's bytes") {
  Opened opened;
  const auto view = View::open(*opened.layout);
  REQUIRE_MESSAGE(view, (view ? "" : view.error().read_out()));
  CHECK(view->id() == opened.sealed.id);
  CHECK(view->record().at("type") == "SourceOSEvidenceBundle");
  CHECK(view->stored_bytes() > 0);
  const auto lines = lines_of(*view);
  REQUIRE(lines.size() == 1);
  const auto found = view->find(lines[0].path);
  REQUIRE(found);
  std::string content;
  REQUIRE(view->read(*found, 1000, [&](std::string_view part) -> Status {
    content += part;
    return {};
  }));
  CHECK(content == "hello");
  CHECK(view->read_start(*found, 2) == std::string("he"));
}

TEST_CASE("an entry that is not there is said to be missing") {
  Opened opened;
  const auto view = View::open(*opened.layout).value();
  const auto found = view.find("no/such/entry");
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == "entry-missing");
}

TEST_CASE("reading the entries stops when the reader has enough") {
  Opened opened;
  const auto view = View::open(*opened.layout).value();
  int seen = 0;
  REQUIRE(view.for_each_entry([&](const IndexLine&) {
    ++seen;
    return false;
  }));
  CHECK(seen == 1);
}

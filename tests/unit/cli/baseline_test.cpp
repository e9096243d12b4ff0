#include "cli/baseline.hpp"

#include "core/json/json.hpp"
#include "host/random.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

json::Value row(std::string_view rule, std::string_view tag) {
  return {{"rule", rule}, {"tag", tag}, {"path", "a.env"}, {"excerpt", "x"}};
}

}  // namespace

TEST_CASE("a written baseline accepts just what it was written from") {
  const tests::TemporaryDirectory directory;
  host::SeededRandom random("seed");
  const Baseline fresh = Baseline::with_new_key(random);
  const auto path = directory.write("baseline.json",
                                    fresh.write(json::Value::array({row("r1", "aaaa"), row("r1", "aaaa")})));
  const auto read = Baseline::read(path);
  REQUIRE(read.has_value());
  CHECK(read->key() == fresh.key());
  CHECK(read->accepts(row("r1", "aaaa")));
  CHECK_FALSE(read->accepts(row("r1", "bbbb")));
  CHECK_FALSE(read->accepts(row("r2", "aaaa")));
}

TEST_CASE("a file that is no baseline is refused") {
  const tests::TemporaryDirectory directory;
  for (const char* text : {"{}", "no json", R"({"schema":"sourceos.scan-baseline/v1","key":"00"})"}) {
    const auto read = Baseline::read(directory.write("b.json", text));
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == ErrorKind::malformed);
  }
}

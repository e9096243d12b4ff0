#include "runtime/doors/grant_uses.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

Contract grant(int most) {
  return changed("hostinterfacegrant.linux-agent", [most](json::Value& d) { d["maxUses"] = most; });
}

}  // namespace

TEST_CASE("uses are counted up to the last one allowed") {
  TemporaryDirectory scratch;
  CHECK(grant_uses(scratch.path(), grant(2)).value() == 0);
  CHECK(count_grant_use(scratch.path(), grant(2)).value() == 1);
  CHECK(count_grant_use(scratch.path(), grant(2)).value() == 2);
  CHECK(count_grant_use(scratch.path(), grant(2)).error().reason == "grant-used-up");
  CHECK(grant_uses(scratch.path(), grant(2)).value() == 2);
}

TEST_CASE("a grant without a bound is counted all the same") {
  TemporaryDirectory scratch;
  const Contract free = changed("hostinterfacegrant.linux-agent", [](json::Value& d) { d["maxUses"] = nullptr; });
  for (std::uint64_t i = 1; i <= 3; ++i) {
    CHECK(count_grant_use(scratch.path(), free).value() == i);
  }
}

TEST_CASE("many at once never use a grant more often than it allows") {
  TemporaryDirectory scratch;
  std::atomic<int> allowed = 0;
  std::vector<std::thread> users;
  for (int i = 0; i < 8; ++i) {
    users.emplace_back([&] { allowed += count_grant_use(scratch.path(), grant(3)).has_value() ? 1 : 0; });
  }
  for (std::thread& user : users) {
    user.join();
  }
  CHECK(allowed == 3);
}

TEST_CASE("a count that was tampered with is not believed") {
  TemporaryDirectory scratch;
  std::filesystem::create_directories(scratch.path() / "grants");
  std::ofstream(scratch.path() / "grants/demo-agent-linux.json") << R"({"grant":"urn:other","uses":0})";
  CHECK(count_grant_use(scratch.path(), grant(2)).error().reason == "grant-uses-malformed");
}

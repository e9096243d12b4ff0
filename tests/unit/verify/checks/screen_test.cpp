#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

// Keeps what it was given.
class Keeper final : public verify::Inspector {
 public:
  std::map<std::string, std::string> seen;
  std::string ruleset_digest() const override { return "none"; }
  std::unique_ptr<verify::EntryInspection> begin(std::string_view entry) override {
    class Inspection final : public verify::EntryInspection {
     public:
      explicit Inspection(std::string& into) : into_(into) {}
      void feed(std::string_view bytes) override { into_ += bytes; }
      Result<std::vector<verify::InspectorHit>> finish() override {
        return std::vector<verify::InspectorHit>();
      }

     private:
      std::string& into_;
    };
    return std::make_unique<Inspection>(seen[std::string(entry)]);
  }
};

}  // namespace

TEST_CASE("an inspector is given every entry whole and in order") {
  Scene scene;
  scene.bundle.members.insert(scene.bundle.members.begin(), {"empty", ""});
  scene.bundle.members.emplace_back("zz", std::string(3'000'000, 'z'));
  scene.bundle.after_members();
  Keeper keeper;
  scene.options.inspector = &keeper;
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified");
  REQUIRE(keeper.seen.size() == scene.bundle.members.size());
  for (const auto& [path, content] : scene.bundle.members) {
    CHECK(keeper.seen[path] == content);
  }
}

TEST_CASE("a hit says where and never what") {
  Scene scene;
  const std::string token = std::string("gh") + "p_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8";
  scene.bundle.members[1].second = "0123456789" + std::string(" ") + token;
  scene.bundle.after_members();
  const auto verdict = judged(scene);
  const verify::CheckResult* screen = verdict.find("screen");
  CHECK(screen->member == "facts/host.json");
  CHECK(screen->detail == "github-token at bytes 11 to 51");
  for (const auto& check : verdict.checks) {
    CHECK(check.detail.find(token) == std::string::npos);
  }
}

#include "bundle/pack_check.hpp"
#include "core/limits.hpp"
#include "tests/unit/bundle/hand_made_frame.hpp"
#include "tests/unit/verify/judging.hpp"
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;

namespace {

// An entry of two segments beside the pack.
void add_segments(Scene& scene) {
  const std::string first(5'000'000, 'a');
  const std::string second(100, 'b');
  scene.bundle.layers.push_back(compressed(first));
  scene.bundle.layers.push_back(compressed(second));
  std::string line = scene.bundle.lines[1];
  line = replaced(line, "facts/host.json", "zz/large.log");
  line = replaced(line, bundle::sha256(scene.bundle.members[1].second).hex(),
                  bundle::sha256(first + second).hex());
  line.replace(line.find(",\"size\":") + 1, line.find(",\"source\"") - line.find(",\"size\":") - 1,
               "\"size\":5000100");
  line.replace(line.find("\"bytesScanned\":"), line.find(",\"commitment\"") - line.find("\"bytesScanned\":"),
               "\"bytesScanned\":5000100");
  line.replace(line.find("\"where\":"), std::string::npos,
               R"("where":[{"frame":0,"layer":2,"offset":0,"size":5000000},)"
               R"({"frame":0,"layer":3,"offset":0,"size":100}]})");
  scene.bundle.lines.push_back(line);
  const std::uint64_t bytes = scene.bundle.record["entries"]["bytes"].get<std::uint64_t>() + 5'000'100;
  scene.bundle.record["entries"]["count"] = 4;
  scene.bundle.record["entries"]["bytes"] = bytes;
  scene.bundle.record["collectors"].back()["entries"] = 4;
  scene.bundle.record["collectors"].back()["bytes"] = bytes;
}

void finish(Scene& scene) {
  scene.bundle.after_lines();
  for (int i = 0; i < 2; ++i) {
    const std::size_t at = scene.bundle.manifest.rfind("pack.v1.tar+zstd");
    scene.bundle.manifest.replace(at, 16, "segment.v1+zstd");
  }
  scene.bundle.after_manifest();
}

}  // namespace

TEST_CASE("an entry in segments is read as one") {
  Scene scene;
  add_segments(scene);
  finish(scene);
  CHECK(judged(scene).words == "verified");
}

TEST_CASE("segments in another order are another entry") {
  Scene scene;
  add_segments(scene);
  std::swap(scene.bundle.layers[2], scene.bundle.layers[3]);
  scene.bundle.lines.back() =
      replaced(replaced(scene.bundle.lines.back(), "\"size\":5000000", "\"size\":100"), "\"size\":100}]",
               "\"size\":5000000}]");
  finish(scene);
  CHECK(told(judged(scene)) == "failed (digest-mismatch)");
}

TEST_CASE("a segment of another size than the index says is told by what differs") {
  Scene more;
  add_segments(more);
  more.bundle.layers[3] = compressed(std::string(101, 'b'));
  finish(more);
  CHECK(told(judged(more)) == "failed (limit)");
  Scene fewer;
  add_segments(fewer);
  fewer.bundle.layers[3] = compressed(std::string(99, 'b'));
  finish(fewer);
  CHECK(told(judged(fewer)) == "failed (malformed)");
}

TEST_CASE("with --fast all stored bytes are hashed and nothing is decompressed") {
  Scene scene;
  scene.bundle.layers[1] = "no zstd at all";
  scene.bundle.after_layers();
  scene.options.level = verify::Level::stored;
  const auto verdict = judged(scene);
  CHECK(verdict.words == "verified (stored bytes only)");
  CHECK(outcome_of(verdict, "content") == "skipped not looked at (--fast)");

  Scene flipped;
  flipped.options.level = verify::Level::stored;
  flipped.options.jobs = 4;
  std::string& pack = flipped.bundle.files[flipped.bundle.name_of(flipped.bundle.layers[1])];
  pack[20] = static_cast<char>(pack[20] ^ 1);
  CHECK(told(judged(flipped)) == "failed (digest-mismatch)");
}

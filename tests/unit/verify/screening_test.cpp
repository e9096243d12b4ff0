#include "verify/screening.hpp"

#include "core/limits.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::verify;

namespace {

// Screening never looks at the layout.
class NoFiles : public bundle::Layout {
 public:
  [[nodiscard]] const std::vector<bundle::LayoutFile>& files() const override { return files_; }
  [[nodiscard]] Result<bundle::BlobReader> open_file(std::string_view name) const override {
    return fail(ErrorKind::not_found, "missing-member", std::string(name));
  }

 private:
  std::vector<bundle::LayoutFile> files_;
};

struct Fixture {
  const VerifyOptions options;
  bundle::FramePool pool{1};
  Verdict verdict;
  NoFiles layout;
  Run run{layout, options, pool, verdict};
};

std::string token() { return std::string("np") + "m_" + "0a1B2c3D4e5F6g7H8i9J" + "0k1L2m3N4o5P6q7R"; }

std::vector<ScreenHit> hits_of(Screening& screening, const std::string& text) {
  const bundle::FrameInspector inspect = screening.inspector();
  // Last frame first: the order must not matter.
  std::vector<std::size_t> frames;
  for (std::size_t at = 0; at < text.size(); at += limits::k_frame_input_bytes) {
    frames.insert(frames.begin(), at);
  }
  for (const std::size_t at : frames) {
    CHECK(inspect(at, std::string_view(text).substr(at, limits::k_frame_input_bytes)).has_value());
  }
  std::vector<ScreenHit> hits;
  screening.collect(hits);
  return hits;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a token is found wherever it lies between two frames") {
  const std::size_t seam = limits::k_frame_input_bytes;
  for (const std::size_t at : {std::size_t{0}, std::size_t{100}, seam - 600, seam - 300, seam - 40,
                               seam - 39, seam - 20, seam - 1, seam, seam + 1, seam + 255,
                               seam + 256, seam + 600}) {
    CAPTURE(at);
    std::string text(seam + 1000, ' ');
    text.replace(at, token().size(), token());
    Screening screening(run, "logs/a.log", 5);
    const auto hits = hits_of(screening, text);
    REQUIRE(hits.size() == 1);
    CHECK(hits[0].member == "logs/a.log");
    CHECK(hits[0].from == at + 5);
    CHECK(hits[0].to == at + 5 + token().size());
  }
}

TEST_CASE_FIXTURE(Fixture, "a hit in a pack is told as a range of its member") {
  std::string text(4096, '\0');
  text.replace(512, token().size(), token());
  text.replace(2048 + 512 + 10, token().size() + 1, " " + token());
  const std::vector<bundle::PackMember> members = {{"a", {}, 100, 0, 512}, {"b", {}, 200, 0, 2560}};
  Screening screening(run, members);
  const auto hits = hits_of(screening, text);
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].member == "a");
  CHECK(hits[0].from == 0);
  CHECK(hits[1].member == "b");
  CHECK(hits[1].from == 11);
}

TEST_CASE_FIXTURE(Fixture, "what is told of many hits is bounded") {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += token() + "\n";
  }
  Screening screening(run, "x");
  CHECK(hits_of(screening, text).size() == 100);
}

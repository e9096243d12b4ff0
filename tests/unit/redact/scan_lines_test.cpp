#include "redact/scan.hpp"

#include <doctest/doctest.h>

#include <string>

#include "redact/checksum.hpp"
#include "pipeline_support.hpp"

using namespace sourceos;
using namespace sourceos::tests;

namespace {

std::string redacted(const std::string& text) { return std::string(pipeline().document(text, {}).bytes()); }

bool leaves(const std::string& text, std::string_view part) {
  return redacted(text).find(part) != std::string::npos;
}

const std::string k_word = "river" "Otter42";

}  // namespace

TEST_CASE("a secret is masked at each place of its line, bare ones too") {
  CHECK_FALSE(leaves("login --password " + k_word + " as " + k_word + ", then " + k_word + "\n", k_word));
  CHECK_FALSE(leaves(k_word + " was set with password=" + k_word + "\n", k_word));
}

TEST_CASE("a secret that stands hundreds of times on a long line is masked at each") {
  std::string text;
  for (int i = 0; i < 900; ++i) {
    text += (i % 3 == 0 ? "password=" : i % 3 == 1 ? " said " : " x") + k_word + (i % 50 == 49 ? "er" : "") + " ";
  }
  const std::string out = redacted(text + "\n");
  std::size_t left = 0;
  for (std::size_t at = out.find(k_word); at != std::string::npos; at = out.find(k_word, at + 1)) {
    const bool longer = out[at - 1] == 'x' || out.substr(at + k_word.size(), 2) == "er";
    left += longer ? 0 : 1;
  }
  CHECK(left == 0);
  CHECK(out.find("x" + k_word) != std::string::npos);
}

TEST_CASE("what is part of a longer word, on another line, or a common word stays") {
  CHECK(leaves("with password=" + k_word + " " + k_word + "er\n", k_word + "er"));
  CHECK(leaves("password=" + k_word + "\n" + k_word + "\n", "\n" + k_word));
  CHECK(leaves("pass" "word=postgres image postgres\n", "image postgres"));
}

TEST_CASE("a token that a line's end broke is found on evidence") {
  const std::string token = github_token();
  const std::string first = token.substr(0, 24);
  const std::string rest = token.substr(24);
  // Quoted-printable, at its width.
  const std::string text = std::string(75 - first.size(), 'x').replace(74 - first.size(), 1, " ") + first;
  CHECK_FALSE(leaves(text + "=\n" + rest + " end\n", rest));
  // A terminal of 80 columns.
  const std::string wide = std::string(80 - first.size(), 'x').replace(79 - first.size(), 1, " ") + first;
  CHECK_FALSE(leaves(wide + "\n" + rest + " end\n", rest));
  // Folded YAML, and a log that puts its prefix before each part.
  CHECK_FALSE(leaves("note: >-\n    " + first + "\n    " + rest + "\nnext: 1\n", rest));
  CHECK_FALSE(leaves("Mar 01 10:00:00 h app[7]: " + first + "\nMar 01 10:00:00 h app[7]: " + rest + "\n", rest));
}

TEST_CASE("base64 in lines is decoded as one") {
  const std::string inner = "some words before, token=" + github_token() + " and some words behind it, to the end";
  const std::string whole = redact::base64_text(inner + inner);
  std::string lines;
  for (std::size_t at = 0; at < whole.size(); at += 76) {
    lines += whole.substr(at, 76) + "\n";
  }
  CHECK_FALSE(leaves("Content-Transfer-Encoding: base64\n\n" + lines + "\n", whole.substr(76, 76)));
}

TEST_CASE("lines without such evidence stay apart") {
  const std::string value = "a8Zk3pQx7TmW9rLc";
  CHECK(leaves("api_token=" + value + "\nDB_HOST=db01x\n", "\nDB_HOST=db01x"));
  CHECK(leaves("api_token=" + value + "\nsecond line of text\n", "\nsecond line"));
}

TEST_CASE("what is joined and repeated does not depend on how the input is split") {
  const std::string token = github_token();
  std::string text;
  for (int i = 0; i < 900; ++i) {
    text += "password=" + k_word + " for " + k_word + "\n" + std::string(40, 'x') + " " + token.substr(0, 39) + "\n" +
            token.substr(39) + "9 end\nnote: >-\n    " + token.substr(0, 24) + "\n    " + token.substr(24) + "\n" +
            std::string(static_cast<std::size_t>(i % 7), '-') + "\n";
  }
  const std::string whole = redacted(text);
  CHECK(whole.find(k_word) == std::string::npos);
  CHECK(whole.find(token.substr(24)) == std::string::npos);
  for (const std::size_t size : {std::size_t{1}, std::size_t{77}, std::size_t{4099}, std::size_t{70'001}}) {
    CAPTURE(size);
    CHECK((redacted_in_parts(text, size) == whole));
  }
}

TEST_CASE("one line tells of one failing credential helper") {
  const std::string line = R"(error getting credentials - err: exec: "docker-credential-desktop": executable file not found)";
  const auto document = pipeline().document(line + "\n" + line + "\n", {});
  CHECK(document.findings().size() == 2);
}

TEST_CASE("what lies in a home that is called home is no user") {
  redact::PipelineOptions options = pipeline_options();
  options.identity.home = "/srv/run7/home";
  const auto made = redact::Pipeline::create(std::move(options));
  REQUIRE(made.has_value());
  (*made)->freeze();
  const std::string out((*made)->document("open /srv/run7/home/quince/x and /home/quince/x\n", {}).bytes());
  CHECK(out.find("$HOME/quince/x") != std::string::npos);
  CHECK(out.find("/home/REDACTED-user-") != std::string::npos);
}

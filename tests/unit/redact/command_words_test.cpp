#include <doctest/doctest.h>

#include <string>

#include "redact/command_line.hpp"

using namespace sourceos::redact;

namespace {

std::string words(const std::string& text) {
  std::string out;
  for (const CommandWord word : words_behind(text, 4)) {
    out += text.substr(word.from, word.to - word.from) + "|";
  }
  return out;
}

}  // namespace

TEST_CASE("a shell line gives words, joined lines too, up to where its command ends") {
  CHECK(words("tool a 'b c' --d=e \\\n f | g") == "a|b c|--d=e|f|");
  CHECK(words("tool a; b") == "a|");
  CHECK(words("tool a && b") == "a|");
  CHECK(words("tool x`\n") == "x`|");
}

TEST_CASE("lists of quoted items, lines with dashes and elements give words") {
  CHECK(words(R"(tool", "-a", "b c"])") == "-a|b c|");
  CHECK(words("tool\n  - -a\n  - 'b'\nnext: 1\n") == "-a|b|");
  CHECK(words("tool</string><string>a</string>") == "a|");
}

TEST_CASE("what is no command line gives none") {
  CHECK(words("tool: a") == "");
  CHECK(words("tool") == "");
}

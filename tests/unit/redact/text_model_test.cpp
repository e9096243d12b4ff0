#include "redact/text_model.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace sourceos::redact;

TEST_CASE("letters have one code in both cases, other characters one each") {
  CHECK(text_code('A') == text_code('a'));
  CHECK(text_code('_') != text_code('-'));
  std::set<std::size_t> codes;
  for (int c = 0x20; c < 0x40; ++c) {
    codes.insert(text_code(static_cast<char>(c)));
  }
  for (int c = 'a'; c <= 'z'; ++c) {
    codes.insert(text_code(static_cast<char>(c)));
  }
  CHECK(codes.size() == 32 + 26);
}

TEST_CASE("what logs are full of is more common than what they have not") {
  const TextModel& model = TextModel::instance();
  CHECK(model.share("ion") > model.share("pwd"));
  CHECK(model.share("conn") > model.share("xoxb"));
  CHECK(model.share("nnec") > model.share("nneq") * 10);
  CHECK(model.share(text_code('e')) > model.share(text_code('q')));
  CHECK(model.share("zq~^") > 0);
}

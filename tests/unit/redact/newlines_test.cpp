#include "redact/newlines.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace sourceos::redact;

TEST_CASE("newlines are counted in texts of every size, wherever they stand") {
  std::string text;
  for (unsigned i = 0; i < 9000; ++i) {
    text += (i * i + i / 7) % 5 == 0 ? '\n' : static_cast<char>(i);
  }
  for (std::size_t size = 0; size < 600; ++size) {
    for (const std::size_t from : {std::size_t{0}, size % 37}) {
      const std::string_view part = std::string_view(text).substr(from, size);
      CHECK(count_newlines(part) == static_cast<std::uint64_t>(std::ranges::count(part, '\n')));
      CHECK(count_newlines_plainly(part) == count_newlines(part));
    }
  }
  CHECK(count_newlines(text) == static_cast<std::uint64_t>(std::ranges::count(text, '\n')));
  CHECK(count_newlines(std::string(100'000, '\n')) == 100'000);
}

#include "redact/byte_marks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace sourceos::redact;

namespace {

ByteMarks marks_of(const std::string& text) {
  ByteMarks marks;
  find_marks(text, 0, text.size(), MarkWish::all, marks);
  return marks;
}

bool any_within(const std::vector<std::uint32_t>& list, std::size_t from, std::size_t to) {
  return std::ranges::any_of(list, [&](auto at) { return at >= from && at < to; });
}

// Pieces of all that marks are made of, one after another.
std::string mixed_text() {
  std::string text;
  for (std::uint32_t seed = 1; text.size() < 20'000; seed = seed * 1664525 + 1013904223) {
    constexpr std::string_view k_pieces[] = {"abc", "0123456789abcdef", "-", ".", ":", "::", "1.2.3.4", "a1:b2:c3:", "@",
                                             " ", "\n", "+/", "%", "\\", "\xC2", "\x90", "\x01", "=-=-=", "99", "_"};
    text += k_pieces[(seed >> 16) % std::size(k_pieces)];
  }
  return text;
}

}  // namespace

TEST_CASE("every run of 16 bytes has a mark at its begin, shorter ones have none") {
  for (std::size_t at = 0; at < 200; ++at) {
    const std::string before(at, ' ');
    CAPTURE(at);
    const auto marks = marks_of(before + std::string(16, 'Q') + std::string(90, ' ')).runs;
    CHECK(marks == std::vector<std::uint32_t>{static_cast<std::uint32_t>(at)});
    CHECK(marks_of(before + std::string(15, 'Q') + " ").runs.empty());
    CHECK(marks_of(before + std::string(300, 'Q')).runs.size() == 1);
  }
}

TEST_CASE("runs of token characters are told from those with paths and sums in them") {
  for (unsigned c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    const bool token = is_base64_char(byte) && byte != '+' && byte != '/';
    CAPTURE(c);
    CHECK(marks_of("  " + std::string(16, byte) + " ").tokens.size() == (token ? 1 : 0));
  }
  CHECK(marks_of("/v1/abcdefgh/abcdefgh").tokens.empty());
  CHECK((marks_of("/v1/abcdefgh-abcdefgh").tokens == std::vector<std::uint32_t>{4}));
}

TEST_CASE("every address has a mark, wherever it lies") {
  for (std::size_t at = 0; at < 200; ++at) {
    CAPTURE(at);
    const std::string before(at, 'x');
    CHECK(any_within(marks_of(before + " 8.8.4.4 " + before).dots, at, at + 9));
    CHECK(any_within(marks_of(before + " 188.188.144.144").dots, at, at + 17));
    CHECK(any_within(marks_of(before + " 2a00:1450::8 ").colons, at, at + 13));
    CHECK(any_within(marks_of(before + " 2a00:1450:4001:82b:0:0:0:200e").colons, at, at + 30));
    CHECK(any_within(marks_of(before + " 3c:52:82:aa:bb:cc ").colons, at, at + 18));
    CHECK(any_within(marks_of(before + " 3c-52-82-aa-bb-cc ").colons, at, at + 18));
    CHECK(any_within(marks_of(before + "@").ats, at, at + 1));
  }
}

TEST_CASE("bytes that hide text are marked, plain ones are not") {
  for (unsigned c = 0; c < 256; ++c) {
    const bool special = (c < 0x20 && c != '\t' && c != '\n') || c == '%' || c == '&' ||
                         c == '\\' || c == 0xC2 || c == 0xE2 || c == 0xEF || c == 0xFD;
    CAPTURE(c);
    CHECK(marks_of(std::string(70, static_cast<char>(c))).specials.size() == (special ? 70 : 0));
  }
}

TEST_CASE("the base64 alphabet is what it is") {
  for (unsigned c = 0; c < 256; ++c) {
    const std::string text(24, static_cast<char>(c));
    CAPTURE(c);
    CHECK(marks_of(text).runs.empty() != is_base64_char(static_cast<char>(c)));
  }
}

TEST_CASE("every form of the CPU finds the same marks") {
  const std::string text = mixed_text();
  for (std::size_t size = 0; size < text.size(); size += size < 300 ? 1 : 977) {
    const std::string_view part = std::string_view(text).substr(0, size);
    const std::size_t to = size - size / 3;
    for (const MarkWish wish : {MarkWish::encodings, MarkWish::all}) {
      ByteMarks plain;
      find_marks(part, size / 5, to, wish, plain, MarkCpu::plain);
      for (const MarkCpu cpu : {MarkCpu::best, MarkCpu::avx2}) {
        ByteMarks marks;
        find_marks(part, size / 5, to, wish, marks, cpu);
        CAPTURE(size);
        CHECK(marks.runs == plain.runs);
        CHECK(marks.tokens == plain.tokens);
        CHECK(marks.specials == plain.specials);
        CHECK(marks.dots == plain.dots);
        CHECK(marks.colons == plain.colons);
        CHECK(marks.ats == plain.ats);
      }
    }
  }
}

TEST_CASE("a short stretch of a text has the marks that it has in a long one") {
  const std::string text = mixed_text();
  const auto before = [](std::vector<std::uint32_t> list, std::size_t end) {
    std::erase_if(list, [end](std::uint32_t at) { return at >= end; });
    return list;
  };
  for (std::size_t from = 0; from < 9'000; from += 1'117) {
    ByteMarks whole;
    find_marks(text, from, text.size(), MarkWish::all, whole);
    for (std::size_t to = from; to < from + 700; to += 3) {
      ByteMarks marks;
      find_marks(text, from, to, MarkWish::all, marks);
      CAPTURE(from);
      CAPTURE(to);
      CHECK(before(marks.runs, to) == before(whole.runs, to));
      CHECK(before(marks.tokens, to) == before(whole.tokens, to));
      CHECK(before(marks.specials, to) == before(whole.specials, to));
      CHECK(before(marks.dots, to) == before(whole.dots, to));
      CHECK(before(marks.colons, to) == before(whole.colons, to));
      CHECK(before(marks.ats, to) == before(whole.ats, to));
    }
  }
}

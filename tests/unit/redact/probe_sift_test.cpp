#include "redact/probe_sift.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace sourceos::redact;

namespace {

std::uint32_t bytes_of(std::string_view text) {
  std::uint32_t bytes = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bytes |= std::uint32_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return bytes;
}

}  // namespace

TEST_CASE("probes are kept in either case, in every number of places, with gathers and without") {
  for (const auto& [probe, mask] : {std::pair("pass", ~0U), {"key", 0xFFFFFFU}, {"pw", 0xFFFFU}, {"x\xE9=1", ~0U}}) {
    ProbeSift sift;
    sift.add((bytes_of(probe) | k_probe_fold) & mask, mask);
    std::string text;
    std::vector<std::uint16_t> places;
    std::vector<std::uint16_t> expected;
    for (std::uint32_t i = 0; i < 900; ++i) {
      const bool here = (i * 2654435761U >> 24) % 3 == 0;
      places.push_back(static_cast<std::uint16_t>(text.size()));
      if (here) {
        expected.push_back(places.back());
        CHECK(sift.has(bytes_of(probe)));
      }
      text += here ? std::string(probe) + "~" : std::string(1 + i % 4, '~');
      if (here && i % 2 == 0 && text[places.back()] >= 'a') {
        text[places.back()] = static_cast<char>(text[places.back()] - 32);
      }
    }
    text += "~~~~";
    const auto quick = std::make_unique<ProbeSift::Kept>();
    const auto plain = std::make_unique<ProbeSift::Kept>();
    for (std::size_t count = 0; count <= places.size(); ++count) {
      const std::size_t kept = sift.sift(text.data(), std::span(places).first(count), *quick);
      REQUIRE(kept == sift.sift_plainly(text.data(), std::span(places).first(count), *plain));
      REQUIRE(std::equal(quick->begin(), quick->begin() + static_cast<std::ptrdiff_t>(kept), plain->begin()));
      for (const std::uint16_t place : expected) {
        const bool asked = std::find(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), place) !=
                           places.begin() + static_cast<std::ptrdiff_t>(count);
        const auto end = quick->begin() + static_cast<std::ptrdiff_t>(kept);
        if (asked && std::find(quick->begin(), end, place) == end) {
          FAIL("a probe was not kept");
        }
      }
    }
  }
}

#include "redact/probes.hpp"

#include <doctest/doctest.h>

#include "probe_support.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace sourceos::redact;

namespace {

bool has(const Probes::List& list, std::size_t at) { return std::ranges::find(list.list(), at) != list.list().end(); }

}  // namespace

TEST_CASE("a probe is found at every place, in either case") {
  const Probes probes({probe_of("pass"), probe_of("key"), probe_of("pw"), probe_of("\xc3\xb1o!")});
  for (std::size_t at = 0; at < 190; ++at) {
    CAPTURE(at);
    for (const auto& [text, four] : {std::pair("PaSS", true), {"kEy", false}, {"PW", false}, {"\xc3\xb1o!", true}}) {
      std::string bytes(Probes::k_step_places * 3 + 8, '~');
      bytes.replace(at, std::string_view(text).size(), text);
      const auto quick = std::make_unique<Probes::Places>();
      const auto plain = std::make_unique<Probes::Places>();
      probes.find(bytes.data(), 3, *quick);
      probes.find_plainly(bytes.data(), 3, *plain);
      CHECK(has(four ? quick->four : quick->shorter, at));
      CHECK(has(four ? plain->four : plain->shorter, at));
    }
  }
}

TEST_CASE("what no probe has is passed over") {
  const Probes probes({probe_of("pass"), probe_of("key"), probe_of("pw")});
  const std::string bytes(Probes::k_step_places + 8, '~');
  const auto places = std::make_unique<Probes::Places>();
  probes.find(bytes.data(), 1, *places);
  CHECK(places->four.size == 0);
  CHECK(places->shorter.size == 0);
}

TEST_CASE("permutes find what the tables do, of few probes and of many, with shorter ones and without") {
  std::mt19937 random(7);
  std::string text(Probes::k_step_places * Probes::k_steps_max + 8, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = "poea_key=w"[random() % 10];
  }
  for (const std::size_t count : {std::size_t{6}, std::size_t{60}}) {
    for (const bool shorter : {false, true}) {
      std::vector<Probe> probes;
      for (std::size_t i = 0; i < count; ++i) {
        probes.push_back(probe_of(std::string{"paset"[i % 5], "okyw"[i / 5 % 4], "_=7"[i / 20 % 3], 'e'}));
      }
      if (shorter) {
        probes.push_back(probe_of("key"));
        probes.push_back(probe_of("w="));
      }
      const Probes set(probes);
      const auto quick = std::make_unique<Probes::Places>();
      const auto plain = std::make_unique<Probes::Places>();
      set.find(text.data(), Probes::k_steps_max, *quick);
      set.find_plainly(text.data(), Probes::k_steps_max, *plain);
      CHECK(std::ranges::equal(quick->four.list(), plain->four.list()));
      CHECK(std::ranges::equal(quick->shorter.list(), plain->shorter.list()));
      CHECK(quick->four.size > 0);
      CHECK((quick->shorter.size > 0) == shorter);
    }
  }
}

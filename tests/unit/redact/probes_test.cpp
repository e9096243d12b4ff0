#include "redact/probes.hpp"

#include <doctest/doctest.h>

#include "probe_support.hpp"

#include <algorithm>
#include <memory>
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

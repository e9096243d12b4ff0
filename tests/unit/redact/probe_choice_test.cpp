#include "redact/probe_choice.hpp"

#include <doctest/doctest.h>

#include "probe_support.hpp"

#include <string_view>

using namespace sourceos::redact;

namespace {

void check(const ChosenProbe& chosen, std::string_view bytes, unsigned offset) {
  CHECK(chosen.probe.bytes == probe_of(bytes).bytes);
  CHECK(chosen.probe.size == bytes.size());
  CHECK(chosen.offset == offset);
}

}  // namespace

TEST_CASE("the rarest bytes of a literal are its probe") {
  ProbeChooser chooser;
  check(chooser.choose("connection_qzjx"), "qzjx", 11);
  check(chooser.choose("pwd"), "pwd", 0);
  check(chooser.choose("k="), "k=", 0);
}

TEST_CASE("bytes that another literal has are taken again when they are about as rare") {
  for (const std::string_view first : {"zqvk", "qvkj"}) {
    ProbeChooser chooser;
    check(chooser.choose(first), first, 0);
    check(chooser.choose("zqvkj"), first, first == "zqvk" ? 0 : 1);
  }
}

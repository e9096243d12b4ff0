#include "redact/addresses.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sourceos::redact;

namespace {

template <class Find>
std::string found(Find find, std::string_view text, char mark) {
  const auto range = find(text, text.find(mark));
  return range ? std::string(text.substr(range->from, range->to - range->from)) : std::string();
}

}  // namespace

TEST_CASE("an address is taken whole") {
  CHECK(found(email_at, "to <first.last@mail.example.org>, now", '@') == "first.last@mail.example.org");
  CHECK(found(ipv4_at, "from 203.0.113.77:443", '.') == "203.0.113.77");
  CHECK(found(mac_at, "ether 3c:52:82:aa:bb:cc up", ':') == "3c:52:82:aa:bb:cc");
  CHECK(found(ipv6_at, "at 2a01:4f8:1:2::7 now", ':') == "2a01:4f8:1:2::7");
}

TEST_CASE("what only looks like an address is none") {
  CHECK(found(email_at, "a @ b", '@').empty());
  CHECK(found(email_at, "MACs hmac-sha2-256-etm@openssh.com,umac-64", '@').empty());
  CHECK(found(email_at, "from someone@openssh.com", '@') == "someone@openssh.com");
  CHECK(found(ipv4_at, "300.1.2.3", '.').empty());
  CHECK(found(ipv4_at, "1.2.3", '.').empty());
  CHECK(found(mac_at, "10:20:30", ':').empty());
  CHECK(found(ipv6_at, "std::string", ':').empty());
}

TEST_CASE("loopback, private and documentation addresses are nobody's") {
  for (const char* address : {"127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.3.4", "203.0.113.1", "0.0.0.0"}) {
    CAPTURE(address);
    CHECK_FALSE(is_public_ipv4(address));
  }
  CHECK(is_public_ipv4("93.184.216.34"));
  for (const char* address : {"::1", "fe80::1", "2001:db8::5", "fd00::1"}) {
    CAPTURE(address);
    CHECK_FALSE(is_public_ipv6(address));
  }
  CHECK(is_public_ipv6("2a01:4f8:1:2::7"));
  CHECK(is_device_mac("3c:52:82:aa:bb:cc"));
  CHECK_FALSE(is_device_mac("ff:ff:ff:ff:ff:ff"));
  CHECK_FALSE(is_device_mac("00:00:00:00:00:00"));
}

TEST_CASE("what begins like a private address is no public one, whatever it goes on with") {
  for (const std::string_view address : {"10.0.3.7", "127.0.0.1", "192.168.1.20", "8.8.4.4", "100.10.1.2", "110.1.2.3"}) {
    const std::string text = "from " + std::string(address) + ":80";
    const std::size_t dot = text.find('.');
    CAPTURE(address);
    const auto range = ipv4_at(text, dot);
    REQUIRE(range);
    CHECK(is_in_private_ipv4(text, dot) != is_public_ipv4(text.substr(range->from, range->to - range->from)));
  }
}

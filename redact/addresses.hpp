// Addresses of people and machines in text: e-mail, IPv4, IPv6, MAC, and names in home paths.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sourceos::redact {

// Wider than any address: what must be visible on both sides of a mark.
inline constexpr std::size_t k_address_bytes_max = 320;

struct TextRange {
  std::size_t from = 0;
  std::size_t to = 0;
};

// The address that holds the byte at `at`, when there is one: whole, with nothing joined to it.
[[nodiscard]] std::optional<TextRange> email_at(std::string_view text, std::size_t at);
[[nodiscard]] std::optional<TextRange> ipv4_at(std::string_view text, std::size_t at);
[[nodiscard]] std::optional<TextRange> ipv6_at(std::string_view text, std::size_t at);
[[nodiscard]] std::optional<TextRange> mac_at(std::string_view text, std::size_t at);

// Not loopback, private, link-local, multicast, unspecified or for documentation.
[[nodiscard]] bool is_public_ipv4(std::string_view address);
// Quick: the address that holds the byte at `at` begins like one of the usual private networks.
[[nodiscard]] bool is_in_private_ipv4(std::string_view text, std::size_t at);
[[nodiscard]] bool is_public_ipv6(std::string_view address);
// Not all zeros or ones, not multicast.
[[nodiscard]] bool is_device_mac(std::string_view address);

}  // namespace sourceos::redact

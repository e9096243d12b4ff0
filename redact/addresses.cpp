#include "redact/addresses.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_ipv4_side_bytes = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// What ends in these is a file, a unit or an image, not a mailbox.
bool is_file_ending(std::string_view name) {
  constexpr std::array<std::string_view, 30> endings = {
      "service", "socket", "timer", "target", "mount", "slice", "scope", "device", "path",
      "automount", "swap", "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "json",
      "html", "xml", "log", "conf", "md", "sh", "py", "git", "local"};
  return std::ranges::find(endings, text::ascii_lower(name)) != endings.end();
}

// `linux-image 6.1.0.28`, `libfoo 2.10.3.1`, `Chrome/120.0.0.0`: four numbers behind the name of a
// piece of software are its version.
bool is_version_of(std::string_view before) {
  constexpr std::size_t k_name_bytes_max = 40;
  if (before.ends_with('/')) {
    return before.size() > 1 && is_letter(before[before.size() - 2]);
  }
  while (!before.empty() && std::string_view(" =:\t\"'(").contains(before.back())) {
    before.remove_suffix(1);
  }
  std::size_t from = before.size();
  while (from > 0 && before.size() - from < k_name_bytes_max &&
         (is_alnum(before[from - 1]) || before[from - 1] == '-' || before[from - 1] == '_')) {
    --from;
  }
  const std::string word = text::ascii_lower(before.substr(from));
  constexpr std::array<std::string_view, 14> places = {"addr", "host", "peer", "server", "source", "dest",
                                                       "remote", "gateway", "dns", "client", "-ip", "for",
                                                       "_ip", "from"};
  if (std::ranges::any_of(places, [&word](std::string_view place) { return word.find(place) != std::string::npos; })) {
    return false;
  }
  constexpr std::array<std::string_view, 14> versions = {"version", "ver", "v", "release", "rev", "revision",
                                                         "build", "kernel", "firmware", "driver", "package",
                                                         "upgrade", "sdk", "assemblyversion"};
  return std::ranges::find(versions, word) != versions.end() || word.ends_with("version") ||
         word.starts_with("lib") || (word.find('-') != std::string::npos && word.size() > 4);
}

// Extends [at, at] while `is` holds, by at most `most` on each side.
template <class Is>
TextRange extend(std::string_view text, std::size_t at, std::size_t most, Is is) {
  TextRange range{at, at};
  while (range.from > 0 && at - range.from < most && is(text[range.from - 1])) {
    --range.from;
  }
  while (range.to < text.size() && range.to - at < most && is(text[range.to])) {
    ++range.to;
  }
  return range;
}

std::vector<std::uint32_t> numbers(std::string_view text, char separator, int base) {
  std::vector<std::uint32_t> out;
  for (const std::string_view part : text::split(text, separator)) {
    std::uint32_t value = 0;
    for (const char c : part) {
      const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
      value = value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    }
    out.push_back(value);
  }
  return out;
}

}  // namespace

namespace {

// `hmac-sha2-256-etm@openssh.com`: who named an algorithm or a request of SSH (RFC 4251, section 6).
bool is_ssh_name(std::string_view local, std::string_view domain) {
  constexpr auto k_namers = std::to_array<std::string_view>({"openssh.com", "libssh.org", "lysator.liu.se", "ssh.com"});
  return std::ranges::find(k_namers, domain) != k_namers.end() && local.contains('-');
}

}  // namespace

std::optional<TextRange> email_at(std::string_view text, std::size_t at) {
  constexpr std::size_t k_local_max = 64;
  constexpr std::size_t k_domain_max = 253;
  const auto is_local = [](char c) {
    return is_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
  };
  std::size_t from = at;
  while (from > 0 && at - from <= k_local_max && is_local(text[from - 1])) {
    --from;
  }
  while (from < at && !is_alnum(text[from])) {
    ++from;
  }
  std::size_t to = at + 1;
  while (to < text.size() && to - at <= k_domain_max &&
         (is_alnum(text[to]) || text[to] == '.' || text[to] == '-')) {
    ++to;
  }
  while (to > at + 1 && !is_alnum(text[to - 1])) {
    --to;
  }
  const std::size_t size = at - from;
  if (size == 0 || size > k_local_max || to == at + 1 || to - at > k_domain_max) {
    return std::nullopt;
  }
  const std::string_view local = text.substr(from, size);
  const std::string_view domain = text.substr(at + 1, to - at - 1);
  const std::size_t dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || !is_alnum(domain.front()) ||
      domain.find("..") != std::string_view::npos || domain.size() - dot < 3 ||
      !std::ranges::all_of(domain.substr(dot + 1), is_letter) ||
      is_file_ending(domain.substr(dot + 1)) || local == "git" || is_ssh_name(local, domain)) {
    return std::nullopt;
  }
  // What stands before the host of a URL is an authority, not a mailbox; so is `user@host:path`.
  if (from > 0 && (text[from - 1] == ':' || text[from - 1] == '/')) {
    const std::size_t low = from - std::min<std::size_t>(from, k_local_max);
    const std::string_view before = text.substr(low, from - low);
    const std::size_t scheme = before.rfind("://");
    const std::size_t space = before.find_last_of(" \t\"'<>\n");
    if (scheme != std::string_view::npos && (space == std::string_view::npos || space < scheme)) {
      return std::nullopt;
    }
  }
  if (to < text.size() && (text[to] == '@' || text[to] == '_')) {
    return std::nullopt;
  }
  return TextRange{from, to};
}

bool is_in_private_ipv4(std::string_view text, std::size_t at) {
  std::size_t from = at;
  while (from > 0 && at - from < k_ipv4_side_bytes && (is_digit(text[from - 1]) || text[from - 1] == '.')) {
    --from;
  }
  const std::string_view address = text.substr(from);
  return address.starts_with("10.") || address.starts_with("127.") || address.starts_with("192.168.");
}

std::optional<TextRange> ipv4_at(std::string_view text, std::size_t at) {
  const auto range = extend(text, at, k_ipv4_side_bytes, [](char c) { return is_digit(c) || c == '.'; });
  std::string_view address = text.substr(range.from, range.to - range.from);
  std::size_t to = range.to;
  if (!address.empty() && address.back() == '.') {  // the end of a sentence
    address.remove_suffix(1);
    --to;
  }
  const auto parts = text::split(address, '.');
  const bool fits = parts.size() == 4 && std::ranges::all_of(parts, [](auto part) {
    return !part.empty() && part.size() <= 3 && (part.size() == 1 || part[0] != '0') &&
           (part.size() < 3 || part <= "255");
  });
  if (!fits) {
    return std::nullopt;
  }
  const auto joins = [](char c) { return is_alnum(c) || c == '_'; };
  if (range.from > 0 && (joins(text[range.from - 1]) || text[range.from - 1] == '-' ||
                         text[range.from - 1] == '+')) {
    return std::nullopt;
  }
  if (range.to < text.size() && (joins(text[range.to]) || (text[range.to] == '-' && to == range.to &&
      range.to + 1 < text.size() && joins(text[range.to + 1])))) {
    return std::nullopt;
  }
  if (is_version_of(text.substr(0, range.from))) {
    return std::nullopt;
  }
  return TextRange{range.from, to};
}

std::optional<TextRange> mac_at(std::string_view text, std::size_t at) {
  constexpr std::size_t k_mac = 17;
  const auto range =
      extend(text, at, k_mac + 1, [](char c) { return is_hex(c) || c == ':' || c == '-'; });
  const std::string_view address = text.substr(range.from, range.to - range.from);
  if (address.size() != k_mac) {
    return std::nullopt;
  }
  const char separator = address[2];
  for (std::size_t i = 0; i < k_mac; ++i) {
    if (i % 3 == 2 ? address[i] != separator || is_hex(separator) : !is_hex(address[i])) {
      return std::nullopt;
    }
  }
  const auto joins = [](char c) { return is_alnum(c) || c == '_'; };
  if ((range.from > 0 && joins(text[range.from - 1])) ||
      (range.to < text.size() && joins(text[range.to]))) {
    return std::nullopt;
  }
  return range;
}

std::optional<TextRange> ipv6_at(std::string_view text, std::size_t at) {
  auto range = extend(text, at, 40, [](char c) { return is_hex(c) || c == ':'; });
  // A single ':' at an end is the sentence's.
  if (range.to - range.from >= 2 && text[range.to - 1] == ':' && text[range.to - 2] != ':') {
    --range.to;
  }
  const std::string_view address = text.substr(range.from, range.to - range.from);
  if (address.size() < 6 || address.size() > 39) {
    return std::nullopt;
  }
  const auto parts = text::split(address, ':');
  const std::size_t gap = address.find("::");
  const bool compressed = gap != std::string_view::npos;
  if (compressed ? address.find("::", gap + 1) != std::string_view::npos || parts.size() > 8 ||
                       parts.size() < 4
                 : parts.size() != 8) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() > 4 || (parts[i].empty() && !compressed)) {
      return std::nullopt;
    }
  }
  const auto joins = [](char c) { return is_alnum(c) || c == '_' || c == '.'; };
  if ((range.from > 0 && joins(text[range.from - 1])) ||
      (range.to < text.size() && (is_letter(text[range.to]) || text[range.to] == '_'))) {
    return std::nullopt;
  }
  return range;
}

bool is_public_ipv4(std::string_view address) {
  const auto part = numbers(address, '.', 10);
  if (part.size() != 4) {
    return false;
  }
  const std::uint32_t ip = part[0] << 24 | part[1] << 16 | part[2] << 8 | part[3];
  struct Net {
    std::uint32_t address;
    int bits;
  };
  constexpr std::array<Net, 14> reserved = {{{0x00000000, 8},   // this network
                                             {0x0A000000, 8},   // private
                                             {0x64400000, 10},  // carrier-grade NAT
                                             {0x7F000000, 8},   // loopback
                                             {0xA9FE0000, 16},  // link-local
                                             {0xAC100000, 12},  // private
                                             {0xC0000000, 24},  // protocol assignments
                                             {0xC0000200, 24},  // documentation
                                             {0xC0A80000, 16},  // private
                                             {0xC6120000, 15},  // benchmarks
                                             {0xC6336400, 24},  // documentation
                                             {0xCB007100, 24},  // documentation
                                             {0xE0000000, 4},   // multicast
                                             {0xF0000000, 4}}};  // reserved, broadcast
  return std::ranges::none_of(reserved, [&](const Net& net) {
    return (ip ^ net.address) >> (32 - net.bits) == 0;
  });
}

bool is_public_ipv6(std::string_view address) {
  const auto part = numbers(address.substr(0, address.find("::")), ':', 16);
  const std::uint32_t first = part.empty() ? 0 : part[0];
  const std::uint32_t second = part.size() > 1 ? part[1] : 0;
  const bool global = first >= 0x2000 && first <= 0x3FFF;
  const bool documentation = (first == 0x2001 && second == 0x0DB8) || first == 0x3FFF;
  return global && !documentation;
}

bool is_device_mac(std::string_view address) {
  const auto part = numbers(address, address[2], 16);
  const bool flat = std::ranges::all_of(part, [&](auto byte) { return byte == part[0]; });
  return !(flat && (part[0] == 0 || part[0] == 0xFF)) && (part[0] & 1U) == 0;
}

}  // namespace sourceos::redact

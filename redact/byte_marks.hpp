// One quick pass over bytes that tells where something beyond the rules may stand: runs that look
// encoded, addresses, and bytes that hide text from the rules. Marks are cheap and too many; who
// takes them looks closer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sourceos::redact {

struct ByteMarks {
  std::vector<std::uint32_t> runs;      // where a run of base64 alphabet of 16 bytes or more begins
  std::vector<std::uint32_t> tokens;    // the same of letters, digits, '_' and '-' alone
  std::vector<std::uint32_t> specials;  // control bytes, `%`, `\`, `&`, begins of odd UTF-8, FD
  std::vector<std::uint32_t> dots;      // first dot of what may be an IPv4 address
  std::vector<std::uint32_t> colons;    // in what may be an IPv6 or MAC address
  std::vector<std::uint32_t> ats;       // every '@'
  void clear();
};

enum class MarkWish : std::uint8_t { encodings, all };  // all: addresses too

// What may be used of the CPU: tests hold each form to the plain one.
enum class MarkCpu : std::uint8_t { best, avx2, plain };

// Marks in text[from, to) and a little past it, by offset in text, ascending. Looks past `to` when
// the text goes on; so that nothing is missed where two calls meet, the second begins 64 bytes
// before the first one's end.
void find_marks(std::string_view text, std::size_t from, std::size_t to, MarkWish wish,
                ByteMarks& marks, MarkCpu cpu = MarkCpu::best);

// Letters, digits, '+', '/', '-', '_'.
[[nodiscard]] constexpr bool is_base64_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

}  // namespace sourceos::redact

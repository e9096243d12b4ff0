// A token is an anchor (a literal), bytes of a character set after it, and for a few something
// before it. Two stages: a filter looks at the first four bytes of all anchors at once, 32 places
// at a time (the "Teddy" idea: a table of 16 for each half of each byte says which groups of
// anchors it may belong to); what is left is compared byte by byte.
//
// Obvious stand-ins are let be, as redaction lets them be: AKIA...EXAMPLE, ghp_xxxxxxxx.
#include "bundle/screen.hpp"

#include "bundle/screen_rules.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sourceos::bundle::screen {
namespace {

constexpr std::size_t k_prefix = 4;  // bytes of an anchor that the filter looks at
constexpr std::size_t k_step = 64;   // places that the wide filter looks at together
constexpr std::size_t k_distinct_min = 6;

bool is_upper(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool is_alnum(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }
bool is_token(char c) { return is_alnum(c) || c == '_' || c == '-'; }

bool is_in(Charset charset, char c) {
  switch (charset) {
    case Charset::alnum: return is_alnum(c);
    case Charset::upper:
    case Charset::bech32: return is_upper(c);
    case Charset::token: return is_token(c);
    case Charset::word: return is_alnum(c) || c == '_';
    case Charset::hex: return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    case Charset::base64: return is_alnum(c) || c == '+' || c == '/' || c == '=';
    case Charset::dotted: return is_token(c) || c == '.';
  }
  return false;
}

// "-----BEGIN RSA " before "PRIVATE KEY": where it begins, or npos.
std::size_t pem_begin_before(std::string_view text, std::size_t at) {
  constexpr std::string_view k_begin = "-----BEGIN ";
  constexpr std::size_t k_kind_max = 12;
  std::size_t from = at;
  while (from > 0 && at - from < k_kind_max && (is_upper(text[from - 1]) || text[from - 1] == ' ')) {
    --from;
  }
  // The words of "-----BEGIN" are capitals too: look for it around where they ran out.
  const std::size_t search_from = from > k_begin.size() ? from - k_begin.size() : 0;
  return text.substr(0, at).find(k_begin, search_from);
}

std::size_t jwt_header_before(std::string_view text, std::size_t at) {
  constexpr std::size_t k_header_max = 200;
  std::size_t from = at;
  while (from > 0 && at - from < k_header_max && is_token(text[from - 1])) {
    --from;
  }
  const std::size_t found = text.substr(0, at).find("eyJ", from);
  return found != std::string_view::npos && at - found >= 12 ? found : std::string_view::npos;
}

// Where the token begins that has its anchor at `at`, or npos when what is before forbids one.
std::size_t begin_of(const Rule& rule, std::string_view text, std::size_t at) {
  switch (rule.before) {
    case Before::anything: return at;
    case Before::no_word:
      return at > 0 && (is_alnum(text[at - 1]) || text[at - 1] == '_') ? std::string_view::npos
                                                                        : at;
    case Before::pem_begin: return pem_begin_before(text, at);
    case Before::jwt_header: return jwt_header_before(text, at);
  }
  return std::string_view::npos;
}

// A PEM body begins after "-----" or " BLOCK-----", a line end (also written as \n) and perhaps
// the indentation or log prefix of a few bytes.
std::size_t pem_body_after(std::string_view text, std::size_t at) {
  constexpr std::size_t k_gap_max = 24;
  std::size_t body = at;
  const std::size_t end = text.find("-----", at);
  if (end == std::string_view::npos || end - at > 8) {
    return std::string_view::npos;
  }
  body = end + 5;
  const std::size_t limit = std::min(text.size(), body + k_gap_max);
  while (body < limit && (text[body] == ' ' || text[body] == '\n' || text[body] == '\r' ||
                          text[body] == '\t' || text[body] == '\\' || text[body] == '"')) {
    body += text[body] == '\\' && body + 1 < limit ? 2U : 1U;
  }
  return body;
}

bool has_enough_variety(std::string_view tail) {
  std::array<bool, 256> seen{};
  std::size_t distinct = 0;
  for (const char c : tail) {
    bool& was_seen = seen[static_cast<unsigned char>(c)];
    distinct += was_seen ? 0U : 1U;
    was_seen = true;
  }
  return distinct >= k_distinct_min;
}

// Whether the token of `rule` stands with its anchor at `at`.
bool match(const Rule& rule, std::string_view text, std::size_t at, Hit& hit) {
  if (text.compare(at, rule.anchor.size(), rule.anchor) != 0) {
    return false;
  }
  const std::size_t from = begin_of(rule, text, at);
  if (from == std::string_view::npos) {
    return false;
  }
  std::size_t start = at + rule.anchor.size();
  if (rule.before == Before::pem_begin) {
    start = pem_body_after(text, start);
    if (start == std::string_view::npos) {
      return false;
    }
  }
  std::size_t end = start;
  const std::size_t end_max = std::min<std::size_t>(text.size(), start + k_reach_bytes);
  while (end < end_max && is_in(rule.charset, text[end])) {
    ++end;
  }
  const std::string_view tail = text.substr(start, end - start);
  if (tail.size() < rule.tail_min || (rule.is_exact && tail.size() != rule.tail_min) ||
      !has_enough_variety(tail)) {
    return false;
  }
  for (const std::string_view stand_in : k_stand_ins) {
    if (tail.find(stand_in) != std::string_view::npos) {
      return false;
    }
  }
  hit = {rule.name, from, end};
  return true;
}

// The first four bytes of each anchor as one number.
std::uint32_t prefix_at(const char* at) {
  std::uint32_t prefix = 0;
  std::memcpy(&prefix, at, sizeof(prefix));
  return prefix;
}

constexpr std::uint32_t prefix_of(std::string_view anchor) {
  const std::array bytes = {anchor[0], anchor[1], anchor[2], anchor[3]};
  static_assert(sizeof(bytes) == sizeof(std::uint32_t));
  return std::bit_cast<std::uint32_t>(bytes);
}

constexpr auto k_prefixes = [] {
  std::array<std::uint32_t, k_rules.size()> prefixes{};
  std::ranges::transform(k_rules, prefixes.begin(), prefix_of, &Rule::anchor);
  return prefixes;
}();

// One bit for what a prefix hashes to: the filter is often wrong, and this says so at once.
constexpr std::size_t k_hash_bits = 12;
constexpr std::size_t hash_of(std::uint32_t prefix) {
  return (prefix * 0x9E3779B1U) >> (32 - k_hash_bits);
}

constexpr auto k_hashed = [] {
  std::array<bool, std::size_t{1} << k_hash_bits> hashed{};
  for (const std::uint32_t prefix : k_prefixes) {
    hashed[hash_of(prefix)] = true;
  }
  return hashed;
}();

void check_place(std::string_view text, std::size_t at, std::vector<Hit>& hits) {
  const std::uint32_t prefix = prefix_at(text.data() + at);
  if (!k_hashed[hash_of(prefix)]) {
    return;
  }
  for (std::size_t r = 0; r < k_rules.size(); ++r) {
    Hit hit;
    if (k_prefixes[r] == prefix && match(k_rules[r], text, at, hit)) {
      hits.push_back(hit);
      return;
    }
  }
}

// Bit g of low[i][n] and high[i][n]: some anchor of group g has, as its byte i, one whose lower
// (higher) half is n.
struct Filter {
  alignas(16) std::array<std::array<std::uint8_t, 16>, k_prefix> low{};
  alignas(16) std::array<std::array<std::uint8_t, 16>, k_prefix> high{};
};

// The halves that anchors of one group have, a bit each.
struct Group {
  std::array<std::uint16_t, k_prefix> low{};
  std::array<std::uint16_t, k_prefix> high{};

  [[nodiscard]] constexpr Group with(std::string_view anchor) const {
    Group group = *this;
    for (std::size_t i = 0; i < k_prefix; ++i) {
      const auto byte = static_cast<unsigned char>(anchor[i]);
      group.low[i] = static_cast<std::uint16_t>(group.low[i] | 1U << (byte & 15U));
      group.high[i] = static_cast<std::uint16_t>(group.high[i] | 1U << (byte >> 4U));
    }
    return group;
  }
  // How many prefixes it lets through.
  [[nodiscard]] constexpr int width() const {
    int width = 1;
    for (std::size_t i = 0; i < k_prefix; ++i) {
      width *= std::popcount(low[i]) * std::popcount(high[i]);
    }
    return width;
  }
};

// Each anchor joins the group that it widens the least.
constexpr std::array<Group, 8> make_groups() {
  std::array<Group, 8> groups;
  for (const Rule& rule : k_rules) {
    const auto best = std::ranges::min_element(groups, {}, [&](const Group& group) {
      return group.with(rule.anchor).width() - group.width();
    });
    *best = best->with(rule.anchor);
  }
  return groups;
}

constexpr Filter make_filter() {
  constexpr std::array<Group, 8> k_groups = make_groups();
  Filter filter;
  for (std::size_t g = 0; g < k_groups.size(); ++g) {
    for (std::size_t i = 0; i < k_prefix; ++i) {
      for (unsigned half = 0; half < 16; ++half) {
        const unsigned low = unsigned{k_groups[g].low[i]} >> half & 1U;
        const unsigned high = unsigned{k_groups[g].high[i]} >> half & 1U;
        filter.low[i][half] = static_cast<std::uint8_t>(filter.low[i][half] | low << g);
        filter.high[i][half] = static_cast<std::uint8_t>(filter.high[i][half] | high << g);
      }
    }
  }
  return filter;
}
constexpr Filter k_filter = make_filter();

bool may_begin(const char* at) {
  std::uint8_t groups = 0xFF;
  for (std::size_t i = 0; i < k_prefix; ++i) {
    const auto byte = static_cast<unsigned char>(at[i]);
    groups = static_cast<std::uint8_t>(groups & k_filter.low[i][byte & 15U] &
                                       k_filter.high[i][byte >> 4U]);
  }
  return groups != 0;
}

void scan_from(std::string_view text, std::size_t at, std::vector<Hit>& hits) {
  for (; at + k_prefix <= text.size(); ++at) {
    if (may_begin(text.data() + at)) {
      check_place(text, at, hits);
    }
  }
}

#if defined(__x86_64__)
#define SOURCEOS_AVX2 __attribute__((target("avx2")))

struct WideFilter {
  __m256i low[k_prefix];
  __m256i high[k_prefix];
};

SOURCEOS_AVX2 inline WideFilter load_filter() {
  WideFilter filter;
  for (std::size_t i = 0; i < k_prefix; ++i) {
    filter.low[i] = _mm256_broadcastsi128_si256(
        _mm_load_si128(reinterpret_cast<const __m128i*>(k_filter.low[i].data())));
    filter.high[i] = _mm256_broadcastsi128_si256(
        _mm_load_si128(reinterpret_cast<const __m128i*>(k_filter.high[i].data())));
  }
  return filter;
}

// The places among 32 where an anchor may begin.
SOURCEOS_AVX2 inline std::uint32_t places_among_32(const WideFilter& filter, const char* at) {
  const __m256i low_half = _mm256_set1_epi8(15);
  __m256i groups = _mm256_set1_epi8(-1);
#pragma GCC unroll 4
  for (std::size_t i = 0; i < k_prefix; ++i) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + i));
    const __m256i by_low = _mm256_shuffle_epi8(filter.low[i], _mm256_and_si256(bytes, low_half));
    const __m256i by_high = _mm256_shuffle_epi8(
        filter.high[i], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low_half));
    groups = _mm256_and_si256(groups, _mm256_and_si256(by_low, by_high));
  }
  return ~static_cast<std::uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(groups, _mm256_setzero_si256())));
}

// The first place at or behind `at` that is worth a look, in steps of 64; `end` when there is none
// before it. `places`: it and those behind it in its step.
SOURCEOS_AVX2 std::size_t find_wide(std::string_view text, std::size_t at, std::size_t end,
                                    std::uint64_t& places) {
  const WideFilter filter = load_filter();
  for (; at < end; at += k_step) {
    places = places_among_32(filter, text.data() + at) |
             std::uint64_t{places_among_32(filter, text.data() + at + 32)} << 32U;
    if (places != 0) {
      return at;
    }
  }
  return end;
}

// Returns how far it has looked.
std::size_t scan_wide(std::string_view text, std::vector<Hit>& hits) {
  const std::size_t seen = k_step + k_prefix - 1;
  const std::size_t end = text.size() < seen ? 0 : (text.size() - seen) / k_step * k_step + k_step;
  std::uint64_t places = 0;
  for (std::size_t at = 0; (at = find_wide(text, at, end, places)) < end; at += k_step) {
    for (; places != 0; places &= places - 1) {
      check_place(text, at + static_cast<std::size_t>(std::countr_zero(places)), hits);
    }
  }
  return end;
}
#endif

}  // namespace

std::vector<Hit> scan(std::string_view text) {
  std::vector<Hit> hits;
  std::size_t at = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    at = scan_wide(text, hits);
  }
#endif
  scan_from(text, at, hits);
  return hits;
}

std::vector<Hit> scan_plainly(std::string_view text) {
  std::vector<Hit> hits;
  for (std::size_t at = 0; at + k_prefix <= text.size(); ++at) {
    check_place(text, at, hits);
  }
  return hits;
}

std::vector<std::string_view> rule_names() {
  std::vector<std::string_view> names;
  for (const Rule& rule : k_rules) {
    names.push_back(rule.name);
  }
  return names;
}

}  // namespace sourceos::bundle::screen

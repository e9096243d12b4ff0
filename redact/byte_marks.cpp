// Sixty-four bytes at a time become bit masks, one for each class of bytes (the idea of simdjson's
// first stage); the patterns are then shifts and ands of masks. Masks come from AVX2 where the CPU
// has it, from a table elsewhere; everything after is the same code, so the marks are the same.
#include "redact/byte_marks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sourceos::redact {

namespace {

constexpr std::size_t k_block = 64;

struct Masks {
  std::uint64_t word = 0;     // base64 alphabet
  std::uint64_t token = 0;    // the same without '+' and '/'
  std::uint64_t special = 0;
  std::uint64_t digit = 0;
  std::uint64_t dot = 0;
  std::uint64_t colon = 0;
  std::uint64_t dash = 0;
  std::uint64_t at = 0;
};

enum : std::uint8_t { k_word = 1, k_special = 2, k_digit = 4, k_dot = 8, k_colon = 16, k_dash = 32, k_at = 64, k_token = 128 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    unsigned bits = 0;
    bits |= digit || letter || c == '+' || c == '/' || c == '-' || c == '_' ? k_word : 0;
    const bool control = c < 0x20 && c != '\t' && c != '\n';
    bits |= control || c == '%' || c == '&' || c == '\\' || c == 0xC2 || c == 0xE2 ||
                    c == 0xEF || c == 0xFD
                ? k_special : 0;
    bits |= digit ? k_digit : 0;
    bits |= c == '.' ? k_dot : 0;
    bits |= c == ':' ? k_colon : 0;
    bits |= c == '-' ? k_dash : 0;
    bits |= c == '@' ? k_at : 0;
    bits |= digit || letter || c == '-' || c == '_' ? k_token : 0;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}
constexpr auto k_classes = make_classes();

Masks masks_by_table(const char* block) {
  Masks masks;
  for (unsigned i = 0; i < k_block; ++i) {
    const std::uint64_t bits = k_classes[static_cast<unsigned char>(block[i])];
    masks.word |= (bits & 1) << i;
    masks.special |= (bits >> 1 & 1) << i;
    masks.digit |= (bits >> 2 & 1) << i;
    masks.dot |= (bits >> 3 & 1) << i;
    masks.colon |= (bits >> 4 & 1) << i;
    masks.dash |= (bits >> 5 & 1) << i;
    masks.at |= (bits >> 6 & 1) << i;
    masks.token |= (bits >> 7 & 1) << i;
  }
  return masks;
}

#if defined(__x86_64__)
#define SOURCEOS_AVX2 __attribute__((target("avx2"), always_inline)) inline

SOURCEOS_AVX2 std::uint64_t bits_of(__m256i low, __m256i high) {
  const auto a = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto b = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return std::uint64_t{a} | std::uint64_t{b} << 32;
}

// A byte is in a class when the tables of its two halves share a bit (Mula, Lemire).
struct Nibbles {
  __m256i low, high;
};

SOURCEOS_AVX2 Nibbles nibbles(__m256i bytes) {
  const __m256i fifteen = _mm256_set1_epi8(15);
  return {_mm256_and_si256(bytes, fifteen),
          _mm256_and_si256(_mm256_srli_epi16(bytes, 4), fifteen)};
}

SOURCEOS_AVX2 __m256i both(std::array<std::uint8_t, 16> table) {
  const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data()));
  return _mm256_broadcastsi128_si256(half);
}

constexpr std::array<std::uint8_t, 16> k_word_low = {
    0x06, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07, 0x07,
    0x07, 0x07, 0x03, 0x09, 0x01, 0x21, 0x01, 0x19};
constexpr std::array<std::uint8_t, 16> k_word_high = {
    0, 0, 0x28, 0x04, 0x01, 0x12, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0};
// bit 0: % &   1: backslash   2: C2 E2   3: EF   4, 5: 00-1F but tab, newline   6: FD
constexpr std::array<std::uint8_t, 16> k_special_low = {
    0x30, 0x30, 0x34, 0x30, 0x30, 0x31, 0x31, 0x30,
    0x30, 0x20, 0x20, 0x30, 0x32, 0x70, 0x30, 0x38};
constexpr std::array<std::uint8_t, 16> k_special_high = {
    0x10, 0x20, 0x01, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0x04, 0, 0x0C, 0x40};

SOURCEOS_AVX2 __m256i members(Nibbles halves, __m256i low, __m256i high) {
  return _mm256_and_si256(_mm256_shuffle_epi8(low, halves.low),
                          _mm256_shuffle_epi8(high, halves.high));
}

__attribute__((target("avx2"))) Masks masks_by_avx2(const char* block, bool all) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
  const Nibbles a_halves = nibbles(a);
  const Nibbles b_halves = nibbles(b);
  const __m256i zero = _mm256_setzero_si256();
  const __m256i word_low = both(k_word_low);
  const __m256i word_high = both(k_word_high);
  const __m256i special_low = both(k_special_low);
  const __m256i special_high = both(k_special_high);
  const __m256i a_word = members(a_halves, word_low, word_high);
  const __m256i b_word = members(b_halves, word_low, word_high);
  Masks masks;
  masks.word = ~bits_of(_mm256_cmpeq_epi8(a_word, zero), _mm256_cmpeq_epi8(b_word, zero));
  masks.special = ~bits_of(
      _mm256_cmpeq_epi8(members(a_halves, special_low, special_high), zero),
      _mm256_cmpeq_epi8(members(b_halves, special_low, special_high), zero));
  // Bit 3 is that of '+' and '/'.
  masks.token = masks.word & ~bits_of(_mm256_slli_epi16(a_word, 4), _mm256_slli_epi16(b_word, 4));
  if (!all) {
    return masks;
  }
  // Bit 2 of the word classes is the digits'.
  masks.digit = bits_of(_mm256_slli_epi16(a_word, 5), _mm256_slli_epi16(b_word, 5));
  const __m256i dot = _mm256_set1_epi8('.');
  const __m256i colon = _mm256_set1_epi8(':');
  const __m256i dash = _mm256_set1_epi8('-');
  const __m256i at = _mm256_set1_epi8('@');
  masks.dot = bits_of(_mm256_cmpeq_epi8(a, dot), _mm256_cmpeq_epi8(b, dot));
  masks.colon = bits_of(_mm256_cmpeq_epi8(a, colon), _mm256_cmpeq_epi8(b, colon));
  masks.dash = bits_of(_mm256_cmpeq_epi8(a, dash), _mm256_cmpeq_epi8(b, dash));
  masks.at = bits_of(_mm256_cmpeq_epi8(a, at), _mm256_cmpeq_epi8(b, at));
  return masks;
}
#endif

// The masks of a block and the one after it: patterns that begin in `now` may end in `next`.
struct Pair {
  std::uint64_t now = 0, next = 0;
};

Pair operator&(Pair a, Pair b) { return {a.now & b.now, a.next & b.next}; }
Pair operator|(Pair a, Pair b) { return {a.now | b.now, a.next | b.next}; }
// Bit i is bit i + n of `m`. Past `next` nothing is known: its last bits come out 0.
Pair ahead(Pair m, int n) { return {m.now >> n | m.next << (64 - n), m.next >> n}; }

// Bits i such that another bit stands 2 to 4 (5) places on.
Pair near4(Pair m) { return ahead(m, 2) | ahead(m, 3) | ahead(m, 4); }
Pair near5(Pair m) { return near4(m) | ahead(m, 5); }

// The first of three dots at the distances of an IPv4 address, digits after each.
std::uint64_t address_dots(const Masks& now, const Masks& next) {
  const Pair digit{now.digit, next.digit};
  const Pair dot = Pair{now.dot, next.dot} & ahead(digit, 1);
  if (dot.now == 0) {
    return 0;
  }
  const Pair two = dot & near4(dot);
  return (two & near4(two)).now;
}

// The first of three colons at the distances of an IPv6 or MAC address, of "::", of five dashes.
std::uint64_t address_colons(const Masks& now, const Masks& next) {
  const Pair colon{now.colon, next.colon};
  const Pair dash{now.dash, next.dash};
  std::uint64_t found = 0;
  if (colon.now != 0) {
    const Pair two = colon & near5(colon);
    found |= ((two & near5(two)) | (colon & ahead(colon, 1))).now;
  }
  if (dash.now != 0) {
    found |= (dash & ahead(dash, 3) & ahead(dash, 6) & ahead(dash, 9) & ahead(dash, 12)).now;
  }
  return found;
}

// Where a run of 16 begins, or goes on at the begin of what is seen.
std::uint64_t run_begins(Pair run, bool& before) {
  run = run & ahead(run, 1);
  run = run & ahead(run, 2);
  run = run & ahead(run, 4);
  run = run & ahead(run, 8);
  const std::uint64_t begins = run.now & ~(run.now << 1 | (before ? 1U : 0U));
  before = run.now >> 63 != 0;
  return begins;
}

template <class MasksOf>
void walk(std::string_view text, std::size_t from, std::size_t to, bool all, ByteMarks& marks,
          MasksOf masks_of) {
  const auto read = [&](std::size_t at) {
    if (at + k_block <= text.size()) {
      return masks_of(text.data() + at);
    }
    std::array<char, k_block> rest;
    rest.fill(' ');
    if (at < text.size()) {
      std::memcpy(rest.data(), text.data() + at, text.size() - at);
    }
    return masks_of(rest.data());
  };
  bool run_before = false;
  bool token_before = false;
  Masks masks = read(from);
  for (std::size_t at = from; at < to; at += k_block) {
    const Masks next = read(at + k_block);
    const auto add = [&](std::vector<std::uint32_t>& list, std::uint64_t bits) {
      while (bits != 0) {
        list.push_back(static_cast<std::uint32_t>(at) +
                       static_cast<std::uint32_t>(std::countr_zero(bits)));
        bits &= bits - 1;
      }
    };
    add(marks.runs, run_begins({masks.word, next.word}, run_before));
    add(marks.tokens, run_begins({masks.token, next.token}, token_before));
    add(marks.specials, masks.special);
    if (all) {
      add(marks.dots, address_dots(masks, next));
      add(marks.colons, address_colons(masks, next));
      add(marks.ats, masks.at);
    }
    masks = next;
  }
}

void drop_past_end(std::vector<std::uint32_t>& list, std::size_t end) {
  while (!list.empty() && list.back() >= end) {
    list.pop_back();
  }
}

}  // namespace

void ByteMarks::clear() {
  runs.clear();
  tokens.clear();
  specials.clear();
  dots.clear();
  colons.clear();
  ats.clear();
}

bool is_base64_char(char c) { return (k_classes[static_cast<unsigned char>(c)] & k_word) != 0; }

void find_marks(std::string_view text, std::size_t from, std::size_t to, MarkWish wish,
                ByteMarks& marks) {
  const bool all = wish == MarkWish::all;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) {
    walk(text, from, to, all, marks,
         [all](const char* block) { return masks_by_avx2(block, all); });
  } else {
    walk(text, from, to, all, marks, masks_by_table);
  }
#else
  walk(text, from, to, all, marks, masks_by_table);
#endif
  for (auto* list : {&marks.runs, &marks.tokens, &marks.specials, &marks.dots, &marks.colons, &marks.ats}) {
    drop_past_end(*list, std::min(to + k_block, text.size()));
  }
}

}  // namespace sourceos::redact

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

SOURCEOS_AVX2 Masks masks_by_avx2(const char* block, bool all) {
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

// One look into the table of classes for each byte; bytes past ASCII are all but four of no class.
#define SOURCEOS_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi"), always_inline)) inline

SOURCEOS_AVX512 Masks masks_by_avx512(const char* block, bool all) {
  const __m512i bytes = _mm512_loadu_si512(block);
  const std::uint64_t past = _mm512_movepi8_mask(bytes);
  const __m512i classes = _mm512_maskz_permutex2var_epi8(
      ~past, _mm512_loadu_si512(k_classes.data()), bytes, _mm512_loadu_si512(k_classes.data() + 64));
  const auto has = [&](std::uint8_t bit) __attribute__((target("avx512f,avx512bw,avx512vbmi"), always_inline)) {
    return std::uint64_t{_mm512_test_epi8_mask(classes, _mm512_set1_epi8(static_cast<char>(bit)))};
  };
  Masks masks;
  masks.word = has(k_word);
  masks.token = has(k_token);
  masks.special = has(k_special);
  if (all) {
    masks.digit = has(k_digit);
    masks.dot = has(k_dot);
    masks.colon = has(k_colon);
    masks.dash = has(k_dash);
    masks.at = has(k_at);
  }
  if (past != 0) {
    for (const unsigned c : {0xC2U, 0xE2U, 0xEFU, 0xFDU}) {
      masks.special |= _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(static_cast<char>(c)));
    }
  }
  return masks;
}
#endif

// Masks of the blocks of a chunk and of the one after it, class by class: what is done with them is
// done to many blocks at once: `count` of them, of which a few are enough for a short text. One more
// is zero, so that each has a next.
constexpr std::size_t k_blocks = 64;
constexpr std::size_t k_blocks_few = 8;
using Row = std::array<std::uint64_t, k_blocks + 2>;
struct Rows {
  Row word{}, token{}, special{}, digit{}, dot{}, colon{}, dash{}, at{};
  // `all`: those of addresses too.
  void put(std::size_t i, const Masks& masks, bool all) {
    word[i] = masks.word;
    token[i] = masks.token;
    special[i] = masks.special;
    if (!all) {
      return;
    }
    digit[i] = masks.digit;
    dot[i] = masks.dot;
    colon[i] = masks.colon;
    dash[i] = masks.dash;
    at[i] = masks.at;
  }
};

#define SOURCEOS_ALWAYS __attribute__((always_inline)) inline

// Bit b of the result is bit b + n of the row, which goes on in its next mask.
template <unsigned n>
SOURCEOS_ALWAYS std::uint64_t ahead(const Row& row, std::size_t i) {
  return row[i] >> n | row[i + 1] << (64 - n);
}

// Keeps bits such that another of the row stands 2 to 4 (5) places on.
template <std::size_t count, unsigned most>
SOURCEOS_ALWAYS void keep_near(const Row& row, Row& kept) {
  for (std::size_t i = 0; i <= count; ++i) {
    std::uint64_t near = ahead<2>(row, i) | ahead<3>(row, i) | ahead<4>(row, i);
    if constexpr (most == 5) {
      near |= ahead<5>(row, i);
    }
    kept[i] = row[i] & near;
  }
}

template <std::size_t count, unsigned n>
SOURCEOS_ALWAYS void keep_joined(Row& row) {
  for (std::size_t i = 0; i <= count; ++i) {
    row[i] &= ahead<n>(row, i);
  }
}

// Where a run of 16 begins, or goes on at the begin of what is seen; `row` is used up.
template <std::size_t count>
SOURCEOS_ALWAYS void run_begins(Row& row, std::uint64_t& before, Row& begins) {
  keep_joined<count, 1>(row);
  keep_joined<count, 2>(row);
  keep_joined<count, 4>(row);
  keep_joined<count, 8>(row);
  begins[0] = row[0] & ~(row[0] << 1 | before);
  for (std::size_t i = 1; i < count; ++i) {
    begins[i] = row[i] & ~(row[i] << 1 | row[i - 1] >> 63);
  }
}

// The first of three dots at the distances of an IPv4 address, digits after each.
template <std::size_t count>
SOURCEOS_ALWAYS void address_dots(Rows& rows, Row& found) {
  for (std::size_t i = 0; i <= count; ++i) {
    rows.dot[i] &= ahead<1>(rows.digit, i);
  }
  Row two{};
  keep_near<count, 4>(rows.dot, two);
  keep_near<count, 4>(two, found);
}

// The first of three colons at the distances of an IPv6 or MAC address, of "::", of five dashes.
template <std::size_t count>
SOURCEOS_ALWAYS void address_colons(const Rows& rows, Row& found) {
  Row two{};
  keep_near<count, 5>(rows.colon, two);
  keep_near<count, 5>(two, found);
  for (std::size_t i = 0; i < count; ++i) {
    found[i] |= rows.colon[i] & ahead<1>(rows.colon, i);
    found[i] |= rows.dash[i] & ahead<3>(rows.dash, i) & ahead<6>(rows.dash, i) &
                ahead<9>(rows.dash, i) & ahead<12>(rows.dash, i);
  }
}

// What marks are made of.
struct Found {
  Row runs{}, tokens{}, dots{}, colons{};
  std::uint64_t run_before = 0;    // the last bit of the mask before; likewise
  std::uint64_t token_before = 0;
};

template <std::size_t count>
SOURCEOS_ALWAYS void combine_of(Rows& rows, std::size_t blocks, bool all, Found& found) {
  run_begins<count>(rows.word, found.run_before, found.runs);
  found.run_before = rows.word[blocks - 1] >> 63;
  run_begins<count>(rows.token, found.token_before, found.tokens);
  found.token_before = rows.token[blocks - 1] >> 63;
  if (all) {
    address_dots<count>(rows, found.dots);
    address_colons<count>(rows, found.colons);
  }
}

SOURCEOS_ALWAYS void combine(Rows& rows, std::size_t blocks, bool all, Found& found) {
  if (blocks <= k_blocks_few) {
    combine_of<k_blocks_few>(rows, blocks, all, found);
  } else {
    combine_of<k_blocks>(rows, blocks, all, found);
  }
}

// How a CPU makes the masks of whole blocks and combines those of a chunk.
struct Form {
  void (*fill)(const char* at, std::size_t first, std::size_t past, bool all, Rows& rows);
  void (*combine)(Rows& rows, std::size_t blocks, bool all, Found& found);
};

#if defined(__x86_64__)
#define SOURCEOS_FOR_AVX2 __attribute__((target("avx2")))
#if defined(__clang__)  // takes the widest by itself, and the word for it is GCC's
#define SOURCEOS_FOR_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi")))
#else
#define SOURCEOS_FOR_AVX512 __attribute__((target("avx512f,avx512bw,avx512vbmi,prefer-vector-width=512")))
#endif

SOURCEOS_FOR_AVX2 void fill_by_avx2(const char* at, std::size_t first, std::size_t past, bool all, Rows& rows) {
  for (std::size_t i = first; i < past; ++i, at += k_block) {
    rows.put(i, masks_by_avx2(at, all), all);
  }
}
SOURCEOS_FOR_AVX2 void combine_by_avx2(Rows& rows, std::size_t blocks, bool all, Found& found) {
  combine(rows, blocks, all, found);
}

SOURCEOS_FOR_AVX512 void fill_by_avx512(const char* at, std::size_t first, std::size_t past, bool all, Rows& rows) {
  for (std::size_t i = first; i < past; ++i, at += k_block) {
    rows.put(i, masks_by_avx512(at, all), all);
  }
}
SOURCEOS_FOR_AVX512 void combine_by_avx512(Rows& rows, std::size_t blocks, bool all, Found& found) {
  combine(rows, blocks, all, found);
}
#endif

void fill_by_table(const char* at, std::size_t first, std::size_t past, bool all, Rows& rows) {
  for (std::size_t i = first; i < past; ++i, at += k_block) {
    rows.put(i, masks_by_table(at), all);
  }
}
void combine_plainly(Rows& rows, std::size_t blocks, bool all, Found& found) {
  combine(rows, blocks, all, found);
}

Form choose_form(MarkCpu cpu) {
#if defined(__x86_64__)
  if (cpu == MarkCpu::best && __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512bw") != 0) {
    return {fill_by_avx512, combine_by_avx512};
  }
  if (cpu != MarkCpu::plain && __builtin_cpu_supports("avx2") != 0) {
    return {fill_by_avx2, combine_by_avx2};
  }
#endif
  static_cast<void>(cpu);
  return {fill_by_table, combine_plainly};
}

// The masks of so many blocks from `at` on, blanks where the text ends.
void fill_blocks(const Form& form, std::string_view text, std::size_t at, std::size_t blocks, bool all, Rows& rows) {
  const std::size_t whole = at < text.size() ? std::min((text.size() - at) / k_block, blocks) : 0;
  form.fill(text.data() + at, 0, whole, all, rows);
  for (std::size_t i = whole; i < blocks; ++i) {
    std::array<char, k_block> rest;
    rest.fill(' ');
    const std::size_t begin = at + i * k_block;
    if (begin < text.size()) {
      std::memcpy(rest.data(), text.data() + begin, std::min(text.size() - begin, k_block));
    }
    form.fill(rest.data(), i, i + 1, all, rows);
  }
}

// Most stretches of eight blocks have no mark of most kinds.
void add(std::vector<std::uint32_t>& list, std::size_t chunk, std::size_t blocks, const Row& row) {
  constexpr std::size_t k_stretch = 8;
  for (std::size_t from = 0; from < blocks; from += k_stretch) {
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < k_stretch; ++i) {
      any |= row[from + i];
    }
    const std::size_t past = any != 0 ? std::min(from + k_stretch, blocks) : from;
    for (std::size_t i = from; i < past; ++i) {
      for (std::uint64_t bits = row[i]; bits != 0; bits &= bits - 1) {
        list.push_back(static_cast<std::uint32_t>(chunk + i * k_block) +
                       static_cast<std::uint32_t>(std::countr_zero(bits)));
      }
    }
  }
}

void walk(const Form& form, std::string_view text, std::size_t from, std::size_t to, bool all, ByteMarks& marks) {
  Rows rows;
  Found found;
  for (std::size_t chunk = from; chunk < to; chunk += k_blocks * k_block) {
    const std::size_t blocks = std::min(k_blocks, (to - chunk + k_block - 1) / k_block);
    fill_blocks(form, text, chunk, blocks + 1, all, rows);
    form.combine(rows, blocks, all, found);
    add(marks.runs, chunk, blocks, found.runs);
    add(marks.tokens, chunk, blocks, found.tokens);
    add(marks.specials, chunk, blocks, rows.special);
    if (all) {
      add(marks.dots, chunk, blocks, found.dots);
      add(marks.colons, chunk, blocks, found.colons);
      add(marks.ats, chunk, blocks, rows.at);
    }
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

void find_marks(std::string_view text, std::size_t from, std::size_t to, MarkWish wish,
                ByteMarks& marks, MarkCpu cpu) {
  static const Form best = choose_form(MarkCpu::best);
  walk(cpu == MarkCpu::best ? best : choose_form(cpu), text, from, to, wish == MarkWish::all, marks);
  for (auto* list : {&marks.runs, &marks.tokens, &marks.specials, &marks.dots, &marks.colons, &marks.ats}) {
    drop_past_end(*list, std::min(to + k_block, text.size()));
  }
}

}  // namespace sourceos::redact

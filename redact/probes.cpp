#include "redact/probes.hpp"

#include <numeric>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sourceos::redact {

namespace {

#if defined(__x86_64__)
bool has_permutes() {
  static const bool has =
      __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return has;
}

#define SOURCEOS_PERMUTES __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")))
#define SOURCEOS_PERMUTES_INLINE SOURCEOS_PERMUTES __attribute__((always_inline)) inline

// Appends those of 64 places whose bits are set: without a branch, since how many cannot be guessed.
SOURCEOS_PERMUTES_INLINE void append(Probes::List& list, std::uint64_t bits, __m512i low, __m512i high) {
  const auto first = static_cast<__mmask32>(bits);
  const auto second = static_cast<__mmask32>(bits >> 32);
  _mm512_storeu_si512(list.places.data() + list.size, _mm512_maskz_compress_epi16(first, low));
  list.size += static_cast<std::size_t>(__builtin_popcount(first));
  _mm512_storeu_si512(list.places.data() + list.size, _mm512_maskz_compress_epi16(second, high));
  list.size += static_cast<std::size_t>(__builtin_popcount(second));
}

// The codes of 64 bytes; a permute looks at six bits of each.
SOURCEOS_PERMUTES_INLINE __m512i codes_of(const char* at) {
  const __m512i bytes = _mm512_loadu_si512(at);
  constexpr int k_second_where_first = 0xCA;
  return _mm512_ternarylogic_epi32(_mm512_set1_epi8(0x20), _mm512_srli_epi16(bytes, 1), bytes, k_second_where_first);
}

// The groups of a lane that all four places agree on.
SOURCEOS_PERMUTES_INLINE __m512i agreed(const __m512i (&codes)[4], const __m512i (&tables)[4]) {
  constexpr int k_all_three = 0x80;
  const __m512i three = _mm512_ternarylogic_epi32(
      _mm512_permutexvar_epi8(codes[0], tables[0]), _mm512_permutexvar_epi8(codes[1], tables[1]),
      _mm512_permutexvar_epi8(codes[2], tables[2]), k_all_three);
  return _mm512_and_si512(three, _mm512_permutexvar_epi8(codes[3], tables[3]));
}

// Of a lane of shorter probes: any fourth byte will do.
SOURCEOS_PERMUTES_INLINE __m512i agreed_shorter(const __m512i (&codes)[4], const __m512i (&tables)[4]) {
  constexpr int k_all_three = 0x80;
  return _mm512_ternarylogic_epi32(_mm512_permutexvar_epi8(codes[0], tables[0]),
                                   _mm512_permutexvar_epi8(codes[1], tables[1]),
                                   _mm512_permutexvar_epi8(codes[2], tables[2]), k_all_three);
}

// `few`: the middle lanes are empty, and most steps have no place.
template <bool few>
SOURCEOS_PERMUTES_INLINE void find_in_lanes(const Probes::Permutes& permutes, const char* at, std::size_t steps,
                                            Probes::Places& places) {
  __m512i tables[k_probe_lanes][k_probe_bytes_max];
  for (unsigned lane = 0; lane < k_probe_lanes; ++lane) {
    for (unsigned place = 0; place < k_probe_bytes_max; ++place) {
      tables[lane][place] = _mm512_loadu_si512(permutes[place][lane].data());
    }
  }
  std::array<std::uint16_t, 32> ascending{};
  std::iota(ascending.begin(), ascending.end(), std::uint16_t{0});
  __m512i first = _mm512_loadu_si512(ascending.data());
  __m512i second = _mm512_add_epi16(first, _mm512_set1_epi16(32));
  for (std::size_t step = 0; step < steps; ++step, at += Probes::k_step_places) {
    const __m512i codes[4] = {codes_of(at), codes_of(at + 1), codes_of(at + 2), codes_of(at + 3)};
    __m512i four = agreed(codes, tables[0]);
    const __m512i shorter = agreed_shorter(codes, tables[3]);
    if constexpr (!few) {
      four = _mm512_or_si512(four, _mm512_or_si512(agreed(codes, tables[1]), agreed(codes, tables[2])));
    }
    const std::uint64_t fours = _mm512_test_epi8_mask(four, four);
    const std::uint64_t others = _mm512_test_epi8_mask(shorter, shorter);
    if (!few || (fours | others) != 0) {
      append(places.four, fours, first, second);
      append(places.shorter, others, first, second);
    }
    first = _mm512_add_epi16(first, _mm512_set1_epi16(64));
    second = _mm512_add_epi16(second, _mm512_set1_epi16(64));
  }
}

SOURCEOS_PERMUTES void find_many(const Probes::Permutes& permutes, const char* at, std::size_t steps,
                                 Probes::Places& places) {
  find_in_lanes<false>(permutes, at, steps, places);
}

SOURCEOS_PERMUTES void find_few(const Probes::Permutes& permutes, const char* at, std::size_t steps,
                                Probes::Places& places) {
  find_in_lanes<true>(permutes, at, steps, places);
}
#endif

}  // namespace

Probes::Probes(const std::vector<Probe>& probes)
    : tables_(group_probes(probes)), few_(are_few(probes)) {
  for (std::size_t place = 0; place < k_probe_bytes_max; ++place) {
    for (unsigned c = 0; c < 256; ++c) {
      for (std::size_t lane = 0; lane < k_probe_lanes; ++lane) {
        std::uint8_t& groups = permutes_[place][lane][text_code(static_cast<char>(c))];
        groups = static_cast<std::uint8_t>(groups | tables_[place][c] >> (8 * lane));
      }
    }
  }
}

void Probes::find(const char* at, std::size_t steps, Places& places) const {
#if defined(__x86_64__)
  if (has_permutes()) {
    places.four.size = places.shorter.size = 0;
    (few_ ? find_few : find_many)(permutes_, at, steps, places);
    return;
  }
#endif
  find_plainly(at, steps, places);
}

void Probes::find_plainly(const char* at, std::size_t steps, Places& places) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(at);
  std::size_t four = 0;
  std::size_t shorter = 0;
  for (std::size_t i = 0; i < steps * k_step_places; ++i) {
    const std::uint32_t groups = tables_[0][bytes[i]] & tables_[1][bytes[i + 1]] & tables_[2][bytes[i + 2]] &
                                 tables_[3][bytes[i + 3]];
    places.four.places[four] = places.shorter.places[shorter] = static_cast<std::uint16_t>(i);
    four += (groups & k_groups_of_four) != 0 ? 1U : 0U;
    shorter += (groups & ~k_groups_of_four) != 0 ? 1U : 0U;
  }
  places.four.size = four;
  places.shorter.size = shorter;
}

}  // namespace sourceos::redact

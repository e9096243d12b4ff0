#include "redact/probe_sift.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sourceos::redact {

namespace {

std::uint32_t load(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? value : __builtin_bswap32(value);
}

#if defined(__x86_64__)
bool has_gathers() {
  static const bool has = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
                          __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;
  return has;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"  // without optimisation the gathers are macros
__attribute__((target("avx512f,avx512vl,avx512bw,avx512vbmi2,popcnt"))) std::size_t sift_by_gather(
    const char* at, std::span<const std::uint16_t> places, std::uint32_t mask, const std::uint32_t* map,
    std::uint16_t* kept) {
  constexpr std::size_t k_lanes = 16;
  const __m512i fold = _mm512_set1_epi32(static_cast<int>(k_probe_fold));
  const __m512i masks = _mm512_set1_epi32(static_cast<int>(mask));
  const __m512i factor = _mm512_set1_epi32(static_cast<int>(2654435761U));
  const __m512i none = _mm512_setzero_si512();
  std::size_t count = 0;
  for (std::size_t i = 0; i < places.size(); i += k_lanes) {
    const std::size_t left = places.size() - i;
    const auto lanes = static_cast<__mmask16>(left < k_lanes ? (1U << left) - 1 : 0xFFFFU);
    const __m256i some = _mm256_maskz_loadu_epi16(lanes, places.data() + i);
    const __m512i bytes = _mm512_mask_i32gather_epi32(none, lanes, _mm512_cvtepu16_epi32(some), at, 1);
    const __m512i probes = _mm512_and_si512(_mm512_or_si512(bytes, fold), masks);
    const __m512i bits = _mm512_srli_epi32(_mm512_mullo_epi32(probes, factor), 16);
    const __m512i words = _mm512_mask_i32gather_epi32(none, lanes, _mm512_srli_epi32(bits, 5), map, 4);
    const __m512i one = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(bits, _mm512_set1_epi32(31)));
    const __mmask16 hits = _mm512_mask_test_epi32_mask(lanes, words, one);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(kept + count), _mm256_maskz_compress_epi16(hits, some));
    count += static_cast<std::size_t>(__builtin_popcount(hits));
  }
  return count;
}
#pragma GCC diagnostic pop
#endif

}  // namespace

void ProbeSift::add(std::uint32_t probe, std::uint32_t mask) {
  mask_ = mask;
  map_.resize((std::size_t{1} << k_bits) / 32);
  map_[bit_of(probe) / 32] |= 1U << bit_of(probe) % 32;
}

std::size_t ProbeSift::sift(const char* at, std::span<const std::uint16_t> places, Kept& kept) const {
#if defined(__x86_64__)
  if (has_gathers()) {
    return sift_by_gather(at, places, mask_, map_.data(), kept.data());
  }
#endif
  return sift_plainly(at, places, kept);
}

// Without a branch for each place: most are not in the map, and which cannot be guessed.
std::size_t ProbeSift::sift_plainly(const char* at, std::span<const std::uint16_t> places, Kept& kept) const {
  std::size_t count = 0;
  for (const std::uint16_t place : places) {
    kept[count] = place;
    count += has(load(at + place)) ? 1U : 0U;
  }
  return count;
}

}  // namespace sourceos::redact

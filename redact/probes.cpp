#include "redact/probes.hpp"

#include "redact/pattern_needs.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sourceos::redact {

namespace {

constexpr std::size_t k_groups = 16;
// The groups of probes of two bytes, three, four.
constexpr std::array<unsigned, 3> k_first_group = {15, 12, 0};
constexpr std::array<unsigned, 3> k_past_group = {16, 15, 12};
constexpr unsigned k_groups_of_four = 0x0FFF;

std::uint8_t folded(unsigned char c) { return static_cast<std::uint8_t>(c | 0x20U); }

// Puts each probe into the group that it makes the least more common, and then again, now that all
// others have their place.
class Grouping {
 public:
  explicit Grouping(const std::vector<Probe>& probes) : probes_(probes.begin(), probes.end()) {
    for (std::size_t c = 0; c < 256; ++c) {
      const char byte = static_cast<char>(c);
      share_[c] = static_cast<float>(commonness({&byte, 1}));
    }
    std::ranges::sort(probes_, std::greater<>(), [this](const Grouped& probe) {
      return std::pair(share_of(probe), probe.bytes);
    });
    constexpr int k_rounds = 3;
    for (int round = 0; round < k_rounds; ++round) {
      for (Grouped& probe : probes_) {
        if (round > 0) {
          move(probe, -1);
        }
        probe.group = best_for(probe);
        move(probe, 1);
      }
    }
  }

  void fill(std::array<Probes::Table, k_probe_bytes_max>& tables) const {
    for (const Grouped& probe : probes_) {
      for (std::size_t place = 0; place < k_probe_bytes_max; ++place) {
        for (unsigned c = 0; c < 256; ++c) {
          if (place >= probe.size || folded(static_cast<unsigned char>(c)) == byte_of(probe, place)) {
            tables[place][c] = static_cast<std::uint16_t>(tables[place][c] | 1U << probe.group);
          }
        }
      }
    }
  }

 private:
  struct Grouped : Probe {
    explicit Grouped(const Probe& probe) : Probe(probe) {}
    unsigned group = 0;
  };
  struct Column {
    std::array<std::uint16_t, 256> count{};  // of probes that have the byte
    float sum = 0;                           // of the bytes' shares
  };

  static std::uint8_t byte_of(const Probe& probe, std::size_t place) {
    return static_cast<std::uint8_t>(probe.bytes >> (8 * place));
  }
  [[nodiscard]] float share_of(const Probe& probe) const {
    float share = 1;
    for (std::size_t place = 0; place < probe.size; ++place) {
      share *= share_[byte_of(probe, place)];
    }
    return share;
  }
  void move(const Grouped& probe, int by) {
    for (std::size_t place = 0; place < probe.size; ++place) {
      Column& column = columns_[probe.group][place];
      const std::uint8_t byte = byte_of(probe, place);
      std::uint16_t& count = column.count[byte];
      const bool had = count != 0;
      count = static_cast<std::uint16_t>(count + by);
      column.sum += (had ? 0 : share_[byte]) - (count != 0 ? 0 : share_[byte]);
    }
  }
  [[nodiscard]] unsigned best_for(const Probe& probe) const {
    unsigned best = k_first_group[probe.size - k_probe_bytes_min];
    float least = 1e9F;
    for (unsigned group = best; group < k_past_group[probe.size - k_probe_bytes_min]; ++group) {
      float before = 1;
      float after = 1;
      for (std::size_t place = 0; place < probe.size; ++place) {
        const Column& column = columns_[group][place];
        const std::uint8_t byte = byte_of(probe, place);
        before *= column.sum;
        after *= column.sum + (column.count[byte] != 0 ? 0 : share_[byte]);
      }
      if (after - before < least) {
        least = after - before;
        best = group;
      }
    }
    return best;
  }

  std::vector<Grouped> probes_;
  std::array<float, 256> share_{};
  std::array<std::array<Column, k_probe_bytes_max>, k_groups> columns_{};
};

#if defined(__x86_64__)
bool has_permutes() {
  static const bool has =
      __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return has;
}

using Permutes = std::array<std::array<std::array<std::uint8_t, 128>, 2>, k_probe_bytes_max>;

#define SOURCEOS_PERMUTES __attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2,popcnt")))

// Appends those of 64 places whose bits are set: without a branch, since how many cannot be guessed.
SOURCEOS_PERMUTES inline void append(Probes::List& list, std::uint64_t bits, __m512i low, __m512i high) {
  const auto first = static_cast<__mmask32>(bits);
  const auto second = static_cast<__mmask32>(bits >> 32);
  _mm512_storeu_si512(list.places.data() + list.size, _mm512_maskz_compress_epi16(first, low));
  list.size += static_cast<std::size_t>(__builtin_popcount(first));
  _mm512_storeu_si512(list.places.data() + list.size, _mm512_maskz_compress_epi16(second, high));
  list.size += static_cast<std::size_t>(__builtin_popcount(second));
}

SOURCEOS_PERMUTES void find_by_permute(
    const Permutes& permutes, const char* at, std::size_t steps, Probes::Places& places) {
  __m512i tables[k_probe_bytes_max][2][2];
  for (unsigned place = 0; place < k_probe_bytes_max; ++place) {
    for (unsigned half = 0; half < 2; ++half) {
      tables[place][half][0] = _mm512_loadu_si512(permutes[place][half].data());
      tables[place][half][1] = _mm512_loadu_si512(permutes[place][half].data() + 64);
    }
  }
  std::array<std::uint16_t, 32> ascending{};
  std::iota(ascending.begin(), ascending.end(), std::uint16_t{0});
  __m512i first = _mm512_loadu_si512(ascending.data());
  __m512i second = _mm512_add_epi16(first, _mm512_set1_epi16(32));
  const __m512i high_of_four = _mm512_set1_epi8(static_cast<char>(k_groups_of_four >> 8));
  for (std::size_t step = 0; step < steps; ++step, at += Probes::k_step_places) {
    __m512i low = _mm512_set1_epi8(-1);
    __m512i high = low;
#pragma GCC unroll 4
    for (unsigned place = 0; place < k_probe_bytes_max; ++place) {
      const __m512i bytes = _mm512_loadu_si512(at + place);
      low = _mm512_and_si512(
          low, _mm512_permutex2var_epi8(tables[place][0][0], bytes, tables[place][0][1]));
      high = _mm512_and_si512(
          high, _mm512_permutex2var_epi8(tables[place][1][0], bytes, tables[place][1][1]));
    }
    const __m512i four = _mm512_or_si512(low, _mm512_and_si512(high, high_of_four));
    append(places.four, _mm512_test_epi8_mask(four, four), first, second);
    const __m512i shorter = _mm512_andnot_si512(high_of_four, high);
    append(places.shorter, _mm512_test_epi8_mask(shorter, shorter), first, second);
    first = _mm512_add_epi16(first, _mm512_set1_epi16(64));
    second = _mm512_add_epi16(second, _mm512_set1_epi16(64));
  }
}
#endif

}  // namespace

Probes::Probes(const std::vector<Probe>& probes) {
  Grouping(probes).fill(tables_);
  for (std::size_t place = 0; place < k_probe_bytes_max; ++place) {
    for (std::size_t c = 0; c < 128; ++c) {
      const unsigned both = tables_[place][c] | tables_[place][c + 128];
      permutes_[place][0][c] = static_cast<std::uint8_t>(both);
      permutes_[place][1][c] = static_cast<std::uint8_t>(both >> 8);
    }
  }
}

void Probes::find(const char* at, std::size_t steps, Places& places) const {
#if defined(__x86_64__)
  if (has_permutes()) {
    places.four.size = places.shorter.size = 0;
    find_by_permute(permutes_, at, steps, places);
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
    const unsigned groups = tables_[0][bytes[i]] & tables_[1][bytes[i + 1]] & tables_[2][bytes[i + 2]] &
                            tables_[3][bytes[i + 3]];
    places.four.places[four] = places.shorter.places[shorter] = static_cast<std::uint16_t>(i);
    four += (groups & k_groups_of_four) != 0 ? 1U : 0U;
    shorter += (groups & ~k_groups_of_four) != 0 ? 1U : 0U;
  }
  places.four.size = four;
  places.shorter.size = shorter;
}

}  // namespace sourceos::redact

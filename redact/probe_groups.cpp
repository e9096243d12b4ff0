#include "redact/probe_groups.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_groups = 8 * k_probe_lanes;

std::uint8_t byte_of(const Probe& probe, std::size_t place) {
  return static_cast<std::uint8_t>(probe.bytes >> (8 * place));
}

ProbeGroups groups_for(unsigned size, bool few) {
  return few && size == k_probe_bytes_max ? ProbeGroups{0, 8} : groups_of_size(size);
}

// Puts each probe into the group that it makes the least more common, and then again, now that all
// others have their place.
class Grouping {
 public:
  Grouping(const std::vector<Probe>& probes, std::span<const FittedProbe> fitted) : probes_(probes.begin(), probes.end()) {
    for (Column& column : columns_) {
      for (std::size_t code = 0; code < k_text_codes; ++code) {
        column.missing[code].fill(model_.share(code));
      }
    }
    const bool few = are_few(probes);
    if (!few) {
      take_fitted(fitted);
    }
    std::ranges::sort(probes_, std::greater<>(), [](const Grouped& probe) { return std::pair(probe.share, probe.bytes); });
    constexpr int k_rounds = 3;
    for (int round = 0; round < k_rounds; ++round) {
      for (Grouped& probe : probes_) {
        if (probe.is_fitted) {
          continue;
        }
        if (round > 0) {
          move(probe, -1);
        }
        probe.group = best_for(probe, groups_for(probe.size, few));
        move(probe, 1);
      }
    }
  }

  [[nodiscard]] ProbeTables tables() const {
    ProbeTables tables{};
    for (const Grouped& probe : probes_) {
      for (std::size_t place = 0; place < k_probe_bytes_max; ++place) {
        if (place < probe.size) {
          const std::uint8_t byte = byte_of(probe, place);
          tables[place][byte] |= 1U << probe.group;
          tables[place][byte & ~0x20U] |= 1U << probe.group;
          continue;
        }
        for (std::uint32_t& groups : tables[place]) {
          groups |= 1U << probe.group;
        }
      }
    }
    return tables;
  }

 private:
  struct Grouped : Probe {
    explicit Grouped(const Probe& probe) : Probe(probe) {
      for (std::size_t place = 0; place < size; ++place) {
        codes[place] = static_cast<std::uint8_t>(code_of(probe, place));
        share *= TextModel::instance().share(codes[place]);
      }
    }
    std::array<std::uint8_t, k_probe_bytes_max> codes{};
    float share = 1;
    unsigned group = 0;
    bool is_fitted = false;
  };
  // Of one place, for all groups side by side: what the bytes of their probes share, and what a probe
  // with the code would add.
  struct Column {
    alignas(64) std::array<float, k_groups> sum{};
    std::array<std::array<float, k_groups>, k_text_codes> missing{};
    std::array<std::array<std::uint16_t, k_groups>, k_text_codes> count{};  // of probes that have it
  };

  void take_fitted(std::span<const FittedProbe> fitted) {
    const auto key = [](const Probe& probe) { return std::pair(probe.size, probe.bytes); };
    for (Grouped& probe : probes_) {
      const auto found = std::ranges::lower_bound(fitted, key(probe), {}, [&](const FittedProbe& f) { return key(f.probe); });
      if (found != fitted.end() && key(found->probe) == key(probe)) {
        probe.group = found->group;
        probe.is_fitted = true;
        move(probe, 1);
      }
    }
  }

  void move(const Grouped& probe, int by) {
    for (std::size_t place = 0; place < probe.size; ++place) {
      Column& column = columns_[place];
      const std::size_t code = probe.codes[place];
      std::uint16_t& count = column.count[code][probe.group];
      const bool had = count != 0;
      count = static_cast<std::uint16_t>(count + by);
      const float share = model_.share(code);
      column.missing[code][probe.group] = count != 0 ? 0 : share;
      column.sum[probe.group] += (had ? 0 : share) - (count != 0 ? 0 : share);
    }
  }
  [[nodiscard]] unsigned best_for(const Grouped& probe, ProbeGroups groups) const {
    std::array<float, k_groups> before;
    std::array<float, k_groups> after;
    before.fill(1);
    after.fill(1);
    for (std::size_t place = 0; place < probe.size; ++place) {
      const Column& column = columns_[place];
      const auto& missing = column.missing[probe.codes[place]];
      for (std::size_t group = 0; group < k_groups; ++group) {
        before[group] *= column.sum[group];
        after[group] *= column.sum[group] + missing[group];
      }
    }
    unsigned best = groups.from;
    for (unsigned group = groups.from; group < groups.past; ++group) {
      if (after[group] - before[group] < after[best] - before[best]) {
        best = group;
      }
    }
    return best;
  }

  const TextModel& model_ = TextModel::instance();
  std::vector<Grouped> probes_;
  std::array<Column, k_probe_bytes_max> columns_{};
};

}  // namespace

bool are_few(const std::vector<Probe>& probes) {
  constexpr std::ptrdiff_t k_few = 32;
  return std::ranges::count(probes, k_probe_bytes_max, &Probe::size) <= k_few;
}

ProbeTables group_probes(const std::vector<Probe>& probes, std::span<const FittedProbe> fitted) {
  return std::make_unique<Grouping>(probes, fitted)->tables();
}

}  // namespace sourceos::redact

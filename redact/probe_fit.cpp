// A group lets a place through when each of the next bytes is that of some probe of it, so what passes
// is not what one byte's share times the next one's says: words of logs do or do not. Each probe goes
// where the fewest places of the model's lines pass that no other group lets through already; the
// shares, of which there is more than the lines hold, count as much.
#include "redact/probe_fit.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <memory>
#include <numeric>
#include <string_view>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_places_max = 4096;
using Places = std::bitset<k_places_max>;

struct Group {
  std::array<std::array<std::uint16_t, k_text_codes>, k_probe_bytes_max> count{};  // of probes with the code
  std::array<Places, k_probe_bytes_max> may{};  // where a byte fits, so many behind the place
  Places passed;
};

class Fit {
 public:
  explicit Fit(std::string_view lines) : places_(std::min(lines.size() - k_probe_bytes_max, k_places_max)) {
    for (std::size_t place = 0; place < places_; ++place) {
      for (std::size_t i = 0; i < k_probe_bytes_max; ++i) {
        at_[i][text_code(lines[place + i])].set(place);
      }
    }
  }

  [[nodiscard]] unsigned best_for(const Probe& probe, ProbeGroups groups) const {
    Places passed;
    for (unsigned group = groups.from; group < groups.past; ++group) {
      passed |= groups_[group].passed;
    }
    unsigned best = groups.from;
    float least = 0;
    for (unsigned group = groups.from; group < groups.past; ++group) {
      const float cost = cost_of(probe, groups_[group], passed);
      if (group == groups.from || cost < least) {
        best = group;
        least = cost;
      }
    }
    return best;
  }

  void move(const Probe& probe, unsigned to, int by) {
    Group& group = groups_[to];
    group.passed.set();
    for (std::size_t i = 0; i < probe.size; ++i) {
      std::uint16_t& count = group.count[i][code_of(probe, i)];
      count = static_cast<std::uint16_t>(count + by);
      group.may[i].reset();
      for (std::size_t code = 0; code < k_text_codes; ++code) {
        group.may[i] |= group.count[i][code] != 0 ? at_[i][code] : Places();
      }
      group.passed &= group.may[i];
    }
  }

 private:
  [[nodiscard]] float cost_of(const Probe& probe, const Group& group, const Places& passed) const {
    const TextModel& model = TextModel::instance();
    Places fresh = ~passed;
    float before = 1;
    float after = 1;
    for (std::size_t i = 0; i < probe.size; ++i) {
      const std::size_t added = code_of(probe, i);
      fresh &= group.may[i] | at_[i][added];
      float share = 0;
      for (std::size_t code = 0; code < k_text_codes; ++code) {
        share += group.count[i][code] != 0 ? model.share(code) : 0;
      }
      before *= share;
      after *= share + (group.count[i][added] != 0 ? 0 : model.share(added));
    }
    return static_cast<float>(fresh.count()) + (after - before) * static_cast<float>(places_);
  }

  std::size_t places_;
  std::array<std::array<Places, k_text_codes>, k_probe_bytes_max> at_{};
  std::array<Group, 8 * k_probe_lanes> groups_{};
};

float share_of(const Probe& probe) {
  float share = 1;
  for (std::size_t i = 0; i < probe.size; ++i) {
    share *= TextModel::instance().share(code_of(probe, i));
  }
  return share;
}

}  // namespace

std::vector<std::uint8_t> fit_probes(const std::vector<Probe>& probes) {
  constexpr int k_rounds = 2;
  const auto fit = std::make_unique<Fit>(TextModel::lines());
  std::vector<std::size_t> order(probes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t probe) { return share_of(probes[probe]); });
  std::vector<std::uint8_t> fitted(probes.size());
  for (int round = 0; round < k_rounds; ++round) {
    for (const std::size_t at : order) {
      if (round > 0) {
        fit->move(probes[at], fitted[at], -1);
      }
      fitted[at] = static_cast<std::uint8_t>(fit->best_for(probes[at], groups_of_size(probes[at].size)));
      fit->move(probes[at], fitted[at], 1);
    }
  }
  return fitted;
}

}  // namespace sourceos::redact

#include "redact/literals.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <tuple>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_hashes = 8192;
std::size_t hash_of(std::uint32_t probe, std::uint32_t mask) { return (probe ^ mask >> 6) * 2654435761U >> 19; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool equal_caseless(std::string_view text, std::string_view lower) {
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) {
      return false;
    }
  }
  return true;
}

// First byte lowest.
std::uint32_t load(const char* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return std::endian::native == std::endian::little ? value : __builtin_bswap32(value);
}

// Kinds of bytes: letters without their case, digits and '_' one each; the others share some.
constexpr unsigned k_words = 37;
constexpr std::array<std::uint8_t, 256> make_kinds() {
  std::array<std::uint8_t, 256> kinds{};
  for (unsigned c = 0; c < 256; ++c) {
    const unsigned lower = c >= 'A' && c <= 'Z' ? c + 32 : c;
    kinds[c] = static_cast<std::uint8_t>(lower >= 'a' && lower <= 'z' ? lower - 'a'
                                         : c >= '0' && c <= '9'       ? 26 + c - '0'
                                         : c == '_'                   ? 36
                                                                      : k_words + c % (64 - k_words));
  }
  return kinds;
}
constexpr auto k_kinds = make_kinds();
constexpr std::uint64_t k_no_words = ~std::uint64_t{0} << k_words;
std::uint64_t kind_bit(char c) { return std::uint64_t{1} << k_kinds[static_cast<unsigned char>(c)]; }

}  // namespace

struct Literals::Walk {
  std::string_view block;
  std::uint64_t base, after;
  std::vector<Event>* events;
  [[nodiscard]] std::uint32_t seen(std::size_t at) const;
};

Literals::Literals(const std::vector<EnginePattern>& literals) {
  for (std::uint32_t index = 0; index < literals.size(); ++index) {
    add(literals[index], index);
  }
  std::ranges::sort(entries_, {}, [](const Entry& entry) {
    return std::tuple(hash_of(entry.probe, entry.mask), entry.probe, entry.mask, entry.index);
  });
  first_.assign(k_hashes + 1, 0);
  for (const Entry& entry : entries_) {
    ++first_[hash_of(entry.probe, entry.mask) + 1];
  }
  for (std::size_t hash = 0; hash < k_hashes; ++hash) {
    first_[hash + 1] = static_cast<std::uint16_t>(first_[hash + 1] + first_[hash]);
  }
  group();
  find_around();
}

void Literals::add(const EnginePattern& literal, std::uint32_t index) {
  Entry entry{};
  entry.index = index;
  entry.caseless = literal.caseless;
  entry.word_begin = literal.word_begin;
  entry.word_end = literal.word_end;
  entry.text = static_cast<std::uint32_t>(texts_.size());
  entry.size = static_cast<std::uint16_t>(literal.expression.size());
  width_max_ = std::max(width_max_, literal.expression.size());
  const std::string lower = text::ascii_lower(literal.expression);
  texts_ += literal.caseless ? lower : literal.expression;
  for (std::size_t i = 0; i < std::min(lower.size(), sizeof entry.tail); ++i) {
    const unsigned shift = 24 - 8 * static_cast<unsigned>(i);
    entry.tail |= (std::uint32_t{static_cast<unsigned char>(lower[lower.size() - 1 - i])} | 0x20U) << shift;
    entry.tail_mask |= 0xFFU << shift;
  }
  const ChosenProbe chosen = chooser_.choose(lower);
  entry.probe = chosen.probe.bytes;
  entry.offset = chosen.offset;
  entry.mask = ~0U >> (8 * (k_probe_bytes_max - chosen.probe.size));
  sifts_[k_probe_bytes_max - chosen.probe.size].add(entry.probe, entry.mask);
  entries_.push_back(std::move(entry));
}

void Literals::group() {
  std::vector<Probe> probes;
  const Entry* before = nullptr;
  for (const Entry& entry : entries_) {
    if (before == nullptr || before->probe != entry.probe || before->mask != entry.mask) {
      probes.push_back({entry.probe, static_cast<unsigned>(std::popcount(entry.mask)) / 8});
    }
    before = &entry;
  }
  probes_ = Probes(probes);
}

// The four bytes at a place, folded; zeros past the end.
std::uint32_t Literals::Walk::seen(std::size_t at) const {
  std::uint32_t bytes = 0;
  if (at + sizeof bytes <= block.size()) {
    bytes = load(block.data() + at);
  } else {
    for (std::size_t i = 0; at + i < block.size(); ++i) {
      bytes |= std::uint32_t{static_cast<unsigned char>(block[at + i])} << (8 * i);
    }
  }
  return bytes | k_probe_fold;
}

void Literals::look_at(Walk& walk, std::size_t at, std::uint32_t mask) const {
  const std::uint32_t seen = walk.seen(at) & mask;
  const std::size_t hash = hash_of(seen, mask);
  for (std::size_t i = first_[hash]; i < first_[hash + 1]; ++i) {
    const Entry& entry = entries_[i];
    if (entry.mask != mask || entry.probe != seen || at < entry.offset) {
      continue;
    }
    const std::size_t from = at - entry.offset;
    const std::size_t to = from + entry.size;
    if (to > walk.block.size() || walk.base + to <= walk.after) {
      continue;
    }
    // Most of those with this probe end in another way.
    if (to >= sizeof entry.tail && ((walk.seen(to - sizeof entry.tail) ^ entry.tail) & entry.tail_mask) != 0) {
      continue;
    }
    const std::string_view there = walk.block.substr(from, entry.size);
    const std::string_view literal = std::string_view(texts_).substr(entry.text, entry.size);
    if ((entry.caseless ? equal_caseless(there, literal) : there == literal) &&
        !(entry.word_begin && from > 0 && is_word(walk.block[from - 1])) &&
        !(entry.word_end && to < walk.block.size() && is_word(walk.block[to]))) {
      walk.events->push_back({walk.base + to, entry.index});
    }
  }
}

// What may stand at that place of the literal, or beside it.
std::uint64_t Literals::kinds_at(const Entry& entry, std::ptrdiff_t at) const {
  if (at >= 0 && at < entry.size) {
    return kind_bit(texts_[entry.text + static_cast<std::size_t>(at)]);
  }
  const bool no_word = (at == -1 && entry.word_begin) || (at == entry.size && entry.word_end);
  return no_word ? k_no_words : ~std::uint64_t{0};
}

void Literals::find_around() {
  around_.resize(k_hashes);
  for (const Entry& entry : entries_) {
    const std::ptrdiff_t begin = entry.offset;
    const std::ptrdiff_t end = begin + std::popcount(entry.mask) / 8;
    Around& around = around_[hash_of(entry.probe, entry.mask)];
    around[0] |= kinds_at(entry, begin - 2);
    around[1] |= kinds_at(entry, begin - 1);
    around[2] |= kinds_at(entry, end);
    around[3] |= kinds_at(entry, end + 1);
  }
}

// Beyond the text nothing stands, which is no word.
bool Literals::may_stand(const Walk& walk, std::size_t at, std::size_t which) const {
  const std::string_view text = walk.block;
  const Around& around = around_[hash_of(walk.seen(at) & sifts_[which].mask(), sifts_[which].mask())];
  const std::size_t end = at + k_probe_bytes_max - which;
  const std::uint64_t before = around[1] & kind_bit(at > 0 ? text[at - 1] : '\n');
  const std::uint64_t before_that = around[0] & kind_bit(at > 1 ? text[at - 2] : '\n');
  const std::uint64_t behind = around[2] & kind_bit(end < text.size() ? text[end] : '\n');
  const std::uint64_t behind_that = around[3] & kind_bit(end + 1 < text.size() ? text[end + 1] : '\n');
  return ((before != 0) & (before_that != 0) & (behind != 0) & (behind_that != 0)) != 0;
}

void Literals::look_at_places(Walk& walk, std::size_t chunk, std::span<const std::uint16_t> places,
                              std::size_t which) const {
  const ProbeSift& probes = sifts_[which];
  if (probes.mask() == 0 || places.empty()) {
    return;
  }
  ProbeSift::Kept kept;
  std::size_t count = 0;
  if (chunk + places.back() + sizeof(std::uint32_t) <= walk.block.size()) {
    count = probes.sift(walk.block.data() + chunk, places, kept);
  } else {
    // The last step was filled up with zeros: they look like blanks, and nothing stands there.
    for (const std::uint16_t place : places) {
      kept[count] = place;
      count += chunk + place < walk.block.size() && probes.has(walk.seen(chunk + place)) ? 1U : 0U;
    }
  }
  std::size_t left = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint16_t place = kept[i];
    kept[left] = place;
    left += may_stand(walk, chunk + place, which) ? 1U : 0U;
  }
  for (std::size_t i = 0; i < left; ++i) {
    look_at(walk, chunk + kept[i], probes.mask());
  }
}

Engine::Scanned Literals::scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                               std::vector<Event>& events) const {
  if (entries_.empty()) {
    return {true, base + block.size()};
  }
  Walk walk{block, base, after, &events};
  const std::size_t events_max = events.size() + k_events_max;
  // Not made zero: that costs more than the look itself where the text is a file's name.
  const auto places = std::make_unique_for_overwrite<Probes::Places>();
  std::size_t at = 0;
  while (at < block.size()) {
    constexpr std::size_t k_more = k_probe_bytes_max - 1;
    const std::size_t left = block.size() - at;
    std::size_t steps = left < k_more ? 0 : std::min((left - k_more) / Probes::k_step_places, Probes::k_steps_max);
    if (steps > 0) {
      probes_.find(block.data() + at, steps, *places);
    } else {
      std::array<char, Probes::k_step_places + k_more> rest{};
      std::memcpy(rest.data(), block.data() + at, std::min(left, rest.size()));
      probes_.find(rest.data(), 1, *places);
      steps = 1;
    }
    look_at_places(walk, at, places->four.list(), 0);
    look_at_places(walk, at, places->shorter.list(), 1);
    look_at_places(walk, at, places->shorter.list(), 2);
    at += steps * Probes::k_step_places;
    if (events.size() >= events_max) {
      return {true, base + std::min(at, block.size())};  // later ones end past it
    }
  }
  return {true, base + block.size()};
}

}  // namespace sourceos::redact

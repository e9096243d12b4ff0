// Many literals in one text at once: the anchors of rules, known values, the scalar path.
//
// Up to four bytes of each literal, its rarest, are its probe. Where a probe may begin (Probes) a bit
// map says whether any has just these bytes, and what stands about it whether a literal of such a
// probe may be there. What is left, hardly more than the literals' places, is compared.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redact/engine.hpp"
#include "redact/probe_choice.hpp"
#include "redact/probe_sift.hpp"
#include "redact/probes.hpp"

namespace sourceos::redact {

inline constexpr std::size_t k_literal_bytes_min = k_probe_bytes_min;

class Literals {
 public:
  // `literals` have at least k_literal_bytes_min bytes; an event's pattern is the index here.
  explicit Literals(const std::vector<EnginePattern>& literals);
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  // Of the longest literal, in bytes.
  [[nodiscard]] std::size_t width_max() const { return width_max_; }
  // Appends an event for every place of every literal that ends past `after`, in the order of the
  // literals' rarest bytes. Stops at k_events_max.
  Engine::Scanned scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                       std::vector<Event>& events) const;

 private:
  struct Entry {
    std::uint32_t probe;   // the four bytes, folded; fewer of a short literal
    std::uint32_t mask;
    std::uint32_t tail;    // the last four bytes, folded; zeros before those of a short literal
    std::uint32_t tail_mask;
    std::uint32_t index;
    std::uint32_t text;    // where in texts_
    std::uint16_t size;
    std::uint16_t offset;  // of the probe in the literal
    bool caseless;
    bool word_begin;
    bool word_end;
  };
  // Which bytes may stand two and one before a probe of the hash, one and two behind it: a bit for each
  // kind of byte.
  using Around = std::array<std::uint64_t, 4>;
  struct Walk;
  void add(const EnginePattern& literal, std::uint32_t index);
  void group();
  void find_around();
  [[nodiscard]] std::uint64_t kinds_at(const Entry& entry, std::ptrdiff_t at) const;
  [[nodiscard]] bool may_stand(const Walk& walk, std::size_t at, std::size_t which) const;
  void look_at(Walk& walk, std::size_t at, std::uint32_t mask) const;
  // Those of the places, from `chunk` on, where a probe of the size stands.
  void look_at_places(Walk& walk, std::size_t chunk, std::span<const std::uint16_t> places,
                      std::size_t which) const;
  std::string texts_;                     // the literals, in lower case those that are caseless
  std::size_t width_max_ = 0;
  std::vector<Entry> entries_;            // by the hash of the probe
  std::vector<std::uint16_t> first_;      // by hash: the first entry, one past it in the next
  std::vector<Around> around_;            // by hash
  std::array<ProbeSift, 3> sifts_;        // probes of four bytes, of three, of two
  ProbeChooser chooser_;
  Probes probes_;
};

}  // namespace sourceos::redact

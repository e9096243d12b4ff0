// The one door to Vectorscan: many patterns over a block at once, told as (pattern, end of match).
//
// Block mode without start-of-match, which costs a factor of ten; where exactly a match lies is
// for Matcher. A block must hold each match whole: who reads in parts holds back the widest rule.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace sourceos::redact {

struct EnginePattern {
  std::string expression;  // or the literal's bytes
  bool literal = false;    // bytes as they are; `caseless` then folds ASCII letters
  bool caseless = false;
  std::string name = {};   // for messages
  bool word_begin = false;  // literals (not for the engine): no letter, digit or '_' before
  bool word_end = false;    // nor after
};

struct Event {
  std::uint64_t end = 0;     // one past the last byte of a match
  std::uint32_t pattern = 0;  // index into the patterns
  auto operator<=>(const Event&) const = default;
};

// For which CPUs patterns are compiled: this one, or all that the program is made for (AVX2 on
// x86-64), as is done when the program is built.
enum class CpuTarget : std::uint8_t { here, shipped };

// A flood of matches is taken in parts.
inline constexpr std::size_t k_events_max = 256 * 1024;

class Engine {
 public:
  // False where the CPU or the library cannot run it, or the library is known to miss matches on
  // this CPU: take the scalar path.
  [[nodiscard]] static bool usable();
  [[nodiscard]] static std::string library();      // "vectorscan 5.4.9"
  [[nodiscard]] static std::string cpu_features();  // part of the cache's header
  // Whether what was compiled for the shipped target runs here.
  [[nodiscard]] static bool runs_shipped();

  [[nodiscard]] static Result<std::shared_ptr<const Engine>> compile(
      const std::vector<EnginePattern>& patterns, CpuTarget target = CpuTarget::here);
  // Only for bytes that this program wrote and authenticated: the library checks a CRC, no more.
  [[nodiscard]] static Result<std::shared_ptr<const Engine>> load(std::string_view serialised);
  [[nodiscard]] Result<std::string> serialise() const;
  ~Engine();

  // Working memory of one thread for one or more engines.
  class Scratch {
   public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] bool fit(const Engine& engine);

   private:
    friend class Engine;
    struct State;
    std::unique_ptr<State> state_;
  };

  struct Scanned {
    bool ok = true;           // false: the library refused; nothing may be concluded
    std::uint64_t upto = 0;   // all ends up to here are in; short of the block's at k_events_max
  };
  // Appends an event for each end of each match past `after`, `base` added, in ascending order of
  // ends.
  [[nodiscard]] Scanned scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                             Scratch& scratch, std::vector<Event>& events) const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sourceos::redact

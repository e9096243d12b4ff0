// Where the engine over a set of patterns comes from: from earlier in this process, from the sets
// compiled with the program, from the disk cache, or compiled now and cached. What was loaded is
// probed before it is trusted (security S-28).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "redact/engine.hpp"
#include "redact/rule_cache.hpp"

namespace sourceos::redact {

struct EngineWish {
  const std::vector<EnginePattern>* patterns = nullptr;
  // Whether the engine finds what it must. One that does not is never used.
  std::function<bool(const Engine&)> probe;
  KeySource keys;  // empty: no disk cache
  std::optional<std::filesystem::path> cache_directory;
};

struct SourcedEngine {
  std::shared_ptr<const Engine> engine;  // null: compiled, and the probe failed all the same
  bool compiled = false;                 // it took that
};

// An error when the patterns do not compile. Several processes that want the same set at once
// compile it in one of them, the others wait.
[[nodiscard]] Result<SourcedEngine> source_engine(const EngineWish& wish);

}  // namespace sourceos::redact

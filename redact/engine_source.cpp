#include "redact/engine_source.hpp"

#include "host/files.hpp"
#include "redact/compiled_rules.hpp"
#include "redact/ruleset_parts.hpp"

#include <map>
#include <mutex>
#include <string>

namespace sourceos::redact {

namespace {

using EnginePointer = std::shared_ptr<const Engine>;

// By pattern digest: a second pipeline in one process costs nothing.
struct Known {
  std::mutex lock;
  std::map<std::string, EnginePointer, std::less<>> engines;
};
Known& known() {
  static Known engines;
  return engines;
}

EnginePointer load_probed(std::string_view serialised, const EngineWish& wish) {
  if (serialised.empty()) {
    return nullptr;
  }
  auto loaded = Engine::load(serialised);
  return loaded && wish.probe(**loaded) ? std::move(*loaded) : nullptr;
}

EnginePointer load_cached(const EngineWish& wish, const RuleCacheKey& key) {
  const auto bytes = read_rule_cache(*wish.cache_directory, wish.keys, key);
  return bytes ? load_probed(*bytes, wish) : nullptr;
}

Result<SourcedEngine> compile(const EngineWish& wish) {
  SOURCEOS_TRY_ASSIGN(EnginePointer engine, Engine::compile(*wish.patterns));
  if (!wish.probe(*engine)) {
    engine = nullptr;
  }
  return SourcedEngine{std::move(engine), true};
}

Result<SourcedEngine> load_or_compile(const EngineWish& wish, const std::string& digest) {
  if (auto engine = load_probed(find_compiled_rules(digest), wish)) {
    return SourcedEngine{std::move(engine)};
  }
  if (!wish.keys || !wish.cache_directory) {
    return compile(wish);
  }
  const RuleCacheKey key{digest, Engine::library(), Engine::cpu_features()};
  if (auto engine = load_cached(wish, key)) {
    return SourcedEngine{std::move(engine)};
  }
  // Without the lock (a directory that cannot be written) everybody compiles.
  static_cast<void>(host::make_directories(*wish.cache_directory, 0700));
  const auto lock = host::FileLock::acquire(*wish.cache_directory / "rules.lock");
  if (lock) {
    if (auto engine = load_cached(wish, key)) {
      return SourcedEngine{std::move(engine)};
    }
  }
  SOURCEOS_TRY_ASSIGN(SourcedEngine sourced, compile(wish));
  if (sourced.engine != nullptr) {
    if (const auto bytes = sourced.engine->serialise()) {
      write_rule_cache(*wish.cache_directory, wish.keys, key, *bytes);
    }
  }
  return sourced;
}

}  // namespace

Result<SourcedEngine> source_engine(const EngineWish& wish) {
  const std::string digest = pattern_digest(*wish.patterns);
  const std::scoped_lock lock(known().lock);
  if (const auto place = known().engines.find(digest); place != known().engines.end()) {
    return SourcedEngine{place->second};
  }
  SOURCEOS_TRY_ASSIGN(SourcedEngine sourced, load_or_compile(wish, digest));
  if (sourced.engine != nullptr) {
    known().engines[digest] = sourced.engine;
  }
  return sourced;
}

}  // namespace sourceos::redact

#include "redact/engine.hpp"

#include <hs/hs.h>

#include <cstdlib>

#include <fmt/format.h>

namespace sourceos::redact {

namespace {

// Every literal byte as \xHH: no byte has a meaning of its own then.
std::string escaped(std::string_view literal) {
  std::string out;
  for (const char c : literal) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out;
}

struct Collected {
  std::vector<Event>* events;
  std::uint64_t base;
  std::uint64_t after;
};

int collect(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  const auto& collected = *static_cast<Collected*>(context);
  if (collected.base + to > collected.after) {
    collected.events->push_back({collected.base + to, id});
  }
  return collected.events->size() >= k_events_max ? 1 : 0;
}

std::unexpected<Error> engine_failure(std::string_view doing, int code) {
  return fail(ErrorKind::internal, "engine", fmt::format("{}: library code {}", doing, code));
}

}  // namespace

struct Engine::State {
  hs_database_t* database = nullptr;
  ~State() { hs_free_database(database); }
};

struct Engine::Scratch::State {
  hs_scratch_t* scratch = nullptr;
  ~State() { hs_free_scratch(scratch); }
};

Engine::Scratch::Scratch() : state_(std::make_unique<State>()) {}
Engine::Scratch::~Scratch() = default;
bool Engine::Scratch::fit(const Engine& engine) {
  return hs_alloc_scratch(engine.state_->database, &state_->scratch) == HS_SUCCESS;
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

bool Engine::usable() { return hs_valid_platform() == HS_SUCCESS; }

std::string Engine::library() {
  const std::string_view version = hs_version();  // "5.4.9 2023-03-23"
  return "vectorscan " + std::string(version.substr(0, version.find(' ')));
}

std::string Engine::cpu_features() {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  return fmt::format("{}-{:x}", platform.tune, platform.cpu_features);
}

Result<std::shared_ptr<const Engine>> Engine::compile(const std::vector<EnginePattern>& patterns) {
  std::vector<std::string> texts;
  std::vector<const char*> expressions;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  texts.reserve(patterns.size());
  for (const EnginePattern& pattern : patterns) {
    texts.push_back(pattern.literal ? escaped(pattern.expression) : pattern.expression);
    expressions.push_back(texts.back().c_str());
    flags.push_back(pattern.caseless ? HS_FLAG_CASELESS : 0U);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  auto state = std::make_unique<State>();
  hs_compile_error_t* error = nullptr;
  const hs_error_t code =
      hs_compile_multi(expressions.data(), flags.data(), ids.data(),
                       static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, nullptr,
                       &state->database, &error);
  if (code != HS_SUCCESS) {
    const int index = error != nullptr ? error->expression : -1;
    const std::string message = error != nullptr ? error->message : "no reason given";
    hs_free_compile_error(error);
    return fail(ErrorKind::malformed, "rule-pattern",
                fmt::format("pattern {}: {}", index, message));
  }
  return std::shared_ptr<const Engine>(new Engine(std::move(state)));
}

Result<std::shared_ptr<const Engine>> Engine::load(std::string_view serialised) {
  auto state = std::make_unique<State>();
  const hs_error_t code =
      hs_deserialize_database(serialised.data(), serialised.size(), &state->database);
  if (code != HS_SUCCESS) {
    return engine_failure("load the compiled rules", code);
  }
  return std::shared_ptr<const Engine>(new Engine(std::move(state)));
}

Result<std::string> Engine::serialise() const {
  char* bytes = nullptr;
  std::size_t size = 0;
  const hs_error_t code = hs_serialize_database(state_->database, &bytes, &size);
  if (code != HS_SUCCESS) {
    return engine_failure("serialise the compiled rules", code);
  }
  std::string out(bytes, size);
  std::free(bytes);  // NOLINT: the library hands out malloc memory
  return out;
}

Engine::Scanned Engine::scan(std::string_view block, std::uint64_t base, std::uint64_t after,
                             Scratch& scratch, std::vector<Event>& events) const {
  Collected collected{&events, base, after};
  const hs_error_t code =
      hs_scan(state_->database, block.data(), static_cast<unsigned>(block.size()), 0,
              scratch.state_->scratch, collect, &collected);
  return {code == HS_SUCCESS || code == HS_SCAN_TERMINATED, code == HS_SUCCESS};
}

}  // namespace sourceos::redact

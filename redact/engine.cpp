// Which form of the library scans. It carries one for each kind of x86 CPU and takes the widest;
// up to 5.4.9 its AVX-512 form misses matches (single-byte search returns a wrong place) and its
// SSE form can abort, so that only the AVX2 form counts there. A statically linked library lets us
// call that form on wider CPUs; tests hold it to every alignment of every rule's example.
#include "redact/engine.hpp"

#include <hs/hs.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#if defined(__x86_64__) && defined(__ELF__)
// Null when the library is a shared one, which hides it.
extern "C" __attribute__((weak)) hs_error_t avx2_hs_scan(const hs_database_t*, const char*,
                                                         unsigned, unsigned, hs_scratch_t*,
                                                         match_event_handler, void*);
#endif

namespace sourceos::redact {

namespace {

#if defined(__x86_64__)
constexpr std::uint64_t k_shipped_features = HS_CPU_FEATURES_AVX2;
#else
constexpr std::uint64_t k_shipped_features = 0;
#endif

hs_platform_info_t this_cpu() {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  return platform;
}

// "5.4.10" and later, by number.
[[maybe_unused]] bool is_mended(std::string_view version) {
  return !version.starts_with("5.4.") || (version.size() > 5 && version[5] >= '0' && version[5] <= '9');
}

using ScanFunction = decltype(&hs_scan);

// Null where no form of the library can be relied on.
ScanFunction choose_form() {
  if (hs_valid_platform() != HS_SUCCESS) {
    return nullptr;
  }
#if defined(__x86_64__)
  const std::uint64_t features = this_cpu().cpu_features;
  const bool avx2 = (features & HS_CPU_FEATURES_AVX2) != 0;
  const bool wider = (features & (HS_CPU_FEATURES_AVX512 | HS_CPU_FEATURES_AVX512VBMI)) != 0;
#if defined(__ELF__)
  if (avx2 && avx2_hs_scan != nullptr) {
    return avx2_hs_scan;
  }
#endif
  if ((!avx2 || wider) && !is_mended(hs_version())) {
    return nullptr;
  }
#endif
  return hs_scan;
}

ScanFunction form() {
  static const ScanFunction chosen = choose_form();
  return chosen;
}

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
  std::size_t events_max;
  std::uint64_t base;
  std::uint64_t after;
};

int collect(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  const auto& collected = *static_cast<Collected*>(context);
  if (collected.base + to > collected.after) {
    collected.events->push_back({collected.base + to, id});
  }
  return collected.events->size() >= collected.events_max ? 1 : 0;
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

bool Engine::usable() { return form() != nullptr; }

std::string Engine::library() {
  const std::string_view version = hs_version();  // "5.4.9 2023-03-23"
  return "vectorscan " + std::string(version.substr(0, version.find(' ')));
}

std::string Engine::cpu_features() {
  return fmt::format("{:x}", this_cpu().cpu_features & k_shipped_features);
}

bool Engine::runs_shipped() {
  return usable() && (this_cpu().cpu_features & k_shipped_features) == k_shipped_features;
}

// Never for more than the shipped features: the form that scans takes no more.
Result<std::shared_ptr<const Engine>> Engine::compile(const std::vector<EnginePattern>& patterns,
                                                      CpuTarget target) {
  hs_platform_info_t platform{};
  platform.cpu_features = k_shipped_features;
  if (target == CpuTarget::here) {
    platform.cpu_features &= this_cpu().cpu_features;
  }
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
                       static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, &platform, &state->database,
                       &error);
  if (code != HS_SUCCESS) {
    const bool known = error != nullptr && error->expression >= 0 &&
                       static_cast<std::size_t>(error->expression) < patterns.size();
    const std::string name =
        known ? patterns[static_cast<std::size_t>(error->expression)].name : std::string();
    const std::string message = error != nullptr ? error->message : "no reason given";
    hs_free_compile_error(error);
    if (code != HS_COMPILER_ERROR || !known) {
      return fail(ErrorKind::unavailable, "engine",
                  fmt::format("compile {} patterns: {}", patterns.size(), message));
    }
    return fail(ErrorKind::malformed, "rule-pattern",
                fmt::format("rule '{}': expected a pattern that the engine takes: {}", name, message));
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
  const std::size_t before = events.size();
  Collected collected{&events, before + k_events_max, base, after};
  const hs_error_t code = form()(state_->database, block.data(),
                                 static_cast<unsigned>(block.size()), 0, scratch.state_->scratch,
                                 collect, &collected);
  const auto fresh = events.begin() + static_cast<std::ptrdiff_t>(before);
  if (!std::is_sorted(fresh, events.end())) {
    std::sort(fresh, events.end());
  }
  if (code == HS_SCAN_TERMINATED) {
    return {true, events.back().end - 1};
  }
  return {code == HS_SUCCESS, base + block.size()};
}

}  // namespace sourceos::redact

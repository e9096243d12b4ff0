#include "redact/engine_source.hpp"

#include "pipeline_support.hpp"
#include "redact/ruleset_parts.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

using namespace sourceos;
using namespace sourceos::redact;
using sourceos::tests::TemporaryDirectory;

namespace {

bool accept(const Engine&) { return true; }

// Patterns that no other case has seen: engines are remembered in a process.
std::vector<EnginePattern> fresh_patterns() {
  static int count = 0;
  return {{.expression = "fresh" + std::to_string(++count)}};
}

EngineWish wish_for(const std::vector<EnginePattern>& patterns, const TemporaryDirectory& directory) {
  return {.patterns = &patterns,
          .probe = accept,
          .keys = tests::pipeline_options().keys,
          .cache_directory = directory / "cache"};
}

// Runs in a child, which shares no memory with us afterwards; its answer is the exit code.
template <class Act>
int in_child(Act act) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(act());
  }
  return child;
}

int code_of(int child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::size_t caches_in(const std::filesystem::path& directory) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    count += entry.path().extension() == ".cache" ? 1U : 0U;
  }
  return count;
}

}  // namespace

TEST_CASE("an engine is compiled once in a process") {
  const auto patterns = fresh_patterns();
  const EngineWish wish{.patterns = &patterns, .probe = accept, .keys = {}, .cache_directory = {}};
  const auto first = source_engine(wish);
  const auto second = source_engine(wish);
  REQUIRE((first && second));
  CHECK(first->compiled);
  CHECK_FALSE(second->compiled);
  CHECK(first->engine == second->engine);
}

TEST_CASE("processes that want the same engine at once compile it in one of them") {
  const TemporaryDirectory directory;
  const auto patterns = fresh_patterns();
  const EngineWish wish = wish_for(patterns, directory);
  std::vector<int> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(in_child([&] {
      const auto sourced = source_engine(wish);
      return !sourced || sourced->engine == nullptr ? 2 : sourced->compiled ? 1 : 0;
    }));
  }
  int compiled = 0;
  for (const int child : children) {
    const int code = code_of(child);
    CHECK((code == 0 || code == 1));
    compiled += code == 1 ? 1 : 0;
  }
  CHECK(compiled == 1);
  CHECK(caches_in(directory / "cache") == 1);
}

TEST_CASE("a cached engine that fails its probe is compiled anew, and never used when it fails again") {
  const TemporaryDirectory directory;
  const auto patterns = fresh_patterns();
  EngineWish wish = wish_for(patterns, directory);
  REQUIRE(code_of(in_child([&] { return source_engine(wish) ? 0 : 1; })) == 0);
  int asked = 0;
  wish.probe = [&](const Engine&) { return ++asked > 2; };  // loaded, loaded under the lock, compiled
  CHECK(code_of(in_child([&] {
          const auto sourced = source_engine(wish);
          return sourced && sourced->compiled && sourced->engine != nullptr ? 0 : 1;
        })) == 0);
  wish.probe = [](const Engine&) { return false; };
  const auto never = source_engine(wish);
  REQUIRE(never.has_value());
  CHECK(never->engine == nullptr);
}

TEST_CASE("no place for a cache costs time only") {
  const auto patterns = fresh_patterns();
  const EngineWish wish{.patterns = &patterns,
                        .probe = accept,
                        .keys = tests::pipeline_options().keys,
                        .cache_directory = "/proc/no-place"};
  const auto sourced = source_engine(wish);
  REQUIRE(sourced.has_value());
  CHECK(sourced->engine != nullptr);
}

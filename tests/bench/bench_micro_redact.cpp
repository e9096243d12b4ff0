// Micro-benchmarks of redaction: the engine's scan alone, confirming what a pattern found, places
// found in a document, and the whole with its rewrite.
#include <memory>
#include <string>
#include <vector>

#include "redact/confirm.hpp"
#include "redact/matcher.hpp"
#include "redact/pipeline.hpp"
#include "redact/rewrite.hpp"
#include "redact/rules.hpp"
#include "redact/ruleset.hpp"
#include "tests/bench/data/log_text.hpp"
#include "tests/bench/micro_support.hpp"

namespace {

using namespace sourceos;
using bench::log_text;
using bench::set_bytes;

const redact::Ruleset& ruleset() {
  static const auto rules = redact::Ruleset::create({}).value();
  return *rules;
}

const redact::Pipeline& pipeline() {
  static const auto made = [] {
    auto pipeline = redact::Pipeline::create({}).value();
    pipeline->freeze();
    return pipeline;
  }();
  return *made;
}

void scan(benchmark::State& state) {
  const std::string text = log_text(static_cast<std::size_t>(state.range(0)));
  const auto part = static_cast<redact::Part>(state.range(1));
  redact::Engine::Scratch scratch;
  std::vector<redact::Event> events;
  if (!ruleset().fit(scratch)) {
    state.SkipWithError("the engine does not run here");
    return;
  }
  for (auto _ : state) {
    events.clear();
    (void)ruleset().scan(part, text, 0, 0, scratch, events);
    benchmark::DoNotOptimize(events.data());
  }
  set_bytes(state, text.size());
  state.counters["events"] = static_cast<double>(events.size());
}
// Of the parts only the anchors are looked for everywhere.
BENCHMARK(scan)->ArgNames({"bytes", "part"})->ArgsProduct({{64 * 1024, 512 * 1024}, {0, 1, 2}});

// Every example of every built-in rule, as a candidate.
void confirm(benchmark::State& state) {
  std::vector<std::pair<const redact::Rule*, std::string>> candidates;
  for (const redact::Rule& rule : redact::builtin_rules()) {
    for (const std::string_view example : rule.examples) {
      const redact::Example made = redact::expand_example(example, 1);
      candidates.emplace_back(&rule, made.secret.empty() ? made.text : made.secret);
    }
  }
  for (auto _ : state) {
    for (const auto& [rule, value] : candidates) {
      benchmark::DoNotOptimize(redact::confirm(*rule, {"", value, "", 0, value.size()}));
    }
  }
  bench::set_items(state, candidates.size());
}
BENCHMARK(confirm);

// Copying a document around a place every 4 KiB.
void rewrite(benchmark::State& state) {
  const std::string text = log_text(512 * 1024);
  const redact::Ruleset& rules = ruleset();
  for (auto _ : state) {
    std::vector<redact::Span> spans;
    std::vector<redact::FindingSpan> findings;
    for (std::uint64_t at = 100; at + 40 < text.size(); at += 4'096) {
      redact::Span span;
      span.from = at;
      span.to = at + 40;
      span.klass = "token";
      spans.push_back(span);
    }
    redact::Rewriter rewriter(rules, redact::DocumentOptions());
    rewriter.write(text, 0, text.size(), true, spans, findings);
    benchmark::DoNotOptimize(rewriter.out().data());
  }
  set_bytes(state, text.size());
}
BENCHMARK(rewrite);

void document(benchmark::State& state) {
  const std::string text = log_text(static_cast<std::size_t>(state.range(0)));
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  for (auto _ : state) {
    benchmark::DoNotOptimize(pipeline().document(text, options));
  }
  set_bytes(state, text.size());
}
BENCHMARK(document)->Arg(4 * 1024)->Arg(32 * 1024)->Arg(256 * 1024);

void stream(benchmark::State& state) {
  const std::string text = log_text(16 * 1024 * 1024);
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  for (auto _ : state) {
    redact::StreamRedactor stream = pipeline().stream(options);
    for (std::size_t at = 0; at < text.size(); at += 256 * 1024) {
      benchmark::DoNotOptimize(stream.feed(std::string_view(text).substr(at, 256 * 1024)).bytes());
    }
    benchmark::DoNotOptimize(stream.finish().record);
  }
  set_bytes(state, text.size());
}
BENCHMARK(stream)->Unit(benchmark::kMillisecond);

}  // namespace

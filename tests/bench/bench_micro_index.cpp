// Micro-benchmarks of the index, its paths and the log's tree.
#include <string>
#include <string_view>
#include <vector>

#include "bundle/entry_path.hpp"
#include "bundle/index_line.hpp"
#include "bundle/log/merkle.hpp"
#include "tests/bench/data/index_lines.hpp"
#include "tests/bench/micro_support.hpp"

namespace {

using namespace sourceos;
using bench::index_line;
using bench::set_bytes;

constexpr std::size_t k_lines = 10'000;

void index_writer(benchmark::State& state) {
  std::vector<bundle::IndexLine> lines;
  for (std::size_t i = 0; i < k_lines; ++i) {
    lines.push_back(index_line(i));
  }
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (const bundle::IndexLine& line : lines) {
      bundle::append_index_line(out, line);
    }
    benchmark::DoNotOptimize(out.data());
  }
  set_bytes(state, out.size());
}
BENCHMARK(index_writer);

void index_reader(benchmark::State& state) {
  const std::string text = bench::index_text(k_lines);
  bundle::IndexLine line;
  for (auto _ : state) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      if (!bundle::parse_index_line(rest.substr(0, end), line)) {
        state.SkipWithError("a line does not parse");
      }
      rest.remove_prefix(end + 1);
    }
  }
  set_bytes(state, text.size());
}
BENCHMARK(index_reader);

void path_check(benchmark::State& state) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < k_lines; ++i) {
    paths.push_back(index_line(i).path);
  }
  const std::vector<std::string_view> views(paths.begin(), paths.end());
  for (auto _ : state) {
    for (const std::string_view path : views) {
      benchmark::DoNotOptimize(bundle::check_entry_path(path));
    }
    benchmark::DoNotOptimize(bundle::check_unique_paths(views));
  }
  bench::set_items(state, paths.size());
}
BENCHMARK(path_check);

void merkle_append(benchmark::State& state) {
  const auto leaves = static_cast<std::size_t>(state.range(0));
  const std::string leaf(300, 'x');
  for (auto _ : state) {
    bundle::log::MemoryTree tree;
    for (std::size_t i = 0; i < leaves; ++i) {
      tree.append(bundle::log::leaf_hash(leaf));
    }
    benchmark::DoNotOptimize(tree.root());
  }
  bench::set_items(state, leaves);
}
BENCHMARK(merkle_append)->Arg(1'000)->Arg(8'000)->Arg(64'000);

void merkle_proof(benchmark::State& state) {
  bundle::log::MemoryTree tree;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    tree.append(bundle::log::leaf_hash("leaf"));
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(tree.inclusion(tree.size() / 3, tree.size()));
  }
}
BENCHMARK(merkle_proof)->Arg(1'000)->Arg(8'000)->Arg(64'000);

}  // namespace

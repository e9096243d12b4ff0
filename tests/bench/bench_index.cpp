// Writes and reads index lines, by our own code and by the JSON library that it stands in for.
//
//   bench_index make FILE LINES             makes the input
//   bench_index read|nlohmann-read FILE LINES
//   bench_index write|nlohmann-write FILE LINES    FILE is not touched
//
// All but `make` print "inner <seconds> <bytes of index>".
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "bundle/index_line.hpp"
#include "core/json/json.hpp"
#include "tests/bench/data/index_lines.hpp"

namespace {

using namespace sourceos;

constexpr std::size_t k_block_bytes = 1 << 20;
constexpr std::size_t k_batch_lines = 1'000;

struct Outcome {
  double seconds = 0;
  std::uint64_t bytes = 0;
};

class Span {
 public:
  explicit Span(double& total) : total_(total), start_(std::chrono::steady_clock::now()) {}
  ~Span() {
    total_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  double& total_;
  std::chrono::steady_clock::time_point start_;
};

void make(const char* path, std::size_t lines) {
  std::ofstream out(path, std::ios::binary);
  std::string block;
  for (std::size_t i = 0; i < lines; ++i) {
    bundle::append_index_line(block, bench::index_line(i));
    if (block.size() >= k_block_bytes || i + 1 == lines) {
      out.write(block.data(), static_cast<std::streamsize>(block.size()));
      block.clear();
    }
  }
}

// A batch of lines is made outside the time, then written again and again: the time is the
// writer's own. One buffer, as the program's writer has it.
Outcome write(std::size_t lines) {
  std::vector<bundle::IndexLine> batch;
  for (std::size_t i = 0; i < k_batch_lines; ++i) {
    batch.push_back(bench::index_line(i));
  }
  Outcome outcome;
  std::string block;
  {
    const Span span(outcome.seconds);
    for (std::size_t done = 0; done < lines; ++done) {
      bundle::append_index_line(block, batch[done % k_batch_lines]);
      if (block.size() >= k_block_bytes) {
        outcome.bytes += block.size();
        block.clear();
      }
    }
  }
  outcome.bytes += block.size();
  return outcome;
}

Outcome write_with_library(std::size_t lines) {
  std::vector<json::Value> batch;
  for (std::size_t i = 0; i < k_batch_lines; ++i) {
    std::string line;
    bundle::append_index_line(line, bench::index_line(i));
    batch.push_back(json::Value::parse(line));
  }
  Outcome outcome;
  {
    const Span span(outcome.seconds);
    for (std::size_t done = 0; done < lines; ++done) {
      outcome.bytes += batch[done % k_batch_lines].dump().size() + 1;
    }
  }
  return outcome;
}

// Calls `take` for each line of the file, timed; reading the file is not.
template <class Take>
Outcome read(const char* path, Take take) {
  Outcome outcome;
  std::ifstream in(path, std::ios::binary);
  std::string block(k_block_bytes, '\0');
  std::size_t kept = 0;
  while (in) {
    in.read(block.data() + kept, static_cast<std::streamsize>(block.size() - kept));
    const std::string_view text(block.data(), kept + static_cast<std::size_t>(in.gcount()));
    const std::size_t whole = text.rfind('\n') + 1;
    outcome.bytes += whole;
    const Span span(outcome.seconds);
    for (std::size_t from = 0; from < whole;) {
      const std::size_t end = text.find('\n', from);
      take(text.substr(from, end - from));
      from = end + 1;
    }
    kept = text.size() - whole;
    block.replace(0, kept, text.substr(whole));
  }
  return outcome;
}

Outcome run(const std::string& work, const char* path, std::size_t lines) {
  if (work == "write") {
    return write(lines);
  }
  if (work == "nlohmann-write") {
    return write_with_library(lines);
  }
  if (work == "nlohmann-read") {
    return read(path, [](std::string_view line) {
      if (json::Value::parse(line, nullptr, false).is_discarded()) {
        std::abort();
      }
    });
  }
  return read(path, [line = bundle::IndexLine()](std::string_view text) mutable {
    if (!bundle::parse_index_line(text, line)) {
      std::abort();
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: bench_index make|read|write|nlohmann-read|nlohmann-write FILE LINES\n", stderr);
    return 2;
  }
  const std::string work = argv[1];
  const std::size_t lines = std::strtoull(argv[3], nullptr, 10);
  if (work == "make") {
    make(argv[2], lines);
    return 0;
  }
  const Outcome outcome = run(work, argv[2], lines);
  std::printf("inner %.6f %llu\n", outcome.seconds, static_cast<unsigned long long>(outcome.bytes));
  return 0;
}

// Four fixed small workloads for callgrind, which counts their instructions and nothing before: the
// counts are the same on a loaded machine, so a change of them is a change of the program.
//
//   bench_workload redact|layers|index|log
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <valgrind/callgrind.h>

#include "bundle/frame.hpp"
#include "bundle/index_line.hpp"
#include "bundle/log/merkle.hpp"
#include "redact/pipeline.hpp"
#include "tests/bench/data/index_lines.hpp"
#include "tests/bench/data/log_text.hpp"

namespace {

using namespace sourceos;

class Counted {
 public:
  Counted() { CALLGRIND_START_INSTRUMENTATION; }
  ~Counted() { CALLGRIND_STOP_INSTRUMENTATION; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

// One MiB of log through the whole of redaction.
bool redact_log() {
  const std::string text = bench::log_text(1 << 20);
  const auto pipeline = redact::Pipeline::create({});
  if (!pipeline) {
    return false;
  }
  (*pipeline)->freeze();
  redact::DocumentOptions options;
  options.format = redact::Format::text;
  const Counted counted;
  redact::StreamRedactor stream = (*pipeline)->stream(options);
  (void)stream.feed(text);
  return stream.finish().record.bytes_scanned == text.size();
}

// Two frames written and read, with their digests.
bool write_layer() {
  const std::string text = bench::log_text(8 << 20);
  const auto path = std::filesystem::temp_directory_path() / "sourceos-bench-workload";
  std::filesystem::remove(path);
  bundle::FramePool pool(1);
  std::uint64_t bytes = 0;
  {
    const Counted counted;
    auto writer = bundle::FrameWriter::create(pool, path, 1);
    if (!writer || !writer->append(text)) {
      return false;
    }
    const auto written = writer->finish();
    const auto blob = bundle::BlobReader::open(path);
    bundle::FrameVisitor visitor;
    if (!written || !blob) {
      return false;
    }
    const auto read = bundle::read_frames(pool, *blob, {text.size(), true}, visitor);
    bytes = read ? read->bytes : 0;
  }
  std::filesystem::remove(path);
  return bytes == text.size();
}

bool write_index() {
  constexpr std::size_t k_lines = 2'000;
  std::vector<bundle::IndexLine> lines;
  for (std::size_t i = 0; i < k_lines; ++i) {
    lines.push_back(bench::index_line(i));
  }
  const Counted counted;
  std::string text;
  for (const bundle::IndexLine& line : lines) {
    bundle::append_index_line(text, line);
  }
  bundle::IndexLine line;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (!bundle::parse_index_line(rest.substr(0, end), line)) {
      return false;
    }
    rest.remove_prefix(end + 1);
  }
  return line == lines.back();
}

bool grow_log() {
  constexpr std::uint64_t k_leaves = 1'000;
  const Counted counted;
  bundle::log::MemoryTree tree;
  for (std::uint64_t i = 0; i < k_leaves; ++i) {
    tree.append(bundle::log::leaf_hash("a leaf of about the length that one has"));
  }
  const auto proof = tree.inclusion(k_leaves / 3, k_leaves);
  return proof && !proof->empty();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 2 ? argv[1] : "";
  const bool done = name == "redact"   ? redact_log()
                    : name == "layers" ? write_layer()
                    : name == "index"  ? write_index()
                    : name == "log"    ? grow_log()
                                       : false;
  std::fputs(done ? "" : "bench_workload: redact, layers, index or log\n", stderr);
  return done ? 0 : 1;
}

// What the libraries alone would take: read, scan, digest and compress the same cache-hot buffers of
// one file, nothing else. Each stage is timed by itself on one core; where work can be split, n
// cores do it in a n-th of the time.
//
//   bench_roofline FILE     prints each stage, then "inner <seconds> <bytes>": the sum by cores
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <zstd.h>

#include "bundle/digest.hpp"
#include "redact/ruleset.hpp"

namespace {

using namespace sourceos;

constexpr std::size_t k_read_bytes = 256 * 1024;
constexpr std::size_t k_frame_bytes = 4 * 1024 * 1024;

class Stopwatch {
 public:
  void start() { started_ = std::chrono::steady_clock::now(); }
  void stop() { total_ += std::chrono::steady_clock::now() - started_; }
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(total_).count(); }

 private:
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::duration total_{};
};

struct Stages {
  Stopwatch read, scan, digest, compress;
  std::uint64_t bytes = 0;
};

// Fills `frame` from the file, each read scanned and hashed while it is in the cache.
std::size_t fill(int file, std::string& frame, const redact::Ruleset& rules,
                 redact::Engine::Scratch& scratch, bundle::Sha256& digest, Stages& stages) {
  std::vector<redact::Event> events;
  std::size_t size = 0;
  while (size < frame.size()) {
    stages.read.start();
    const ssize_t got = ::read(file, frame.data() + size, k_read_bytes);
    stages.read.stop();
    if (got <= 0) {
      break;
    }
    const std::string_view block(frame.data() + size, static_cast<std::size_t>(got));
    events.clear();
    stages.scan.start();
    for (const redact::Part part : {redact::Part::anchors, redact::Part::always}) {
      (void)rules.scan(part, block, 0, 0, scratch, events);
    }
    stages.scan.stop();
    stages.digest.start();
    digest.update(block);
    stages.digest.stop();
    size += block.size();
  }
  return size;
}

void go_through(int file, const redact::Ruleset& rules, Stages& stages) {
  redact::Engine::Scratch scratch;
  (void)rules.fit(scratch);
  bundle::Sha256 digest;
  bundle::Sha256 stored_digest;
  std::string frame(k_frame_bytes, '\0');
  std::string stored(ZSTD_compressBound(k_frame_bytes), '\0');
  ZSTD_CCtx* context = ZSTD_createCCtx();
  while (const std::size_t size = fill(file, frame, rules, scratch, digest, stages)) {
    stages.compress.start();
    const std::size_t written =
        ZSTD_compressCCtx(context, stored.data(), stored.size(), frame.data(), size, 1);
    stages.compress.stop();
    stages.digest.start();
    stored_digest.update(std::string_view(stored).substr(0, written));
    stages.digest.stop();
    stages.bytes += size;
  }
  ZSTD_freeCCtx(context);
}

}  // namespace

int main(int argc, char** argv) {
  const int file = argc == 2 ? ::open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  const auto rules = redact::Ruleset::create({});
  if (file < 0 || !rules || (*rules)->engine_name().starts_with("scalar")) {
    std::fputs("usage: bench_roofline FILE (and a processor that Vectorscan runs on)\n", stderr);
    return 2;
  }
  Stages stages;
  go_through(file, **rules, stages);
  ::close(file);
  const double sum = stages.read.seconds() + stages.scan.seconds() + stages.digest.seconds() +
                     stages.compress.seconds();
  std::printf("read %.3f\nscan %.3f\ndigest %.3f\ncompress %.3f\n", stages.read.seconds(),
              stages.scan.seconds(), stages.digest.seconds(), stages.compress.seconds());
  std::printf("inner %.6f %llu\n", sum / std::thread::hardware_concurrency(),
              static_cast<unsigned long long>(stages.bytes));
  return 0;
}

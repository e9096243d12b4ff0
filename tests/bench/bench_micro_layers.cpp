// Micro-benchmarks of digest, frames and the check of a pack, with the program's buffer sizes.
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "bundle/frame.hpp"
#include "bundle/pack_check.hpp"
#include "bundle/tar_header.hpp"
#include "core/limits.hpp"
#include "tests/bench/data/log_text.hpp"
#include "tests/bench/micro_support.hpp"

namespace {

using namespace sourceos;
using bench::log_text;
using bench::ScratchFile;
using bench::set_bytes;
using limits::k_mib;

void digest(benchmark::State& state) {
  const std::string text = log_text(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(bundle::sha256(text));
  }
  set_bytes(state, text.size());
}
BENCHMARK(digest)->Arg(4 * 1024)->Arg(64 * 1024)->Arg(4 * 1024 * 1024);

bundle::FrameSummary write_layer(bundle::FramePool& pool, const std::filesystem::path& path,
                                 const std::string& text) {
  std::filesystem::remove(path);
  bundle::FrameWriter writer = bundle::FrameWriter::create(pool, path, 1).value();
  for (std::size_t at = 0; at < text.size(); at += 256 * 1024) {
    benchmark::DoNotOptimize(writer.append(std::string_view(text).substr(at, 256 * 1024)));
  }
  return writer.finish().value();
}

void frame_writer(benchmark::State& state) {
  const ScratchFile file;
  const std::string text = log_text(64 * k_mib);
  bundle::FramePool pool(static_cast<unsigned>(state.range(0)));
  std::uint64_t stored = 0;
  for (auto _ : state) {
    stored = write_layer(pool, file.path, text).stored;
  }
  set_bytes(state, text.size());
  state.counters["ratio"] = static_cast<double>(text.size()) / static_cast<double>(stored);
}
BENCHMARK(frame_writer)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// Stored digest, decompression and the digest of the content, as verify does for a segment.
void frame_reader(benchmark::State& state) {
  const ScratchFile file;
  const std::string text = log_text(64 * k_mib);
  bundle::FramePool pool(static_cast<unsigned>(state.range(0)));
  write_layer(pool, file.path, text);
  const bundle::BlobReader blob = bundle::BlobReader::open(file.path).value();
  for (auto _ : state) {
    bundle::Sha256 running;
    benchmark::DoNotOptimize(bundle::check_segment(pool, blob, text.size(), running));
    benchmark::DoNotOptimize(running.finish());
  }
  set_bytes(state, text.size());
}
BENCHMARK(frame_reader)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

// A pack of small members, all checks.
void pack_check(benchmark::State& state) {
  const ScratchFile file;
  const std::string text = log_text(64 * k_mib);
  constexpr std::size_t k_member = 4'096;
  std::string stream;
  std::vector<std::string> paths;
  for (std::size_t at = 0; at + k_member <= text.size(); at += k_member) {
    paths.push_back(fmt::format("files/{:08}.log", at));
  }
  std::vector<bundle::PackMember> members;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string_view content = std::string_view(text).substr(i * k_member, k_member);
    const bundle::TarHeader header = bundle::make_tar_header(paths[i], k_member).value();
    stream.append(header.data(), header.size());
    members.push_back({paths[i], bundle::sha256(content), k_member, 0, stream.size()});
    stream += content;
  }
  stream.resize(bundle::tar_stream_bytes(stream.size()));
  bundle::FramePool pool(static_cast<unsigned>(state.range(0)));
  const bundle::FrameSummary summary = write_layer(pool, file.path, stream);
  for (bundle::PackMember& member : members) {
    member.frame = summary.frame_of(member.offset);
  }
  const bundle::BlobReader blob = bundle::BlobReader::open(file.path).value();
  for (auto _ : state) {
    if (!bundle::check_pack(pool, blob, members)) {
      state.SkipWithError("the pack does not pass");
    }
  }
  set_bytes(state, stream.size());
}
BENCHMARK(pack_check)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

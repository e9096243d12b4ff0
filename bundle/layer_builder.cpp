#include "bundle/layer_builder.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include <fmt/format.h>

#include "bundle/tar_header.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

// The longest run of zeros: end blocks that just do not fit into the last record.
constexpr std::array<char, k_tar_end_bytes + k_tar_record_bytes> k_zeros{};

std::string_view zeros(std::uint64_t count) {
  assert(count <= k_zeros.size());
  return {k_zeros.data(), static_cast<std::size_t>(count)};
}

void remove_quietly(const host::fs::path& path) {
  std::error_code ignored;
  host::fs::remove(path, ignored);
}

// Appends one segment's file to another's and forgets it.
Status join_one(const host::Descriptor& into, Sha256& hash, FrameSummary& summary,
                const LayerFile& segment) {
  SOURCEOS_TRY_ASSIGN(const BlobReader blob, BlobReader::open(segment.path));
  std::string buffer(limits::k_mib, '\0');
  for (std::uint64_t at = 0; at < blob.size(); at += buffer.size()) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), blob.size() - at));
    SOURCEOS_TRY(blob.read_at(at, buffer.data(), count));
    const std::string_view bytes = std::string_view(buffer).substr(0, count);
    hash.update(bytes);
    SOURCEOS_TRY(host::write_all(into, bytes));
  }
  for (const std::uint64_t frame : segment.summary.frames) {
    summary.frames.push_back(summary.stored + frame);
  }
  summary.stored += segment.summary.stored;
  summary.bytes += segment.summary.bytes;
  remove_quietly(segment.path);
  return {};
}

}  // namespace

host::fs::path LayerMaker::next_path() {
  return directory_ / fmt::format("layer-{}.part", number_++);
}

Result<LayerMaker::Open> LayerMaker::open(std::string_view fault) {
  host::fs::path path = next_path();
  SOURCEOS_TRY_ASSIGN(FrameWriter writer, FrameWriter::create(pool_, path, level_, fault));
  return Open{std::move(path), std::move(writer)};
}

Status LayerSequence::begin() {
  SOURCEOS_TRY_ASSIGN(open_, maker_.open());
  return {};
}

Status LayerSequence::end() {
  SOURCEOS_TRY(open_->writer.end());
  SOURCEOS_TRY(collect());
  ending_ = std::exchange(open_, std::nullopt);
  return {};
}

Status LayerSequence::collect() {
  if (ending_) {
    SOURCEOS_TRY_ASSIGN(FrameSummary summary, ending_->writer.finish());
    files_.push_back({std::move(ending_->path), std::move(summary)});
    ending_.reset();
  }
  return {};
}

Result<std::vector<LayerFile>> LayerSequence::finish() {
  if (open_) {
    SOURCEOS_TRY(end());
  }
  SOURCEOS_TRY(collect());
  return std::move(files_);
}

void LayerSequence::discard() {
  for (std::optional<LayerMaker::Open>* each : {&open_, &ending_}) {
    if (*each) {
      remove_quietly((*each)->path);
      each->reset();
    }
  }
  for (const LayerFile& file : files_) {
    remove_quietly(file.path);
  }
  files_.clear();
}

Result<PackBuilder::Place> PackBuilder::begin_member(std::string_view path, std::uint64_t size) {
  if (layers_.is_open() &&
      tar_stream_bytes(layers_.open_bytes() + tar_member_bytes(size)) > bytes_max_) {
    SOURCEOS_TRY(close());
  }
  if (!layers_.is_open()) {
    SOURCEOS_TRY(layers_.begin());
  }
  SOURCEOS_TRY_ASSIGN(const TarHeader header, make_tar_header(path, size));
  SOURCEOS_TRY(layers_.append({header.data(), header.size()}));
  return Place{layers_.count() - 1, layers_.open_bytes()};
}

Status PackBuilder::end_member() {
  return layers_.append(zeros(tar_padding(layers_.open_bytes())));
}

Status PackBuilder::close() {
  const std::uint64_t members = layers_.open_bytes();
  SOURCEOS_TRY(layers_.append(zeros(tar_stream_bytes(members) - members)));
  return layers_.end();
}

Result<std::vector<LayerFile>> PackBuilder::finish() {
  if (layers_.is_open()) {
    SOURCEOS_TRY(close());
  }
  return layers_.finish();
}

Status SegmentBuilder::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (layers_.is_open() && layers_.open_bytes() == segment_bytes_) {
      SOURCEOS_TRY(layers_.end());
    }
    if (!layers_.is_open()) {
      SOURCEOS_TRY(layers_.begin());
    }
    const std::uint64_t room = segment_bytes_ - layers_.open_bytes();
    const std::string_view part = bytes.substr(0, static_cast<std::size_t>(room));
    SOURCEOS_TRY(layers_.append(part));
    bytes.remove_prefix(part.size());
  }
  return {};
}

Result<std::vector<LayerFile>> join_segments(LayerMaker& maker, std::vector<LayerFile> segments,
                                             std::uint64_t segment_bytes) {
  std::vector<LayerFile> joined;
  for (std::size_t from = 0; from < segments.size();) {
    const bool is_alone =
        from + 1 == segments.size() || segments[from].summary.bytes >= segment_bytes;
    if (is_alone) {
      joined.push_back(std::move(segments[from++]));
      continue;
    }
    LayerFile whole{maker.next_path(), {}};
    SOURCEOS_TRY_ASSIGN(const host::Descriptor file, create_blob_file(whole.path));
    Sha256 hash;
    for (; from < segments.size() && whole.summary.bytes < segment_bytes; ++from) {
      SOURCEOS_TRY(join_one(file, hash, whole.summary, segments[from]));
    }
    whole.summary.digest = hash.finish();
    joined.push_back(std::move(whole));
  }
  return joined;
}

}  // namespace sourceos::bundle

// Files of layers while a bundle is being written: packs of small entries, segments of large ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bundle/frame.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

// A layer that is written, under a temporary name.
struct LayerFile {
  host::fs::path path;
  FrameSummary summary;
};

// Where layers are made and with what.
class LayerMaker {
 public:
  LayerMaker(host::fs::path directory, FramePool& pool, int compression_level)
      : directory_(std::move(directory)), pool_(pool), level_(compression_level) {}

  struct Open {
    host::fs::path path;
    FrameWriter writer;
  };
  [[nodiscard]] Result<Open> open(std::string_view fault = "store.blob.write");
  [[nodiscard]] host::fs::path next_path();
  [[nodiscard]] const host::fs::path& directory() const { return directory_; }
  [[nodiscard]] FramePool& pool() { return pool_; }

 private:
  host::fs::path directory_;
  FramePool& pool_;
  int level_;
  std::uint64_t number_ = 0;
};

// Layers one after the other. The end of one is waited for only when the next has ended too.
class LayerSequence {
 public:
  explicit LayerSequence(LayerMaker& maker) : maker_(maker) {}

  [[nodiscard]] bool is_open() const { return open_.has_value(); }
  [[nodiscard]] std::uint64_t open_bytes() const { return open_->writer.bytes(); }
  // Layers so far, an open one counted.
  [[nodiscard]] std::size_t count() const {
    return files_.size() + (ending_ ? 1 : 0) + (open_ ? 1 : 0);
  }
  [[nodiscard]] Status begin();
  [[nodiscard]] Status append(std::string_view bytes) { return open_->writer.append(bytes); }
  [[nodiscard]] Status end();
  [[nodiscard]] Result<std::vector<LayerFile>> finish();
  // Removes what was written.
  void discard();

 private:
  [[nodiscard]] Status collect();

  LayerMaker& maker_;
  std::optional<LayerMaker::Open> open_;
  std::optional<LayerMaker::Open> ending_;
  std::vector<LayerFile> files_;
};

// Members in path order; a pack is closed before the member that would not fit.
class PackBuilder {
 public:
  PackBuilder(LayerMaker& maker, std::uint64_t pack_bytes_max)
      : layers_(maker), bytes_max_(pack_bytes_max) {}

  struct Place {
    std::size_t pack = 0;
    std::uint64_t offset = 0;  // of the content in the stream
  };
  // Then append() for exactly `size` bytes, then end_member().
  [[nodiscard]] Result<Place> begin_member(std::string_view path, std::uint64_t size);
  [[nodiscard]] Status append(std::string_view bytes) { return layers_.append(bytes); }
  [[nodiscard]] Status end_member();
  [[nodiscard]] Result<std::vector<LayerFile>> finish();

 private:
  [[nodiscard]] Status close();

  LayerSequence layers_;
  std::uint64_t bytes_max_;
};

// One large entry, cut at every `segment_bytes`.
class SegmentBuilder {
 public:
  SegmentBuilder(LayerMaker& maker, std::uint64_t segment_bytes)
      : layers_(maker), segment_bytes_(segment_bytes) {}

  [[nodiscard]] Status append(std::string_view bytes);
  [[nodiscard]] Result<std::vector<LayerFile>> finish() { return layers_.finish(); }
  void discard() { layers_.discard(); }

 private:
  LayerSequence layers_;
  std::uint64_t segment_bytes_;
};

// Segments are whole frames: several become one larger segment by joining their files.
[[nodiscard]] Result<std::vector<LayerFile>> join_segments(LayerMaker& maker,
                                                           std::vector<LayerFile> segments,
                                                           std::uint64_t segment_bytes);

}  // namespace sourceos::bundle

// Sources and pipelines for the tests of this folder.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "collect/collector.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::tests {

// Gives `content` in pieces; with an unknown size when told so.
class FakeSource : public collect::ByteSource {
 public:
  explicit FakeSource(std::string content, bool has_size = true)
      : content_(std::move(content)), has_size_(has_size) {}

  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override {
    if (has_size_) {
      return std::optional<std::uint64_t>(content_.size());
    }
    return std::optional<std::uint64_t>();
  }
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override {
    if (before_read) {
      before_read();
    }
    constexpr std::size_t k_piece = 70'000;
    const std::size_t got = std::min({size, k_piece, content_.size() - at_});
    content_.copy(buffer, got, at_);
    at_ += got;
    return got;
  }
  [[nodiscard]] Result<collect::SourceEnd> finish() override {
    collect::SourceInfo info;
    info.path = "/srv/source";
    info.size = content_.size();
    info.read = at_;
    return collect::SourceEnd{.info = info, .cut = {}};
  }

  std::function<void()> before_read;

 private:
  std::string content_;
  bool has_size_;
  std::size_t at_ = 0;
};

class BrokenSource : public collect::ByteSource {
 public:
  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override {
    return fail(ErrorKind::permission, "permission-denied", "open: not allowed");
  }
  [[nodiscard]] Result<std::size_t> read(char*, std::size_t) override { return std::size_t{0}; }
  [[nodiscard]] Result<collect::SourceEnd> finish() override { return collect::SourceEnd{}; }
};

// A file of 100 bytes on a disk with a bad block: 10 of them come, then an error.
class BreakingSource : public collect::ByteSource {
 public:
  explicit BreakingSource(bool has_size = false) : has_size_(has_size) {}

  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override {
    return has_size_ ? std::optional<std::uint64_t>(100) : std::nullopt;
  }
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t) override {
    if (has_given_) {
      return fail(ErrorKind::io, "io-error", "read: a bad block");
    }
    has_given_ = true;
    return std::string("what came\n").copy(buffer, 10);
  }
  [[nodiscard]] Result<collect::SourceEnd> finish() override {
    collect::SourceInfo info;
    info.path = "/srv/breaking";
    info.size = 100;
    info.read = 10;
    return collect::SourceEnd{.info = info, .cut = {}};
  }

 private:
  bool has_size_;
  bool has_given_ = false;
};

inline std::unique_ptr<FakeSource> hanging_source(std::chrono::milliseconds time) {
  auto source = std::make_unique<FakeSource>("late");
  source->before_read = [time] { std::this_thread::sleep_for(time); };
  return source;
}

inline std::unique_ptr<redact::Pipeline> make_pipeline(redact::PipelineOptions options = {}) {
  auto pipeline = redact::Pipeline::create(std::move(options));
  REQUIRE(pipeline.has_value());
  (*pipeline)->freeze();
  return std::move(*pipeline);
}

inline collect::Artifact text_artifact(std::vector<std::string> path, std::string content) {
  collect::Artifact artifact;
  artifact.path = std::move(path);
  artifact.kind = collect::EntryKind::file;
  artifact.media_type = collect::MediaType::text;
  artifact.content = std::move(content);
  return artifact;
}
inline collect::Artifact source_artifact(std::vector<std::string> path,
                                         std::unique_ptr<collect::ByteSource> source) {
  collect::Artifact artifact = text_artifact(std::move(path), {});
  artifact.content = std::move(source);
  return artifact;
}

// A value that a rule takes, never spelled in this tree.
inline std::string planted_token() {
  return std::string("gh") + "p_" + std::string("0123456789abcdefghijABCDEFGHIJ012345");
}

}  // namespace sourceos::tests

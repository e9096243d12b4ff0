#include <fmt/format.h>
#include <zstd.h>

#include "bundle/frame.hpp"
#include "bundle/frame_buffers.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle {

std::string zstd_version() { return ZSTD_versionString(); }

std::uint64_t FrameSummary::frame_of(std::uint64_t offset) const {
  const std::uint64_t number = offset / limits::k_frame_input_bytes;
  return number < frames.size() ? frames[number] : frames.back();
}

namespace {

std::unexpected<Error> zstd_failed(std::size_t code) {
  return fail(ErrorKind::internal, "compression", ZSTD_getErrorName(code));
}

}  // namespace

struct FrameWriter::State final : OrderedFrames {
  State(FramePool& frame_pool, host::Descriptor into, int compression_level,
        std::string_view fault_name)
      : OrderedFrames(frame_pool),
        pool(frame_pool),
        file(std::move(into)),
        level(compression_level),
        fault(fault_name) {}
  ~State() override {
    if (filling != nullptr) {
      pool.release(*filling);
    }
    static_cast<void>(wait());
  }

  FramePool& pool;
  host::Descriptor file;
  int level;
  std::string_view fault;
  FramePool::Buffers* filling = nullptr;
  bool is_ended = false;
  FrameSummary summary;  // digest, stored and frames belong to in_order until wait()
  Sha256 stored_hash;

  Status fill(std::string_view bytes) {
    while (!bytes.empty()) {
      // A full frame goes only when more comes: then it is known not to be the last.
      if (filling != nullptr && filling->content_size == limits::k_frame_input_bytes) {
        SOURCEOS_TRY(send(Position::inner));
      }
      if (filling == nullptr) {
        take_buffers();
      }
      const std::size_t room = limits::k_frame_input_bytes - filling->content_size;
      const std::string_view part = bytes.substr(0, room);
      part.copy(filling->content.get() + filling->content_size, part.size());
      filling->content_size += part.size();
      summary.bytes += part.size();
      bytes.remove_prefix(part.size());
    }
    return {};
  }

  void take_buffers() {
    filling = &pool.acquire();
    filling->content_size = 0;
  }

  Status send(Position position) {
    submit(*std::exchange(filling, nullptr), position);
    return has_failed() ? wait() : Status{};
  }

  Status work(FramePool::Buffers& buffers) override {
    ZSTD_CCtx* const context = buffers.compressor();
    ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1);
    const std::size_t size = ZSTD_compress2(context, buffers.stored.get(), frame_stored_bytes_max(),
                                            buffers.content.get(), buffers.content_size);
    if (ZSTD_isError(size) != 0) {
      return zstd_failed(size);
    }
    buffers.stored_size = size;
    return {};
  }

  Status in_order(FramePool::Buffers& buffers) override {
    SOURCEOS_TRY(host::fault_point(fault));
    SOURCEOS_TRY(host::write_all(file, buffers.stored_view()));
    stored_hash.update(buffers.stored_view());
    summary.frames.push_back(summary.stored);
    summary.stored += buffers.stored_size;
    return {};
  }
};

FrameWriter::FrameWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
FrameWriter::FrameWriter(FrameWriter&&) noexcept = default;
FrameWriter& FrameWriter::operator=(FrameWriter&&) noexcept = default;
FrameWriter::~FrameWriter() = default;

Result<FrameWriter> FrameWriter::create(FramePool& pool, const host::fs::path& path,
                                        int compression_level, std::string_view fault) {
  SOURCEOS_TRY_ASSIGN(host::Descriptor file, create_blob_file(path));
  return FrameWriter(std::make_unique<State>(pool, std::move(file), compression_level, fault));
}

Status FrameWriter::append(std::string_view bytes) { return state_->fill(bytes); }

std::uint64_t FrameWriter::bytes() const { return state_->summary.bytes; }

Status FrameWriter::end() {
  if (std::exchange(state_->is_ended, true)) {
    return {};
  }
  if (state_->filling == nullptr) {
    state_->take_buffers();  // an empty layer is one empty frame
  }
  return state_->send(OrderedFrames::Position::last);
}

Result<FrameSummary> FrameWriter::finish() {
  SOURCEOS_TRY(end());
  SOURCEOS_TRY(state_->wait());
  state_->summary.digest = state_->stored_hash.finish();
  return std::move(state_->summary);
}

}  // namespace sourceos::bundle

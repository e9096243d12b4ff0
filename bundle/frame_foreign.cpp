#include "bundle/frame_foreign.hpp"

#include "core/limits.hpp"

#include <zstd.h>

#include <memory>

namespace sourceos::bundle {

Decompressed decompress_foreign(std::string_view bytes, std::size_t bytes_max, std::string& out) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                        ZSTD_freeDCtx);
  if (context == nullptr) {
    return Decompressed::limit;
  }
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, limits::k_zstd_window_log_max);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  std::string block(64 * limits::k_kib, '\0');
  while (in.pos < in.size) {
    ZSTD_outBuffer to{block.data(), block.size(), 0};
    const std::size_t left = ZSTD_decompressStream(context.get(), &to, &in);
    if (out.size() + to.pos > bytes_max) {
      out.append(block.data(), bytes_max - out.size());
      return Decompressed::limit;
    }
    out.append(block.data(), to.pos);
    if (ZSTD_isError(left) != 0) {
      return Decompressed::broken;
    }
  }
  return Decompressed::whole;
}

std::size_t foreign_frame_size(std::string_view bytes) {
  const std::size_t size = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
  return ZSTD_isError(size) != 0 ? 0 : size;
}

}  // namespace sourceos::bundle

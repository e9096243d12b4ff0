// zstd that is no layer of ours: any frames, any level, within a bound. For redaction, which looks
// into compressed values; our own layers are read by the strict reader of frame.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sourceos::bundle {

enum class Decompressed { whole, broken, limit };

// Up to bytes_max bytes of content into `out`, also when the input breaks off or goes on.
[[nodiscard]] Decompressed decompress_foreign(std::string_view bytes, std::size_t bytes_max,
                                              std::string& out);

// The size of the frame that `bytes` begin with; 0 when it does not end in them or is none.
[[nodiscard]] std::size_t foreign_frame_size(std::string_view bytes);

}  // namespace sourceos::bundle

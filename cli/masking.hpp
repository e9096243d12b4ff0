// Runs bytes through the redaction engine on behalf of `redact` and `scan`: a stream in constant
// memory, a small file with its structure.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"
#include "core/result.hpp"
#include "redact/document.hpp"

namespace sourceos::host {
class Descriptor;
struct Host;
}  // namespace sourceos::host
namespace sourceos::redact {
class Pipeline;
}

namespace sourceos::cli {

struct Masked {
  bundle::RedactionRecord record;
  std::vector<bundle::Finding> findings;
  std::vector<redact::Hit> hits;  // when asked for
  std::uint64_t bytes = 0;        // of the input
};

// Up to `size` bytes into `buffer`, 0 at the end.
using ByteReader = std::function<Result<std::size_t>(char* buffer, std::size_t size)>;
// Redacted bytes in order.
using ByteTaker = std::function<Status(std::string_view bytes)>;

// `interrupted` when INT, TERM or HUP came.
[[nodiscard]] Result<Masked> mask_stream(const redact::Pipeline& pipeline,
                                         const redact::DocumentOptions& options,
                                         const ByteReader& read, const ByteTaker& take,
                                         const host::Host& host);
// Standard input: what begins like a document and is small is read with its structure.
[[nodiscard]] Result<Masked> mask_input(const redact::Pipeline& pipeline,
                                        const redact::DocumentOptions& options,
                                        const ByteReader& read, const ByteTaker& take,
                                        const host::Host& host);
// A file: whole with its structure when it is small, else as a stream.
[[nodiscard]] Result<Masked> mask_file(const redact::Pipeline& pipeline,
                                       redact::DocumentOptions options,
                                       const host::Descriptor& file, const ByteTaker& take,
                                       const host::Host& host);
// What lies in memory.
[[nodiscard]] Result<Masked> mask_whole(const redact::Pipeline& pipeline,
                                        const redact::DocumentOptions& options,
                                        std::string_view bytes, const ByteTaker& take);

}  // namespace sourceos::cli

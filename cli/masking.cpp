#include "cli/masking.hpp"

#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/hardening.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_read_bytes = 256 * limits::k_kib;  // fits the second-level cache

void append(std::vector<redact::Hit>& all, std::vector<redact::Hit> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Result<Masked> mask_stream(const redact::Pipeline& pipeline, const redact::DocumentOptions& options,
                           const ByteReader& read, const ByteTaker& take, const host::Host& host) {
  Masked masked;
  host::RawBuffer buffer(k_read_bytes);
  redact::StreamRedactor stream = pipeline.stream(options);
  for (;;) {
    if (host.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted");
    }
    SOURCEOS_TRY_ASSIGN(const std::size_t count, read(buffer.data(), k_read_bytes));
    if (count == 0) {
      break;
    }
    masked.bytes += count;
    SOURCEOS_TRY(take(stream.feed({buffer.data(), count}).bytes()));
    append(masked.hits, stream.take_hits());
  }
  redact::StreamEnd end = stream.finish();
  SOURCEOS_TRY(take(end.last.bytes()));
  append(masked.hits, std::move(end.hits));
  masked.record = std::move(end.record);
  masked.findings = std::move(end.findings);
  return masked;
}

Masked mask_bytes(const redact::Pipeline& pipeline, const redact::DocumentOptions& options,
                  std::string_view bytes) {
  Masked masked;
  bundle::Redacted redacted =
      pipeline.document(bytes, options, options.hits ? &masked.hits : nullptr);
  masked.record = redacted.record();
  masked.findings = redacted.findings();
  masked.bytes = bytes.size();
  return masked;
}

Result<Masked> mask_file(const redact::Pipeline& pipeline, redact::DocumentOptions options,
                         const host::Descriptor& file, const ByteTaker& take,
                         const host::Host& host) {
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(file));
  if (facts.size <= limits::k_structured_bytes_max) {
    Masked masked;
    SOURCEOS_TRY_ASSIGN(std::string bytes, host::read_all(file, limits::k_structured_bytes_max + 1));
    const bundle::Redacted redacted =
        pipeline.document(bytes, options, options.hits ? &masked.hits : nullptr);
    masked.bytes = bytes.size();
    host::wipe(bytes);
    masked.record = redacted.record();
    masked.findings = redacted.findings();
    SOURCEOS_TRY(take(redacted.bytes()));
    return masked;
  }
  options.size = facts.size;
  return mask_stream(
      pipeline, options,
      [&file](char* buffer, std::size_t size) { return host::read_some(file, buffer, size); }, take,
      host);
}

}  // namespace sourceos::cli

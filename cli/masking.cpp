#include "cli/masking.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/hardening.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_read_bytes = 256 * limits::k_kib;  // fits the second-level cache

// What begins like a document is read as one, when it is small enough to be held; a log is never
// held back, so that `tail -f | redact` shows each line as it comes.
bool begins_like_a_document(std::string_view start, redact::Format format) {
  if (format != redact::Format::automatic) {
    return format != redact::Format::text;
  }
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return false;
  }
  start.remove_prefix(first);
  return start[0] == '{' || start[0] == '[' || start[0] == '<' || start.starts_with("---") ||
         start.starts_with("apiVersion:") || start.starts_with("machine ");
}

void append(std::vector<redact::Hit>& all, std::vector<redact::Hit> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Result<Masked> mask_whole(const redact::Pipeline& pipeline, const redact::DocumentOptions& options,
                          std::string_view bytes, const ByteTaker& take) {
  Masked masked;
  const bundle::Redacted redacted =
      pipeline.document(bytes, options, options.hits ? &masked.hits : nullptr);
  masked.record = redacted.record();
  masked.findings = redacted.findings();
  masked.bytes = bytes.size();
  SOURCEOS_TRY(take(redacted.bytes()));
  return masked;
}

Result<Masked> mask_stream(const redact::Pipeline& pipeline, const redact::DocumentOptions& options,
                           const ByteReader& read, const ByteTaker& take, const host::Host& host) {
  Masked masked;
  redact::StreamRedactor stream = pipeline.stream(options);
  for (;;) {
    if (host.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted");
    }
    const std::span<char> room = stream.room();
    SOURCEOS_TRY_ASSIGN(const std::size_t count, read(room.data(), std::min(room.size(), k_read_bytes)));
    if (count == 0) {
      break;
    }
    masked.bytes += count;
    const bundle::RedactedBlock block = stream.feed_room(count);
    SOURCEOS_TRY(take(block.bytes()));
    append(masked.hits, stream.take_hits());
  }
  redact::StreamEnd end = stream.finish();
  SOURCEOS_TRY(take(end.last.bytes()));
  append(masked.hits, std::move(end.hits));
  masked.record = std::move(end.record);
  masked.findings = std::move(end.findings);
  return masked;
}

Result<Masked> mask_input(const redact::Pipeline& pipeline, const redact::DocumentOptions& options,
                          const ByteReader& read, const ByteTaker& take, const host::Host& host) {
  host::RawBuffer held(limits::k_structured_bytes_max);
  SOURCEOS_TRY_ASSIGN(std::size_t size, read(held.data(), k_read_bytes));
  bool is_whole = size == 0;
  if (begins_like_a_document({held.data(), size}, options.format)) {
    while (!is_whole && size < held.size()) {
      SOURCEOS_TRY_ASSIGN(const std::size_t more, read(held.data() + size, held.size() - size));
      size += more;
      is_whole = more == 0;
    }
    if (is_whole) {
      return mask_whole(pipeline, options, {held.data(), size}, take);
    }
  }
  std::size_t given = 0;
  return mask_stream(
      pipeline, options,
      [&](char* buffer, std::size_t room) -> Result<std::size_t> {
        if (given == size) {
          return read(buffer, room);
        }
        const std::size_t count = std::min(room, size - given);
        std::memcpy(buffer, held.data() + given, count);
        given += count;
        return count;
      },
      take, host);
}

Result<Masked> mask_file(const redact::Pipeline& pipeline, redact::DocumentOptions options,
                         const host::Descriptor& file, const ByteTaker& take,
                         const host::Host& host) {
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(file));
  if (facts.size <= limits::k_structured_bytes_max) {
    SOURCEOS_TRY_ASSIGN(std::string bytes, host::read_all(file, limits::k_structured_bytes_max + 1));
    Result<Masked> masked = mask_whole(pipeline, options, bytes, take);
    host::wipe(bytes);
    return masked;
  }
  options.size = facts.size;
  return mask_stream(
      pipeline, options,
      [&file](char* buffer, std::size_t size) { return host::read_some(file, buffer, size); }, take,
      host);
}

}  // namespace sourceos::cli

#include "bundle/index_spool.hpp"

#include <fmt/format.h>

#include "bundle/blob.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_buffer_bytes = 4 * limits::k_mib;
// A `where` of 63 segments takes less.
constexpr std::size_t k_head_bytes_max = limits::k_index_line_bytes_max - 8 * limits::k_kib;

// Calls `take` for each whole line and returns what is left behind the last.
Result<std::string_view> take_lines(std::string_view text, const IndexSpool::Take& take) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    SOURCEOS_TRY(take(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace

IndexSpool::~IndexSpool() {
  if (file_) {
    std::error_code ignored;
    host::fs::remove(path_, ignored);
  }
}

Status IndexSpool::append(const IndexLine& line) {
  const std::size_t before = buffer_.size();
  append_index_line_head(buffer_, line);
  if (buffer_.size() - before > k_head_bytes_max) {
    buffer_.resize(before);
    return fail(ErrorKind::limit, "limit",
                fmt::format("the index line of '{}' is longer than 64 KiB", line.path));
  }
  buffer_ += '\n';
  return buffer_.size() < k_buffer_bytes ? Status{} : flush();
}

Status IndexSpool::flush() {
  if (!file_) {
    SOURCEOS_TRY_ASSIGN(file_, create_blob_file(path_));
  }
  SOURCEOS_TRY(host::write_all(*file_, buffer_));
  stored_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status IndexSpool::for_each(const Take& take) {
  if (file_) {
    SOURCEOS_TRY_ASSIGN(const BlobReader stored, BlobReader::open(path_));
    std::string chunk;
    for (std::uint64_t at = 0; at < stored_;) {
      const std::size_t kept = chunk.size();
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(k_buffer_bytes, stored_ - at));
      chunk.resize(kept + count);
      SOURCEOS_TRY(stored.read_at(at, chunk.data() + kept, count));
      at += count;
      SOURCEOS_TRY_ASSIGN(const std::string_view rest, take_lines(chunk, take));
      chunk.erase(0, chunk.size() - rest.size());
    }
  }
  SOURCEOS_TRY_ASSIGN(const std::string_view rest, take_lines(buffer_, take));
  return rest.empty() ? Status{} : Status(fail(ErrorKind::internal, "index", "half a line"));
}

std::string_view path_of_head(std::string_view head) {
  constexpr std::string_view k_key = R"(,"path":")";
  const std::size_t from = head.find(k_key) + k_key.size();
  return head.substr(from, head.find('"', from) - from);
}

}  // namespace sourceos::bundle

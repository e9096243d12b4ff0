// A blob to read from, wherever it lies: a file, a part of a tar file, or memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

// Cheap to copy; reading at an offset is safe from several threads.
class BlobReader {
 public:
  // The bytes [offset, offset + size) of an open file.
  BlobReader(std::shared_ptr<const host::Descriptor> file, std::uint64_t offset,
             std::uint64_t size);
  explicit BlobReader(std::string bytes);
  // A whole regular file.
  [[nodiscard]] static Result<BlobReader> open(const host::fs::path& path);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // The bytes [offset, offset + size) of this blob, which must lie in it.
  [[nodiscard]] BlobReader part(std::uint64_t offset, std::uint64_t size) const;
  // Exactly `count` bytes; `malformed` when the blob ends before.
  [[nodiscard]] Status read_at(std::uint64_t offset, char* buffer, std::size_t count) const;
  // All of it; `limit` when it is larger than bytes_max.
  [[nodiscard]] Result<std::string> read_all(std::uint64_t bytes_max) const;

 private:
  std::shared_ptr<const host::Descriptor> file_;
  std::shared_ptr<const std::string> memory_;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
};

// A new file to write a blob into (mode 0600); one that is there already is an error.
[[nodiscard]] Result<host::Descriptor> create_blob_file(const host::fs::path& path);

}  // namespace sourceos::bundle

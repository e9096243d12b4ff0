#include "bundle/blob.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>

#include <fmt/format.h>

namespace sourceos::bundle {

BlobReader::BlobReader(std::shared_ptr<const host::Descriptor> file, std::uint64_t offset,
                       std::uint64_t size)
    : file_(std::move(file)), offset_(offset), size_(size) {}

BlobReader::BlobReader(std::string bytes)
    : memory_(std::make_shared<const std::string>(std::move(bytes))), size_(memory_->size()) {}

Result<BlobReader> BlobReader::open(const host::fs::path& path) {
  SOURCEOS_TRY_ASSIGN(host::Descriptor file, host::open_regular(path));
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(file));
  return BlobReader(std::make_shared<const host::Descriptor>(std::move(file)), 0, facts.size);
}

BlobReader BlobReader::part(std::uint64_t offset, std::uint64_t size) const {
  BlobReader part = *this;
  part.offset_ += offset;
  part.size_ = size;
  return part;
}

Status BlobReader::read_at(std::uint64_t offset, char* buffer, std::size_t count) const {
  if (offset > size_ || count > size_ - offset) {
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected {} bytes at {}, the blob has {}", count, offset, size_));
  }
  if (memory_ != nullptr) {
    std::memcpy(buffer, memory_->data() + offset_ + offset, count);
    return {};
  }
  return host::read_exactly_at(*file_, offset_ + offset, buffer, count);
}

Result<std::string> BlobReader::read_all(std::uint64_t bytes_max) const {
  if (size_ > bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("{} bytes, at most {} are read", size_, bytes_max));
  }
  std::string bytes(size_, '\0');
  SOURCEOS_TRY(read_at(0, bytes.data(), bytes.size()));
  return bytes;
}

Result<host::Descriptor> create_blob_file(const host::fs::path& path) {
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return fail(system_error(errno, fmt::format("create '{}'", path.filename().string())));
  }
  return host::Descriptor(fd);
}

}  // namespace sourceos::bundle

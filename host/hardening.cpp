#include "host/hardening.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <utility>

namespace sourceos::host {

namespace {

// A closed stream stays unusable: it is opened the wrong way round, so that reading standard input
// and writing standard output fail as they would have. Only their numbers are taken.
Status open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) {
      continue;
    }
    const int flags = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (::open("/dev/null", flags) != fd) {  // NOLINT: 0, 1, 2 are for children too
      return fail(system_error(errno, "open '/dev/null'"));
    }
  }
  return {};
}

std::size_t whole_pages(std::size_t size) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

}  // namespace

Status harden_process() {
  ::umask(077);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return fail(system_error(errno, "forbid core dumps"));
  }
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) {
    return fail(system_error(errno, "forbid core dumps"));
  }
  return open_standard_streams();
}

RawBuffer::RawBuffer(std::size_t size) : size_(whole_pages(size)) {
  void* memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  data_ = static_cast<char*>(memory);
  // Advice that an old kernel does not know costs protection, not the run.
  ::madvise(data_, size_, MADV_DONTDUMP);
  ::madvise(data_, size_, MADV_WIPEONFORK);
}

RawBuffer::~RawBuffer() {
  if (data_ != nullptr) {
    ::munmap(data_, size_);  // the kernel zeroes pages before anybody sees them again
  }
}

RawBuffer::RawBuffer(RawBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

RawBuffer& RawBuffer::operator=(RawBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void RawBuffer::wipe() { host::wipe(std::span(data_, size_)); }

void wipe(std::span<char> bytes) { ::explicit_bzero(bytes.data(), bytes.size()); }

void wipe(std::string& bytes) {
  ::explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace sourceos::host

#include "bundle/log/host_log_leaves.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle::log {

namespace {

constexpr std::size_t k_frame_bytes = 8;  // length and CRC
constexpr std::size_t k_read_bytes = 1024 * 1024;

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78U : 0U);
    }
    table[i] = value;
  }
  return table;
}
constexpr auto k_crc_table = make_crc_table();

template <class T>
void put_little_endian(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    out += static_cast<char>(value >> (8 * i));
  }
}

template <class T>
T get_little_endian(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value |= static_cast<T>(static_cast<T>(static_cast<unsigned char>(bytes[i])) << (8 * i));
  }
  return value;
}

Result<std::uint64_t> file_size(const host::Descriptor& file, std::string_view name) {
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) {
    return fail(system_error(errno, fmt::format("look at '{}'", name)));
  }
  return static_cast<std::uint64_t>(facts.st_size);
}

// Up to `size` bytes; fewer at the end of the file.
Result<std::string> read_at(const host::Descriptor& file, std::uint64_t offset, std::size_t size) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::pread(file.get(), out.data() + have, size - have,
                                static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(system_error(errno, "read the host log"));
    }
    if (got == 0) {
      break;
    }
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

Status write_all_at(const host::Descriptor& file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return fail(system_error(errno, "write the host log"));
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return {};
}

Result<host::Descriptor> open_file(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
  if (fd < 0) {
    return fail(system_error(errno, fmt::format("open '{}'", path.filename().string())));
  }
  return host::Descriptor(fd);
}

// The leaf in front of `bytes`, or nullopt when no whole record stands there.
std::optional<std::string_view> leading_leaf(std::string_view bytes) {
  if (bytes.size() < k_frame_bytes) {
    return std::nullopt;
  }
  const std::size_t length = get_little_endian<std::uint32_t>(bytes);
  if (length == 0 || length > limits::k_log_leaf_bytes_max ||
      bytes.size() < length + k_frame_bytes) {
    return std::nullopt;
  }
  const std::string_view covered = bytes.substr(0, 4 + length);
  if (get_little_endian<std::uint32_t>(bytes.substr(4 + length)) != crc32c(covered)) {
    return std::nullopt;
  }
  return covered.substr(4);
}

std::unexpected<Error> no_record(std::uint64_t index) {
  return fail(ErrorKind::malformed, "log-gap",
              fmt::format("expected a whole leaf {}, there is none", index));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t value = 0xFFFFFFFFU;
  for (const char byte : bytes) {
    value = (value >> 8) ^ k_crc_table[(value ^ static_cast<unsigned char>(byte)) & 0xFFU];
  }
  return value ^ 0xFFFFFFFFU;
}

std::string write_leaf_record(std::string_view leaf) {
  std::string out;
  out.reserve(leaf.size() + k_frame_bytes);
  put_little_endian(out, static_cast<std::uint32_t>(leaf.size()));
  out += leaf;
  put_little_endian(out, crc32c(out));
  return out;
}

Result<LeafFile> LeafFile::open(const std::filesystem::path& directory, Access access) {
  const int flags = access == Access::write ? O_RDWR | O_CREAT : O_RDONLY;
  LeafFile file;
  SOURCEOS_TRY_ASSIGN(file.leaves_, open_file(directory / "leaves", flags));
  auto offsets = open_file(directory / "offsets", flags);
  if (offsets) {
    file.offsets_ = std::move(*offsets);
  } else if (access == Access::write) {
    return fail(std::move(offsets).error());
  }
  return file;
}

Result<std::optional<LeafFile::Record>> LeafFile::record_at(std::uint64_t offset) const {
  SOURCEOS_TRY_ASSIGN(const std::string bytes,
                      read_at(leaves_, offset, limits::k_log_leaf_bytes_max + k_frame_bytes));
  const auto leaf = leading_leaf(bytes);
  if (!leaf) {
    return std::nullopt;
  }
  return Record{std::string(*leaf), offset + leaf->size() + k_frame_bytes};
}

std::optional<std::uint64_t> LeafFile::stored_end(std::uint64_t index) const {
  if (!offsets_) {
    return std::nullopt;
  }
  const auto bytes = read_at(offsets_, index * 8, 8);
  if (!bytes || bytes->size() != 8) {
    return std::nullopt;
  }
  return get_little_endian<std::uint64_t>(*bytes);
}

Result<LeafFile::Record> LeafFile::record(std::uint64_t index) const {
  const auto start = index == 0 ? std::optional<std::uint64_t>(0) : stored_end(index - 1);
  const auto end = stored_end(index);
  if (scanned_ends_.empty() && start && end) {
    SOURCEOS_TRY_ASSIGN(auto found, record_at(*start));
    if (found && found->end == *end) {
      return std::move(*found);
    }
  }
  if (scanned_ends_.size() <= index) {
    SOURCEOS_TRY_ASSIGN(scanned_ends_, scan_ends(~std::uint64_t{0}));
  }
  if (scanned_ends_.size() <= index) {
    return no_record(index);
  }
  SOURCEOS_TRY_ASSIGN(auto found, record_at(index == 0 ? 0 : scanned_ends_[index - 1]));
  if (!found) {
    return no_record(index);
  }
  return std::move(*found);
}

Result<std::uint64_t> LeafFile::end_of(std::uint64_t count) const {
  if (count == 0) {
    return 0;
  }
  SOURCEOS_TRY_ASSIGN(const Record last, record(count - 1));
  return last.end;
}

Status LeafFile::for_each(
    std::uint64_t index, std::uint64_t count,
    const std::function<Status(std::uint64_t, std::string_view)>& each) const {
  SOURCEOS_TRY_ASSIGN(std::uint64_t offset, end_of(index));
  std::string buffer;
  std::size_t used = 0;
  for (std::uint64_t done = 0; done < count; ++done) {
    auto leaf = leading_leaf(std::string_view(buffer).substr(used));
    if (!leaf) {
      SOURCEOS_TRY_ASSIGN(buffer, read_at(leaves_, offset, k_read_bytes));
      used = 0;
      leaf = leading_leaf(buffer);
    }
    if (!leaf) {
      return no_record(index + done);
    }
    SOURCEOS_TRY(each(index + done, *leaf));
    used += leaf->size() + k_frame_bytes;
    offset += leaf->size() + k_frame_bytes;
  }
  return {};
}

Result<std::uint64_t> LeafFile::size_bytes() const { return file_size(leaves_, "leaves"); }

Status LeafFile::write_at(std::uint64_t end, std::string_view records) const {
  // In two halves, so that a crash between them leaves the torn record that recovery must cut.
  const std::size_t half = records.size() / 2;
  SOURCEOS_TRY(write_all_at(leaves_, end, records.substr(0, half)));
  SOURCEOS_TRY(host::fault_point("store.leaf.write"));
  return write_all_at(leaves_, end + half, records.substr(half));
}

Status LeafFile::sync() const {
  SOURCEOS_TRY(host::fault_point("store.leaf.fsync"));
  return host::sync_file(leaves_);
}

Status LeafFile::cut(std::uint64_t end) const {
  if (::ftruncate(leaves_.get(), static_cast<off_t>(end)) != 0) {
    return fail(system_error(errno, "cut a torn leaf"));
  }
  return host::sync_file(leaves_);
}

Status LeafFile::write_offsets(std::uint64_t index, const std::vector<std::uint64_t>& ends) const {
  std::string bytes;
  bytes.reserve(ends.size() * 8);
  for (const std::uint64_t end : ends) {
    put_little_endian(bytes, end);
  }
  SOURCEOS_TRY(write_all_at(offsets_, index * 8, bytes));
  if (::ftruncate(offsets_.get(), static_cast<off_t>((index + ends.size()) * 8)) != 0) {
    return fail(system_error(errno, "write the offsets of the host log"));
  }
  return {};
}

bool LeafFile::offsets_fit(std::uint64_t count) const {
  const auto size = offsets_ ? file_size(offsets_, "offsets") : 0;
  if (!size || *size < count * 8) {
    return false;
  }
  if (count == 0) {
    return true;
  }
  const auto start = count == 1 ? std::optional<std::uint64_t>(0) : stored_end(count - 2);
  const auto end = stored_end(count - 1);
  if (!start || !end) {
    return false;
  }
  const auto last = record_at(*start);
  return last && *last && (*last)->end == *end;
}

std::vector<std::uint64_t> LeafFile::stored_ends(std::uint64_t count) const {
  std::vector<std::uint64_t> ends;
  const auto bytes = offsets_ ? read_at(offsets_, 0, count * 8) : Result<std::string>("");
  for (std::size_t i = 0; bytes && i + 8 <= bytes->size(); i += 8) {
    ends.push_back(get_little_endian<std::uint64_t>(std::string_view(*bytes).substr(i)));
  }
  return ends;
}

Result<std::vector<std::uint64_t>> LeafFile::scan_ends(std::uint64_t count) const {
  std::vector<std::uint64_t> ends;
  std::string buffer;
  std::size_t used = 0;
  std::uint64_t offset = 0;
  while (ends.size() < count) {
    auto leaf = leading_leaf(std::string_view(buffer).substr(used));
    if (!leaf) {
      SOURCEOS_TRY_ASSIGN(buffer, read_at(leaves_, offset, k_read_bytes));
      used = 0;
      leaf = leading_leaf(buffer);
    }
    if (!leaf) {
      break;
    }
    used += leaf->size() + k_frame_bytes;
    offset += leaf->size() + k_frame_bytes;
    ends.push_back(offset);
  }
  return ends;
}

}  // namespace sourceos::bundle::log

// A ustar header is one block of 512 bytes:
//
//   offset  bytes
//        0    100  name: the path, or what follows the slash it was split at
//      100      8  mode "0000644", NUL
//      108      8  uid "0000000", NUL
//      116      8  gid "0000000", NUL
//      124     12  size, 11 octal digits, NUL
//      136     12  mtime "00000000000", NUL
//      148      8  checksum: 6 octal digits, NUL, space
//      156      1  type '0', a regular file
//      157    100  link name: NUL
//      257      8  "ustar", NUL, "00"
//      265     64  user and group name: NUL, since owners are numbers
//      329     16  device numbers "0000000", NUL, twice
//      345    155  prefix: the path up to the slash it was split at
//      500     12  NUL
//
// A path of more than 100 bytes is split at the last slash among its first 156 bytes, as GNU tar
// does. The checksum is the sum of all bytes, its own field counted as spaces.
#include "bundle/tar_header.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_name_bytes = 100;
constexpr std::size_t k_prefix_bytes = 155;
constexpr std::size_t k_size_at = 124;
constexpr std::size_t k_checksum_at = 148;
constexpr std::size_t k_prefix_at = 345;

void put(TarHeader& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_octal(TarHeader& header, std::size_t at, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 3) {
    header[at + i] = static_cast<char>('0' + (value & 7));
  }
}

// All that is the same in every header, and the sum of its bytes with the checksum as spaces.
TarHeader make_template() {
  TarHeader header{};
  put(header, 100, "0000644");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 136, "00000000000");
  put(header, k_checksum_at, "        ");
  put(header, 156, "0");
  put(header, 257, std::string_view("ustar\00000", 8));
  put(header, 329, "0000000");
  put(header, 337, "0000000");
  return header;
}

std::uint32_t sum_of(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (const char byte : bytes) {
    sum += static_cast<unsigned char>(byte);
  }
  return sum;
}

// Where a long path is cut; npos when no slash fits.
std::size_t split_at(std::string_view path) {
  const std::size_t slash = path.substr(0, k_prefix_bytes + 1).rfind('/');
  const bool fits = slash != std::string_view::npos && slash != 0 && slash + 1 < path.size() &&
                    path.size() - slash - 1 <= k_name_bytes;
  return fits ? slash : std::string_view::npos;
}

}  // namespace

Result<TarHeader> make_tar_header(std::string_view path, std::uint64_t size) {
  static const TarHeader k_template = make_template();
  static const std::uint32_t k_template_sum = sum_of({k_template.data(), k_template.size()});
  if (size > k_tar_member_bytes_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("a tar member of {} bytes, at most 8 GiB fit", size));
  }
  TarHeader header = k_template;
  std::uint32_t sum = k_template_sum + sum_of(path);
  if (path.size() <= k_name_bytes && !path.empty()) {
    put(header, 0, path);
  } else {
    const std::size_t slash = split_at(path);
    if (slash == std::string_view::npos) {
      return fail(ErrorKind::limit, "path-unsafe", "a path that no ustar header can hold");
    }
    put(header, k_prefix_at, path.substr(0, slash));
    put(header, 0, path.substr(slash + 1));
    sum -= '/';
  }
  put_octal(header, k_size_at, 11, size);
  sum += sum_of({header.data() + k_size_at, 11});
  put_octal(header, k_checksum_at, 6, sum);
  header[k_checksum_at + 6] = '\0';
  return header;
}

}  // namespace sourceos::bundle

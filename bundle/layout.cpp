// A directory holds oci-layout, index.json and blobs/sha256/<hex>. The tar of it is the stream that
// GNU tar makes of the same files under the rules of a pack (bundle/tar_header.hpp), sorted by
// name. Its headers are read for name and size only; then the header is made anew from these two
// and compared, so no field can say anything else.
#include "bundle/layout.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "bundle/tar_header.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::string_view k_blob_folder = "blobs/sha256/";
constexpr std::size_t k_depth_max = 8;  // of folders; a bundle has two

std::unexpected<Error> malformed(std::string why) {
  return fail(ErrorKind::malformed, "malformed", std::move(why));
}

Status check_totals(const std::vector<LayoutFile>& files) {
  std::uint64_t bytes = 0;
  for (const LayoutFile& file : files) {
    bytes += file.size;
    if (bytes > limits::k_bundle_blob_bytes_max) {
      return fail(ErrorKind::limit, "limit", "a bundle of more than 64 GiB");
    }
  }
  if (files.size() > limits::k_bundle_files_max) {
    return fail(ErrorKind::limit, "limit",
                fmt::format("a bundle of more than {} files", limits::k_bundle_files_max));
  }
  return {};
}

std::size_t place_of(const std::vector<LayoutFile>& files, std::string_view name) {
  const auto found = std::lower_bound(
      files.begin(), files.end(), name,
      [](const LayoutFile& file, std::string_view wanted) { return file.name < wanted; });
  return found != files.end() && found->name == name
             ? static_cast<std::size_t>(found - files.begin())
             : files.size();
}

std::unexpected<Error> missing(std::string_view name) {
  return fail(ErrorKind::not_found, "missing-member",
              fmt::format("'{}' is not in the bundle", text::for_display_line(name)));
}

// All files below a folder, names with `prefix`.
Status list_files(const host::Descriptor& folder, const std::string& prefix, std::size_t depth,
                  std::vector<LayoutFile>& files) {
  if (depth > k_depth_max) {
    return fail(ErrorKind::limit, "limit", "folders nested too deep for a bundle");
  }
  SOURCEOS_TRY_ASSIGN(const std::vector<host::DirectoryEntry> entries,
                      host::list_directory(folder, limits::k_bundle_files_max));
  if (entries.empty() && depth > 0) {
    return malformed(fmt::format("'{}' is an empty folder", text::for_display_line(prefix)));
  }
  for (const host::DirectoryEntry& entry : entries) {
    const std::string name = prefix + entry.name;
    if (entry.kind == host::FileKind::directory) {
      SOURCEOS_TRY_ASSIGN(const host::Descriptor inner,
                          host::open_subdirectory(folder, entry.name));
      SOURCEOS_TRY(list_files(inner, name + "/", depth + 1, files));
    } else if (entry.kind == host::FileKind::regular) {
      SOURCEOS_TRY_ASSIGN(const host::OpenedFile file, host::open_file_beneath(folder, entry.name));
      files.push_back({name, file.facts.size});
    } else {
      return malformed(
          fmt::format("'{}' is a link or a special file", text::for_display_line(name)));
    }
    if (files.size() > limits::k_bundle_files_max) {
      return check_totals(files);
    }
  }
  return {};
}

std::string_view field(const TarHeader& header, std::size_t at, std::size_t bytes) {
  const std::string_view whole(header.data() + at, bytes);
  return whole.substr(0, whole.find('\0'));
}

// Name and size that a header claims; whether it is the right header for them comes after.
struct Claim {
  std::string name;
  std::uint64_t size = 0;
};
Result<Claim> read_claim(const TarHeader& header) {
  const std::string_view prefix = field(header, 345, 155);
  const std::string_view name = field(header, 0, 100);
  Claim claim{prefix.empty() ? std::string(name) : fmt::format("{}/{}", prefix, name), 0};
  for (const char digit : field(header, 124, 12)) {
    if (digit < '0' || digit > '7') {
      return malformed("a tar header whose size is not octal");
    }
    claim.size = claim.size * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return claim;
}

// Only plain relative names: nothing here is ever unpacked, but names are shown and compared.
Status check_member_name(std::string_view name) {
  for (const std::string_view segment : text::split(name, '/')) {
    if (segment.empty() || segment == "." || segment == "..") {
      return fail(ErrorKind::malformed, "path-unsafe",
                  fmt::format("a tar member named '{}'", text::for_display_line(name)));
    }
  }
  return {};
}

bool is_zero(std::string_view bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

Status check_zero(const BlobReader& tar, std::uint64_t from, std::uint64_t count) {
  std::string bytes(count, '\0');
  SOURCEOS_TRY(tar.read_at(from, bytes.data(), bytes.size()));
  return is_zero(bytes) ? Status{} : Status(malformed("a tar with bytes outside its members"));
}

// Reads the members of a tar one after the other.
class TarWalk {
 public:
  explicit TarWalk(const BlobReader& tar) : tar_(tar) {}

  struct Member {
    LayoutFile file;
    std::uint64_t content_at = 0;
  };
  // Nothing at the end blocks, which are checked with all that follows.
  Result<std::optional<Member>> next() {
    TarHeader header{};
    SOURCEOS_TRY(tar_.read_at(at_, header.data(), header.size()));
    if (is_zero({header.data(), header.size()})) {
      SOURCEOS_TRY(check_end());
      return std::nullopt;
    }
    SOURCEOS_TRY_ASSIGN(Claim claim, read_claim(header));
    const Result<TarHeader> made = make_tar_header(claim.name, claim.size);
    if (!made || *made != header) {
      return malformed(
          fmt::format("the tar header of '{}' is not the one that the bundle writer makes",
                      text::for_display_line(claim.name)));
    }
    SOURCEOS_TRY(check_member_name(claim.name));
    if (claim.name <= last_name_) {
      return malformed(
          fmt::format("tar member '{}' is out of order", text::for_display_line(claim.name)));
    }
    const std::uint64_t content_at = at_ + k_tar_block_bytes;
    if (claim.size > tar_.size() - content_at) {
      return malformed("a tar member that is cut off");
    }
    SOURCEOS_TRY(check_zero(tar_, content_at + claim.size, tar_padding(claim.size)));
    at_ += tar_member_bytes(claim.size);
    last_name_ = claim.name;
    return Member{{std::move(claim.name), claim.size}, content_at};
  }

 private:
  Status check_end() {
    if (tar_.size() != tar_stream_bytes(at_)) {
      return malformed(
          fmt::format("a tar of {} bytes, expected {}", tar_.size(), tar_stream_bytes(at_)));
    }
    return check_zero(tar_, at_, tar_.size() - at_);
  }

  const BlobReader& tar_;
  std::uint64_t at_ = 0;
  std::string last_name_;
};

}  // namespace

std::string blob_name(const Digest& digest) { return std::string(k_blob_folder) + digest.hex(); }

Result<BlobReader> Layout::open(const Digest& digest) const { return open_file(blob_name(digest)); }

Result<std::string> Layout::read(const Digest& digest, std::uint64_t bytes_max) const {
  return read_file(blob_name(digest), bytes_max);
}

Result<std::string> Layout::read_file(std::string_view name, std::uint64_t bytes_max) const {
  SOURCEOS_TRY_ASSIGN(const BlobReader file, open_file(name));
  return file.read_all(bytes_max);
}

Result<std::unique_ptr<Layout>> DirectoryLayout::open(const host::fs::path& path) {
  SOURCEOS_TRY_ASSIGN(host::Descriptor root, host::open_directory(path));
  std::unique_ptr<DirectoryLayout> layout(new DirectoryLayout(std::move(root)));
  SOURCEOS_TRY(list_files(layout->root_, "", 0, layout->files_));
  SOURCEOS_TRY(check_totals(layout->files_));
  std::sort(layout->files_.begin(), layout->files_.end());
  return layout;
}

Result<BlobReader> DirectoryLayout::open_file(std::string_view name) const {
  if (place_of(files_, name) == files_.size()) {
    return missing(name);
  }
  SOURCEOS_TRY_ASSIGN(host::OpenedFile file, host::open_file_beneath(root_, std::string(name)));
  const std::uint64_t size = file.facts.size;
  return BlobReader(std::make_shared<const host::Descriptor>(std::move(file.descriptor)), 0, size);
}

Result<std::unique_ptr<Layout>> TarLayout::open(const host::fs::path& path) {
  SOURCEOS_TRY_ASSIGN(const BlobReader tar, BlobReader::open(path));
  return read(tar);
}

Result<std::unique_ptr<Layout>> TarLayout::read(const BlobReader& tar) {
  std::unique_ptr<TarLayout> layout(new TarLayout(tar));
  TarWalk walk(layout->tar_);
  while (true) {
    SOURCEOS_TRY_ASSIGN(std::optional<TarWalk::Member> member, walk.next());
    if (!member) {
      break;
    }
    layout->files_.push_back(std::move(member->file));
    layout->offsets_.push_back(member->content_at);
    if (layout->files_.size() > limits::k_bundle_files_max) {
      break;
    }
  }
  SOURCEOS_TRY(check_totals(layout->files_));
  return layout;
}

Result<BlobReader> TarLayout::open_file(std::string_view name) const {
  const std::size_t place = place_of(files_, name);
  if (place == files_.size()) {
    return missing(name);
  }
  return tar_.part(offsets_[place], files_[place].size);
}

Result<std::unique_ptr<Layout>> open_layout(const host::fs::path& path) {
  std::error_code error;
  const host::fs::file_status status = host::fs::status(path, error);
  switch (status.type()) {
    case host::fs::file_type::directory: return DirectoryLayout::open(path);
    case host::fs::file_type::regular: return TarLayout::open(path);
    case host::fs::file_type::not_found:
      return fail(ErrorKind::not_found, "input-missing",
                  fmt::format("'{}' does not exist", text::for_display_line(path.string())));
    case host::fs::file_type::none:
      return fail(system_error(error.value(), fmt::format("open '{}'", path.string())));
    default:
      return malformed(fmt::format("'{}' is neither a directory nor a file",
                                   text::for_display_line(path.string())));
  }
}

}  // namespace sourceos::bundle

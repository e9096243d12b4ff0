#include "bundle/archive.hpp"

#include <algorithm>
#include <memory>

#include "bundle/tar_header.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

constexpr std::size_t k_copy_bytes = 256 * limits::k_kib;

// Counts what it writes: the padding at the end depends on it.
class TarFile {
 public:
  explicit TarFile(const host::Descriptor& into)
      : into_(into), buffer_(std::make_unique_for_overwrite<char[]>(k_copy_bytes)) {}

  Status add(const LayoutFile& file, const BlobReader& content) {
    SOURCEOS_TRY_ASSIGN(const TarHeader header, make_tar_header(file.name, content.size()));
    SOURCEOS_TRY(write({header.data(), header.size()}));
    std::uint64_t at = 0;
    while (at < content.size()) {
      const auto count =
          static_cast<std::size_t>(std::min<std::uint64_t>(k_copy_bytes, content.size() - at));
      SOURCEOS_TRY(content.read_at(at, buffer_.get(), count));
      SOURCEOS_TRY(write({buffer_.get(), count}));
      at += count;
    }
    return write(std::string(tar_padding(content.size()), '\0'));
  }

  Status finish() { return write(std::string(tar_stream_bytes(written_) - written_, '\0')); }

 private:
  Status write(std::string_view bytes) {
    written_ += bytes.size();
    return host::write_all(into_, bytes);
  }

  const host::Descriptor& into_;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t written_ = 0;
};

}  // namespace

Status write_archive(const Layout& layout, const host::Descriptor& into) {
  TarFile tar(into);
  for (const LayoutFile& file : layout.files()) {
    SOURCEOS_TRY_ASSIGN_CONTEXT(const BlobReader content, layout.open_file(file.name), file.name);
    SOURCEOS_TRY_CONTEXT(tar.add(file, content), file.name);
  }
  return tar.finish();
}

}  // namespace sourceos::bundle

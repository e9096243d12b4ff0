// A tar that is read as a bundle's outer tar is the one that we would write of its files.

#include <sys/mman.h>
#include <unistd.h>

#include "bundle/archive.hpp"
#include "bundle/layout.hpp"
#include "tests/fuzz/property.hpp"

using namespace sourceos;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view tar = fuzz::as_text(data, size);
  const auto layout = bundle::TarLayout::read(bundle::BlobReader(std::string(tar)));
  if (!layout) {
    return 0;
  }
  const host::Descriptor file(::memfd_create("archive", MFD_CLOEXEC));
  fuzz::require(bundle::write_archive(**layout, file).has_value(), "an archive is written");
  std::string written(size + 1, '\0');
  const ssize_t count = ::pread(file.get(), written.data(), written.size(), 0);
  fuzz::require(count >= 0 && written.substr(0, static_cast<std::size_t>(count)) == tar,
                "the same files give the same tar");
  return 0;
}

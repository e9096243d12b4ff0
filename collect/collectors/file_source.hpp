// Files of a collected tree: opened beneath their root without following a link, read once, later
// (security S-25).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "collect/collector.hpp"
#include "host/files.hpp"

namespace sourceos::collect {

// A directory that a collector was given; shared by the sources of all files in it.
struct FileRoot {
  host::Descriptor directory;
  std::string path;       // as recorded: "<path>/<relative>" is a file's true name
  std::uint32_t uid = 0;  // of a file with further links only this account's own is read
};

class FileSource : public ByteSource {
 public:
  FileSource(std::shared_ptr<const FileRoot> root, std::string relative)
      : root_(std::move(root)), relative_(std::move(relative)) {}

  // Reads to the size seen here, so that a log which grows has an end.
  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override;
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override;
  [[nodiscard]] Result<SourceEnd> finish() override;

 private:
  std::shared_ptr<const FileRoot> root_;
  std::string relative_;
  host::Descriptor descriptor_;
  host::FileFacts opened_;
  std::uint64_t read_ = 0;
};

// Whose files of that directory are read whatever links they have: ours, and for root, who reads
// a tree as its owner, those of the owner.
[[nodiscard]] std::uint32_t trusted_owner(std::uint32_t our_uid, const host::FileFacts& directory);

// True when the file's content may belong to somebody else than who put it there: link count
// above 1 and another owner.
[[nodiscard]] bool is_linked_elsewhere(const host::FileFacts& facts, std::uint32_t uid);

}  // namespace sourceos::collect

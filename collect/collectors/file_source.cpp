#include "collect/collectors/file_source.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

// Files of size 0 may have content (/proc); they are read to their end, up to this.
constexpr std::uint64_t k_sizeless_bytes_max = 64 * limits::k_mib;

}  // namespace

std::uint32_t trusted_owner(std::uint32_t our_uid, const host::FileFacts& directory) {
  return our_uid == 0 ? directory.uid : our_uid;
}

bool is_linked_elsewhere(const host::FileFacts& facts, std::uint32_t uid) {
  return facts.kind == host::FileKind::regular && facts.links > 1 && facts.uid != uid;
}

Result<std::optional<std::uint64_t>> FileSource::open() {
  SOURCEOS_TRY_ASSIGN(host::OpenedFile file,
                      host::open_file_beneath(root_->directory, relative_));
  descriptor_ = std::move(file.descriptor);
  opened_ = file.facts;
  if (is_linked_elsewhere(opened_, root_->uid)) {
    return fail(ErrorKind::refused, "linked-elsewhere",
                fmt::format("expected one link or our own file, there are {} links of uid {}",
                            opened_.links, opened_.uid));
  }
  return opened_.size == 0 ? std::nullopt : std::optional(opened_.size);
}

Result<std::size_t> FileSource::read(char* buffer, std::size_t size) {
  const std::uint64_t end = opened_.size == 0 ? k_sizeless_bytes_max : opened_.size;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, end - read_));
  if (wanted == 0) {
    return 0;
  }
  SOURCEOS_TRY_ASSIGN(const std::size_t got, host::read_some(descriptor_, buffer, wanted));
  read_ += got;
  return got;
}

Result<SourceEnd> FileSource::finish() {
  SOURCEOS_TRY_ASSIGN(const host::FileFacts now, host::describe(descriptor_));
  SourceInfo info;
  info.path = root_->path + "/" + relative_;
  info.mtime = opened_.mtime;
  info.mode = opened_.mode;
  info.uid = opened_.uid;
  info.gid = opened_.gid;
  info.size = opened_.size == 0 ? read_ : opened_.size;
  info.read = read_;
  info.changed = now.size != opened_.size || now.mtime != opened_.mtime ||
                 now.ctime != opened_.ctime;
  descriptor_ = host::Descriptor();
  SourceEnd end;
  end.cut = opened_.size == 0 && read_ == k_sizeless_bytes_max ? "limit" : "";
  end.info = std::move(info);
  return end;
}

}  // namespace sourceos::collect

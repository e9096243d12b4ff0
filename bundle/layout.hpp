// Where a bundle lies: a directory, the deterministic tar of one, or (bundle/store.hpp) a view of
// one bundle in a store. Opening looks at names and sizes only and refuses links, special files
// and a tar that our own writer would not have made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/blob.hpp"
#include "bundle/digest.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

struct LayoutFile {
  std::string name;  // "index.json", "blobs/sha256/<hex>", or what else lies there
  std::uint64_t size = 0;
  auto operator<=>(const LayoutFile&) const = default;
};

class Layout {
 public:
  virtual ~Layout() = default;

  // All files in byte order of their names.
  [[nodiscard]] virtual const std::vector<LayoutFile>& files() const = 0;
  // One of them; `missing-member` when it is not there.
  [[nodiscard]] virtual Result<BlobReader> open_file(std::string_view name) const = 0;
  // Whether every file must be reached from M or I (not so for a view of a store, L-8).
  [[nodiscard]] virtual bool is_closed() const { return true; }
  // Whether only an export can have written it: then the files at its top are canonical, too. In a
  // directory a copy tool may have written them anew.
  [[nodiscard]] virtual bool is_archive() const { return false; }

  [[nodiscard]] Result<BlobReader> open(const Digest& digest) const;
  // A small blob or file, whole; its digest is not checked here.
  [[nodiscard]] Result<std::string> read(const Digest& digest, std::uint64_t bytes_max) const;
  [[nodiscard]] Result<std::string> read_file(std::string_view name, std::uint64_t bytes_max) const;
};

[[nodiscard]] std::string blob_name(const Digest& digest);

class DirectoryLayout : public Layout {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Layout>> open(const host::fs::path& path);
  [[nodiscard]] const std::vector<LayoutFile>& files() const override { return files_; }
  [[nodiscard]] Result<BlobReader> open_file(std::string_view name) const override;

 private:
  explicit DirectoryLayout(host::Descriptor root) : root_(std::move(root)) {}
  host::Descriptor root_;
  std::vector<LayoutFile> files_;
};

class TarLayout : public Layout {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Layout>> open(const host::fs::path& path);
  // The same of any blob.
  [[nodiscard]] static Result<std::unique_ptr<Layout>> read(const BlobReader& tar);
  [[nodiscard]] bool is_archive() const override { return true; }
  [[nodiscard]] const std::vector<LayoutFile>& files() const override { return files_; }
  [[nodiscard]] Result<BlobReader> open_file(std::string_view name) const override;

 private:
  explicit TarLayout(BlobReader tar) : tar_(std::move(tar)) {}
  BlobReader tar_;
  std::vector<LayoutFile> files_;
  std::vector<std::uint64_t> offsets_;  // of the content, in the order of files_
};

// A directory or a tar, by what `path` is; `input-missing` when it is nothing.
[[nodiscard]] Result<std::unique_ptr<Layout>> open_layout(const host::fs::path& path);

}  // namespace sourceos::bundle

#include "runtime/machine/downloads.hpp"

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "runtime/machine/mount.hpp"

namespace sourceos::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_files_max = 10'000;
constexpr std::uint64_t k_hashed_bytes_max = 256 * limits::k_mib;
constexpr std::size_t k_depth_max = 64;
constexpr std::size_t k_ref_digits = 32;

class Walk {
 public:
  Walk(fs::path root, const std::vector<std::string>& homes)
      : root_(std::move(root)), homes_(homes) {}

  json::Value run() {
    if (const auto top = host::open_directory(root_)) {
      enter(*top, root_, 0);
    }
    return {{"type", "DownloadArtifacts"},
            {"downloadArtifacts", std::move(files_)},
            {"complete", is_complete_}};
  }

 private:
  void enter(const host::Descriptor& directory, const fs::path& path, std::size_t depth) {
    const auto names = host::list_directory(directory, k_files_max);
    if (!names || depth > k_depth_max) {
      is_complete_ = false;
      return;
    }
    for (const host::DirectoryEntry& entry : *names) {
      if (files_.size() >= k_files_max) {
        is_complete_ = false;
        return;
      }
      if (entry.kind == host::FileKind::directory) {
        if (const auto below = host::open_subdirectory(directory, entry.name)) {
          enter(*below, path / entry.name, depth + 1);
        }
      } else if (entry.kind == host::FileKind::regular) {
        add(directory, entry.name, path / entry.name);
      }
    }
  }

  void add(const host::Descriptor& directory, const std::string& name, const fs::path& path) {
    const auto file = host::open_file_beneath(directory, name);
    if (!file) {
      is_complete_ = false;
      return;
    }
    json::Value digest = nullptr;
    json::Value ref = nullptr;
    if (const auto bytes = host::read_all(file->descriptor, k_hashed_bytes_max)) {
      const bundle::Digest found = bundle::sha256(*bytes);
      digest = found.text();
      ref = "urn:srcos:download-artifact:" + found.hex().substr(0, k_ref_digits);
    }
    files_.push_back({{"artifactRef", std::move(ref)},
                      {"pathRef", shown_host_path(path.string(), homes_)},
                      {"size", file->facts.size},
                      {"sha256", std::move(digest)}});
  }

  fs::path root_;
  const std::vector<std::string>& homes_;
  json::Value files_ = json::Value::array();
  bool is_complete_ = true;
};

}  // namespace

json::Value hash_downloads(const fs::path& root, const std::vector<std::string>& homes) {
  return Walk(root, homes).run();
}

}  // namespace sourceos::runtime

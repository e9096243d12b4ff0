// What lies on disk: links, special files, folders; tars that no writer of ours makes.
#include "tests/broken/case_tables.hpp"

#include "bundle/tar_header.hpp"

#include <sys/stat.h>

#include <fmt/format.h>
#include <fstream>

namespace sourceos::tests {
namespace {

namespace fs = std::filesystem;
using verify::Decision;

void on_disk(Scene& scene, std::function<void(const fs::path&)> change) {
  scene.change_directory = std::move(change);
}
void in_tar(Scene& scene, std::function<void(std::string&)> change) {
  scene.as_tar = true;
  scene.change_tar = std::move(change);
}

void link_blob(Scene& scene) {
  const std::string name = scene.bundle.name_of(scene.bundle.layers[1]);
  on_disk(scene, [name](const fs::path& directory) {
    fs::rename(directory / name, directory.parent_path() / "elsewhere");
    fs::create_symlink(directory.parent_path() / "elsewhere", directory / name);
  });
}

// A header of the first member with one field changed and a checksum that fits again.
void edit_header(Scene& scene, std::size_t at, std::string field) {
  in_tar(scene, [at, field = std::move(field)](std::string& tar) {
    tar.replace(at, field.size(), field);
    tar.replace(148, 8, "        ");
    unsigned sum = 0;
    for (std::size_t i = 0; i < bundle::k_tar_block_bytes; ++i) {
      sum += static_cast<unsigned char>(tar[i]);
    }
    tar.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  });
}

void name_twice(Scene& scene) {
  in_tar(scene, [](std::string& tar) {
    const std::string first = tar_of({{"blobs/sha256/" + std::string(64, '0'), "x"},
                                      {"blobs/sha256/" + std::string(64, '0'), "y"}});
    tar = first;
  });
}

void unordered(Scene& scene) {
  in_tar(scene, [](std::string& tar) { tar = tar_of({{"oci-layout", "{}"}, {"index.json", "{}"}}); });
}

void flood(Scene& scene) {
  in_tar(scene, [](std::string& tar) {
    std::vector<std::pair<std::string, std::string>> members;
    for (int i = 0; i < 10'001; ++i) {
      members.emplace_back(fmt::format("blobs/sha256/{:064x}", i), "");
    }
    tar = tar_of(members);
  });
}

}  // namespace

std::vector<BrokenCase> archive_cases() {
  return {
      {"blob-is-link", link_blob, Decision::failed, "special-files", "malformed"},
      {"fifo-among-files", [](Scene& s) { on_disk(s, [](const fs::path& d) { mkfifo((d / "pipe").c_str(), 0600); }); }, Decision::failed, "special-files", "malformed"},
      {"empty-folder", [](Scene& s) { on_disk(s, [](const fs::path& d) { fs::create_directory(d / "empty"); }); }, Decision::failed, "layout", "malformed"},
      {"folders-too-deep", [](Scene& s) { on_disk(s, [](const fs::path& d) { fs::create_directories(d / "a/b/c/d/e/f/g/h/i/j"); }); }, Decision::failed, "layout", "limit"},
      {"tar-index-json-white-space", [](Scene& s) { s.bundle.files["index.json"] += "\n"; s.as_tar = true; }, Decision::failed, "index.json", "malformed"},
      {"tar-layout-file-white-space", [](Scene& s) { s.bundle.files["oci-layout"] += "  "; s.as_tar = true; }, Decision::failed, "layout", "malformed"},
      {"tar-without-tag", [](Scene& s) { s.bundle.files["index.json"] = replaced(s.bundle.files["index.json"], "\"annotations\":{\"org.opencontainers.image.ref.name\":\"bundle\"},", ""); s.as_tar = true; }, Decision::failed, "index.json", "malformed"},
      {"tar-parent-path", [](Scene& s) { in_tar(s, [](std::string& tar) { tar = tar_of({{"../index.json", "{}"}}); }); }, Decision::failed, "layout", "path-unsafe"},
      {"tar-absolute-path", [](Scene& s) { in_tar(s, [](std::string& tar) { tar = tar_of({{"/index.json", "{}"}}); }); }, Decision::failed, "layout", "path-unsafe"},
      {"tar-name-twice", name_twice, Decision::failed, "layout", "malformed"},
      {"tar-out-of-order", unordered, Decision::failed, "layout", "malformed"},
      {"tar-member-is-link", [](Scene& s) { edit_header(s, 156, "2"); }, Decision::failed, "layout", "malformed"},
      {"tar-member-is-device", [](Scene& s) { edit_header(s, 156, "3"); }, Decision::failed, "layout", "malformed"},
      {"tar-member-is-folder", [](Scene& s) { edit_header(s, 156, "5"); }, Decision::failed, "layout", "malformed"},
      {"tar-pax-record", [](Scene& s) { edit_header(s, 156, "x"); }, Decision::failed, "layout", "malformed"},
      {"tar-member-owner", [](Scene& s) { edit_header(s, 265, "root"); }, Decision::failed, "layout", "malformed"},
      {"tar-member-time", [](Scene& s) { edit_header(s, 136, "00000000001"); }, Decision::failed, "layout", "malformed"},
      {"tar-checksum-wrong", [](Scene& s) { in_tar(s, [](std::string& tar) { tar[150] = tar[150] == '1' ? '2' : '1'; }); }, Decision::failed, "layout", "malformed"},
      {"tar-bytes-after-end", [](Scene& s) { in_tar(s, [](std::string& tar) { tar += "hidden"; }); }, Decision::failed, "layout", "malformed"},
      {"tar-bytes-in-end", [](Scene& s) { in_tar(s, [](std::string& tar) { tar.replace(tar.size() - 6, 6, "hidden"); }); }, Decision::failed, "layout", "malformed"},
      {"tar-cut", [](Scene& s) { in_tar(s, [](std::string& tar) { tar.resize(tar.size() / 2); }); }, Decision::failed, "layout", "malformed"},
      {"tar-flood", flood, Decision::failed, "layout", "limit"},
      {"tar-empty-file", [](Scene& s) { in_tar(s, [](std::string& tar) { tar.clear(); }); }, Decision::failed, "layout", "malformed"},
  };
}

}  // namespace sourceos::tests

// One directory a test, removed at its end; kept and named when the test failed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sourceos::tests {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  // Writes a file (making its folders) and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// The whole file; fails the test when it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace sourceos::tests

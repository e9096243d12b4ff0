// Runs one command as a process of its own and says what the operating system counted for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace sourceos::bench {

enum class Cores { all, one };

struct Command {
  std::vector<std::string> argv;
  std::filesystem::path input = "/dev/null";
  std::filesystem::path output = "/dev/null";
  std::filesystem::path directory;  // empty: where the runner is
  std::vector<std::pair<std::string, std::string>> environment;  // added to the runner's
  Cores cores = Cores::all;
};

struct Usage {
  double wall_s = 0;
  double cpu_s = 0;             // user and system, of all its processes
  std::uint64_t peak_kib = 0;   // of the largest of them
  int exit_code = -1;           // 128 + signal when killed
};

// `errors` takes its standard error.
[[nodiscard]] Usage run(const Command& command, const std::filesystem::path& errors);

// A line for sh: each word quoted where needed.
[[nodiscard]] std::string quoted(const std::vector<std::string>& words);
[[nodiscard]] bool is_installed(const std::string& program);

}  // namespace sourceos::bench

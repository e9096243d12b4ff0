#include "runtime/agent/process_set.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>

#include "bundle/digest.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_processes_max = 10'000;
constexpr std::size_t k_open_files_max = 200;
constexpr std::uint64_t k_executable_bytes_max = 256 * limits::k_mib;

fs::path proc_of(const host::Host& host, int pid) {
  return host::system_path(host.environment, "/proc") / std::to_string(pid);
}

struct Stat {
  int parent = 0;
  std::uint64_t start_time = 0;
};

// "pid (name, with anything in it) state ppid ... starttime ...": fields after the last ')'.
std::optional<Stat> read_stat(const host::Host& host, int pid) {
  const auto text = host::read_file(proc_of(host, pid) / "stat", limits::k_kib * 4);
  const auto end = text ? text->rfind(')') : std::string::npos;
  if (end == std::string::npos) {
    return std::nullopt;
  }
  const auto fields = text::split(std::string_view(*text).substr(end + 1), ' ');
  constexpr std::size_t k_parent = 2;      // counted from the blank after ')'
  constexpr std::size_t k_start_time = 20;
  if (fields.size() <= k_start_time) {
    return std::nullopt;
  }
  Stat stat;
  std::from_chars(fields[k_parent].data(), fields[k_parent].data() + fields[k_parent].size(), stat.parent);
  std::from_chars(fields[k_start_time].data(),
                  fields[k_start_time].data() + fields[k_start_time].size(), stat.start_time);
  return stat;
}

std::vector<std::string> zero_separated(const fs::path& file) {
  std::vector<std::string> words;
  const auto text = host::read_file(file, limits::k_mib);
  if (text) {
    for (const std::string_view word : text::split(*text, '\0')) {
      if (!word.empty()) {
        words.emplace_back(word);
      }
    }
  }
  return words;
}

std::vector<std::string> open_files(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (files.size() == k_open_files_max) {
      break;
    }
    std::error_code gone;
    if (const fs::path target = fs::read_symlink(entry.path(), gone); !gone) {
      files.push_back(target.string());
    }
  }
  std::ranges::sort(files);
  return files;
}

ProcessFacts describe_process(const host::Host& host, int pid, const Stat& stat) {
  ProcessFacts process;
  process.pid = pid;
  process.parent = stat.parent;
  process.start_time = stat.start_time;
  const fs::path proc = proc_of(host, pid);
  std::error_code error;
  process.executable = fs::read_symlink(proc / "exe", error).string();
  // The link leads to the file that runs, even when another one has its name now.
  if (const auto opened = host::open_directory(proc)) {
    std::error_code ignored;
    const auto bytes = host::read_file(fs::canonical(proc / "exe", ignored), k_executable_bytes_max);
    process.executable_sha256 = bytes ? bundle::sha256(*bytes).hex() : std::string();
  }
  process.argv = zero_separated(proc / "cmdline");
  for (const std::string& pair : zero_separated(proc / "environ")) {
    process.environment_names.push_back(pair.substr(0, pair.find('=')));
  }
  std::ranges::sort(process.environment_names);
  process.open_files = open_files(proc / "fd");
  return process;
}

}  // namespace

std::vector<ProcessFacts> read_process_tree(const host::Host& host, int root) {
  std::vector<ProcessFacts> tree;
  const auto root_stat = root > 0 ? read_stat(host, root) : std::nullopt;
  const auto proc = host::open_directory(host::system_path(host.environment, "/proc"));
  if (!root_stat || !proc) {
    return tree;
  }
  std::vector<std::pair<int, Stat>> all;
  const auto entries = host::list_directory(*proc, k_processes_max);
  for (const host::DirectoryEntry& entry : entries ? *entries : std::vector<host::DirectoryEntry>()) {
    int pid = 0;
    const auto [end, error] =
        std::from_chars(entry.name.data(), entry.name.data() + entry.name.size(), pid);
    const bool is_pid = error == std::errc() && end == entry.name.data() + entry.name.size();
    if (const auto stat = is_pid ? read_stat(host, pid) : std::nullopt) {
      all.emplace_back(pid, *stat);
    }
  }
  tree.push_back(describe_process(host, root, *root_stat));
  for (std::size_t i = 0; i < tree.size(); ++i) {
    for (const auto& [pid, stat] : all) {
      if (stat.parent == tree[i].pid && pid != root) {
        tree.push_back(describe_process(host, pid, stat));
      }
    }
  }
  return tree;
}

bool still_lives(const host::Host& host, const ProcessFacts& process) {
  const auto stat = read_stat(host, process.pid);
  return stat && stat->start_time == process.start_time;
}

json::Value as_json(const ProcessFacts& process) {
  return {{"pid", process.pid},
          {"parent", process.parent},
          {"startTime", process.start_time},
          {"executable", process.executable},
          {"sha256", process.executable_sha256.empty() ? json::Value()
                                                       : json::Value(process.executable_sha256)},
          {"argv", process.argv},
          {"environmentNames", process.environment_names},
          {"openFiles", process.open_files}};
}

}  // namespace sourceos::runtime

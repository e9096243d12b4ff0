#include "tests/bench/runner/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>

namespace sourceos::bench {

namespace fs = std::filesystem;

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

bool redirect(const fs::path& path, int flags, int to) {
  const int file = ::open(path.c_str(), flags, 0600);
  return file >= 0 && ::dup2(file, to) == to;
}

// The last allowed core: the first takes most interrupts.
void stay_on_one_core() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return;
  }
  for (int core = CPU_SETSIZE - 1; core >= 0; --core) {
    if (CPU_ISSET(static_cast<std::size_t>(core), &allowed)) {
      CPU_ZERO(&allowed);
      CPU_SET(static_cast<std::size_t>(core), &allowed);
      (void)::sched_setaffinity(0, sizeof allowed, &allowed);
      return;
    }
  }
}

[[noreturn]] void become(const Command& command, const fs::path& errors) {
  std::vector<char*> argv;
  for (const std::string& word : command.argv) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  for (const auto& [name, value] : command.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  const bool ready = redirect(command.input, O_RDONLY, 0) &&
                     redirect(command.output, O_WRONLY | O_CREAT | O_TRUNC, 1) &&
                     redirect(errors, O_WRONLY | O_CREAT | O_TRUNC, 2) &&
                     (command.directory.empty() || ::chdir(command.directory.c_str()) == 0);
  if (!ready) {
    ::_exit(126);
  }
  if (command.cores == Cores::one) {
    stay_on_one_core();
  }
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

Usage run(const Command& command, const fs::path& errors) {
  Usage usage;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    become(command, errors);
  }
  int status = 0;
  rusage counted{};
  if (child < 0 || ::wait4(child, &status, 0, &counted) != child) {
    return usage;
  }
  usage.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  usage.cpu_s = seconds(counted.ru_utime) + seconds(counted.ru_stime);
  usage.peak_kib = static_cast<std::uint64_t>(counted.ru_maxrss);
  usage.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return usage;
}

std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    line += line.empty() ? "'" : " '";
    for (const char c : word) {
      line += c == '\'' ? "'\\''" : std::string(1, c);
    }
    line += '\'';
  }
  return line;
}

bool is_installed(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    return ::access(program.c_str(), X_OK) == 0;
  }
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (::access((fs::path(directory) / program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace sourceos::bench

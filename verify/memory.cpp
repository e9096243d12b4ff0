// A file is read once, when its log is first met; what is accepted meanwhile is kept and appended
// at flush, under a lock, so that many verifiers may share one memory. A line that cannot be read
// (a torn last one) is passed over: forgetting is safe, believing is not.
#include "verify/memory.hpp"

#include "bundle/key.hpp"
#include "bundle/log/decimal.hpp"
#include "core/bytes.hpp"
#include "core/text.hpp"
#include "host/files.hpp"

#include <fcntl.h>

#include <algorithm>
#include <map>

namespace sourceos::verify {
namespace {

constexpr std::size_t k_logs_max = 10'000;
constexpr std::uint64_t k_file_bytes_max = 64 * limits::k_mib;

std::optional<SeenCheckpoint> parse_line(std::string_view line) {
  const auto fields = text::split(line, ' ');
  if (fields.size() != 3) {
    return std::nullopt;
  }
  const auto size = bundle::log::parse_decimal(fields[0]);
  const auto root = base64_decode(fields[1]);
  const auto digest = root ? bundle::Digest::from_bytes(*root)
                           : Result<bundle::Digest>(fail(root.error()));
  const auto time = parse_time(fields[2]);
  if (!size || !digest || !time) {
    return std::nullopt;
  }
  return SeenCheckpoint{*size, *digest, *time};
}

std::string write_line(const SeenCheckpoint& seen) {
  return std::to_string(seen.size) + " " + base64_encode(seen.root.bytes()) + " " +
         format_exact(seen.seen_at) + "\n";
}

}  // namespace

struct CheckpointMemory::LogFile {
  std::map<std::uint64_t, SeenCheckpoint> by_size;
  std::string unwritten;

  // The first of a size counts: a second root for it is never accepted.
  bool add(const SeenCheckpoint& seen) { return by_size.emplace(seen.size, seen).second; }
};

CheckpointMemory::CheckpointMemory(std::filesystem::path directory)
    : directory_(std::move(directory)) {}

CheckpointMemory::~CheckpointMemory() { flush(); }

CheckpointMemory::LogFile& CheckpointMemory::load(const bundle::PublicKey& log_key) const {
  const std::string name = bundle::spki_digest(log_key).hex();
  std::unique_ptr<LogFile>& log = logs_[name];
  if (!log) {
    log = std::make_unique<LogFile>();
    const std::string text =
        host::read_file(directory_ / name, k_file_bytes_max).value_or(std::string());
    for (const std::string_view line : text::lines(text)) {
      if (const auto seen = parse_line(line)) {
        log->add(*seen);
      }
    }
  }
  return *log;
}

void CheckpointMemory::add_given(const bundle::PublicKey& log_key,
                                 const SeenCheckpoint& checkpoint) {
  const std::lock_guard lock(mutex_);
  load(log_key).add(checkpoint);
}

std::optional<SeenCheckpoint> CheckpointMemory::of_size(const bundle::PublicKey& log_key,
                                                        std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  const LogFile& log = load(log_key);
  const auto found = log.by_size.find(size);
  return found != log.by_size.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<SeenCheckpoint> CheckpointMemory::newest(const bundle::PublicKey& log_key) const {
  const std::lock_guard lock(mutex_);
  const LogFile& log = load(log_key);
  return log.by_size.empty() ? std::nullopt : std::optional(log.by_size.rbegin()->second);
}

bool CheckpointMemory::usable() const {
  const std::lock_guard lock(mutex_);
  const bool has_given = std::any_of(logs_.begin(), logs_.end(), [](const auto& log) {
    return !log.second->by_size.empty();
  });
  return has_given || host::make_directories(directory_, 0700).has_value();
}

void CheckpointMemory::accept(const bundle::PublicKey& log_key,
                              const SeenCheckpoint& checkpoint) {
  const std::lock_guard lock(mutex_);
  LogFile& log = load(log_key);
  if (log.add(checkpoint)) {
    log.unwritten += write_line(checkpoint);
  }
}

void CheckpointMemory::flush() {
  const std::lock_guard lock(mutex_);
  const bool has_news = std::any_of(logs_.begin(), logs_.end(), [](const auto& log) {
    return !log.second->unwritten.empty();
  });
  if (!has_news || !host::make_directories(directory_, 0700)) {
    return;
  }
  const auto lock_file = host::FileLock::acquire(directory_ / ".lock");
  const auto directory = host::open_directory(directory_);
  const auto files = directory ? host::list_directory(*directory, k_logs_max + 2)
                               : Result<std::vector<host::DirectoryEntry>>(
                                     fail(directory.error()));
  if (!lock_file || !files) {
    return;
  }
  std::size_t count = files->size();
  for (auto& [name, log] : logs_) {
    const bool is_known = std::any_of(files->begin(), files->end(),
                                      [&](const auto& entry) { return entry.name == name; });
    if (log->unwritten.empty() || (!is_known && ++count > k_logs_max + 1)) {
      continue;
    }
    const host::Descriptor file(open((directory_ / name).c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                                     0600));
    if (file && host::write_all(file, log->unwritten)) {
      log->unwritten.clear();
    }
  }
}

}  // namespace sourceos::verify

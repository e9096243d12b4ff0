#include "bundle/store_places.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_sync_threads_max = 8;
constexpr std::size_t k_pending_max = 10'000;
constexpr std::uint64_t k_referrers_bytes_max = 64 * limits::k_kib;

Status sync_one(const ToSync& what) {
  if (!what.fault_point.empty()) {
    SOURCEOS_TRY(host::fault_point(what.fault_point));
  }
  const host::Descriptor file(::open(what.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) {
    return fail(system_error(errno, fmt::format("open '{}'", what.path.filename().string())));
  }
  return host::sync_file(file);
}

}  // namespace

fs::path StorePlaces::blob(const Digest& digest) const { return blobs() / digest.hex(); }

fs::path StorePlaces::referrers(const Digest& manifest) const {
  const std::string hex = manifest.hex();
  return referrers() / hex.substr(0, 2) / hex;
}

fs::path StorePlaces::pending(std::uint64_t seq) const { return pending() / std::to_string(seq); }

std::string pending_referrers_name(const Digest& manifest) { return "referrers." + manifest.hex(); }

Result<fs::path> StorePlaces::find_pending(const std::string& name) const {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor directory, host::open_directory(pending()));
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(directory, k_pending_max));
  for (const auto& entry : entries) {
    const fs::path path = pending() / entry.name / name;
    if (host::describe(path)) {
      return path;
    }
  }
  return fail(ErrorKind::not_found, "missing-member",
              fmt::format("expected '{}' in the store, it is not there", name));
}

Result<BlobReader> StorePlaces::open_blob(const Digest& digest) const {
  auto reader = BlobReader::open(blob(digest));
  if (reader || reader.error().kind != ErrorKind::not_found) {
    return reader;
  }
  if (const auto path = find_pending(digest.hex())) {
    if (auto pending_reader = BlobReader::open(*path)) {
      return pending_reader;
    }
  }
  reader = BlobReader::open(blob(digest));  // it may have been moved between the two looks
  if (!reader && reader.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "missing-member",
                fmt::format("expected blob {} in the store, it is not there", digest.text()));
  }
  return reader;
}

Result<std::string> StorePlaces::read_blob(const Digest& digest, std::uint64_t bytes_max) const {
  SOURCEOS_TRY_ASSIGN(const BlobReader reader, open_blob(digest));
  SOURCEOS_TRY_ASSIGN(std::string bytes, reader.read_all(bytes_max));
  if (const Digest found = sha256(bytes); found != digest) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("expected {}, the bytes are {}", digest.text(), found.text()));
  }
  return bytes;
}

Result<std::string> StorePlaces::read_referrers(const Digest& manifest) const {
  const fs::path path = referrers(manifest);
  if (auto text = host::read_file(path, k_referrers_bytes_max)) {
    return text;
  }
  if (const auto place = find_pending(pending_referrers_name(manifest))) {
    if (auto text = host::read_file(*place, k_referrers_bytes_max)) {
      return text;
    }
  }
  auto text = host::read_file(path, k_referrers_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return fail(ErrorKind::not_found, "input-missing",
                fmt::format("expected a bundle {} in the store, there is none", manifest.text()));
  }
  return text;
}

Result<host::Descriptor> create_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return fail(system_error(errno, fmt::format("make '{}'", path.filename().string())));
  }
  return host::Descriptor(fd);
}

Status write_new_file(const fs::path& path, std::string_view bytes,
                      std::string_view fault_prefix) {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor file, create_file(path));
  const std::string_view first = bytes.substr(0, bytes.size() / 2);
  SOURCEOS_TRY(host::write_all(file, first));
  SOURCEOS_TRY(host::fault_point(fmt::format("{}.write", fault_prefix)));
  return host::write_all(file, bytes.substr(first.size()));
}

Status sync_all(const std::vector<ToSync>& what) {
  std::vector<Status> results(what.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < what.size(); i = next++) {
      results[i] = sync_one(what[i]);
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < std::min(what.size(), k_sync_threads_max); ++i) {
    threads.emplace_back(work);
  }
  work();
  threads.clear();
  for (Status& result : results) {
    SOURCEOS_TRY(std::move(result));
  }
  return {};
}

Status rename_file(const fs::path& from, const fs::path& to, std::string_view fault_point) {
  SOURCEOS_TRY(host::fault_point(fault_point));
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return fail(system_error(errno, fmt::format("rename '{}'", from.filename().string())));
  }
  return {};
}

bool is_no_space(const Error& error) { return error.reason == "no-space"; }

Error as_unavailable(Error error) {
  if (is_no_space(error) || error.reason == "permission-denied") {
    error.reason = "evidence-unavailable";
  }
  return error;
}

}  // namespace sourceos::bundle

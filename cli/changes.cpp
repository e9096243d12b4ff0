#include "cli/changes.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

OutputFile::OutputFile(host::Descriptor descriptor, std::filesystem::path path,
                       std::filesystem::path beside)
    : descriptor_(std::move(descriptor)), path_(std::move(path)), beside_(std::move(beside)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::move(other.descriptor_)),
      path_(std::move(other.path_)),
      beside_(std::exchange(other.beside_, {})) {}

OutputFile::~OutputFile() {
  if (!beside_.empty()) {
    ::unlink(beside_.c_str());
  }
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path, std::uint32_t mode) {
  if (const auto facts = host::describe(path); facts && facts->kind != host::FileKind::regular) {
    return fail(ErrorKind::refused, "output-not-a-file",
                fmt::format("'{}' is there and is no regular file", path.string()));
  }
  const auto directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  for (unsigned attempt = 0; attempt < 100; ++attempt) {
    auto beside = directory / fmt::format(".{}.{}-{}.part", path.filename().string(), ::getpid(), attempt);
    const int fd = ::open(beside.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                          static_cast<mode_t>(mode));
    if (fd >= 0) {
      return OutputFile(host::Descriptor(fd), path, std::move(beside));
    }
    if (errno != EEXIST) {
      return fail(system_error(errno, fmt::format("write '{}'", path.string())));
    }
  }
  return fail(ErrorKind::io, "io", fmt::format("no free name beside '{}'", path.string()));
}

Status OutputFile::write(std::string_view bytes) const { return host::write_all(descriptor_, bytes); }

Status OutputFile::commit() {
  SOURCEOS_TRY(host::sync_file(descriptor_));
  if (::rename(beside_.c_str(), path_.c_str()) != 0) {
    return fail(system_error(errno, fmt::format("write '{}'", path_.string())));
  }
  beside_.clear();
  const auto directory = path_.has_parent_path() ? path_.parent_path() : std::filesystem::path(".");
  return host::sync_directory(directory);
}

Result<bundle::RedactedText> redacted_text(const Context& context, std::string_view text) {
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, {}));
  return engine.pipeline().text(text);
}

Status log_change(const Context& context, OpenStore& open, const json::Value& document) {
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, {}));
  SOURCEOS_TRY(open.store.append_change(engine.pipeline().json(document)));
  return {};
}

}  // namespace sourceos::cli

// The cache, <state root>/tools.cache, mode 0600: a first line that names the format, then for
// each file
//
//   <device> <inode> <size> <mtime ns> <ctime ns> <sha256 hex> <yes|no|unknown>
//
// Nothing in it is trusted for more than speed: whoever can write it is the user.

#include "host/tool_facts.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/ownership.hpp"

namespace sourceos::host {

namespace {

constexpr std::string_view k_first_line = "sourceos tools v1";
constexpr std::size_t k_package_lists_max = 100'000;

bool read_key(const std::vector<std::string_view>& words,
              std::array<std::uint64_t, 5>& key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char* end = words[i].data() + words[i].size();
    const auto parsed = std::from_chars(words[i].data(), end, key[i]);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return false;
    }
  }
  return true;
}

std::string_view packaged_word(std::optional<bool> packaged) {
  return !packaged ? "unknown" : *packaged ? "yes" : "no";
}

std::optional<bool> read_packaged(std::string_view word) {
  return word == "yes" ? std::optional(true) : word == "no" ? std::optional(false) : std::nullopt;
}

bool list_names(std::string_view list, const std::string& path) {
  const std::size_t at = list.find("\n" + path + "\n");
  return at != std::string_view::npos || list.starts_with(path + "\n");
}

// dpkg writes paths as they were before /bin became a link to /usr/bin.
std::vector<std::string> dpkg_spellings(const fs::path& target) {
  std::vector<std::string> spellings = {target.native()};
  if (target.native().starts_with("/usr/")) {
    spellings.push_back(target.native().substr(4));
  }
  return spellings;
}

// Asks every list of installed files; some milliseconds, once for a tool. Nothing where there is
// no dpkg.
std::optional<bool> named_by_dpkg(const fs::path& lists, const fs::path& target) {
  const Result<Descriptor> directory = open_directory(lists);
  if (!directory) {
    return std::nullopt;
  }
  const auto entries = list_directory(*directory, k_package_lists_max);
  if (!entries) {
    return std::nullopt;
  }
  const std::vector<std::string> spellings = dpkg_spellings(target);
  for (const DirectoryEntry& entry : *entries) {
    if (!entry.name.ends_with(".list")) {
      continue;
    }
    const Result<std::string> list = read_file(lists / entry.name, 64 * limits::k_mib);
    if (list && std::ranges::any_of(spellings, [&](const std::string& spelling) {
          return list_names(*list, spelling);
        })) {
      return true;
    }
  }
  return false;
}

std::optional<bool> is_packaged(const fs::path& lists, const fs::path& target) {
  return target.native().starts_with("/nix/store/") ? true : named_by_dpkg(lists, target);
}

}  // namespace

ToolFactsCache::ToolFactsCache(const Environment& environment, FileDigest digest)
    : file_(environment.state_root / "tools.cache"),
      package_lists_(system_path(environment, "/var/lib/dpkg/info")),
      uid_(environment.uid),
      digest_(std::move(digest)) {
  load();
}

void ToolFactsCache::load() {
  const Result<Descriptor> file = open_owned_file(file_, uid_);
  const Result<std::string> bytes =
      file ? read_all(*file, limits::k_config_file_bytes_max) : std::string();
  const std::vector<std::string_view> lines = text::lines(bytes ? *bytes : std::string_view());
  if (lines.empty() || lines.front() != k_first_line) {
    return;
  }
  for (const std::string_view line : lines) {
    const std::vector<std::string_view> words = text::split(line, ' ');
    Key key{};
    if (words.size() == 7 && read_key(words, key) && words[5].size() == 64 &&
        is_lower_hex(words[5])) {
      known_.insert_or_assign(key, ToolFacts{std::string(words[5]), read_packaged(words[6])});
    }
  }
}

Result<ToolFacts> ToolFactsCache::facts(const Tool& tool) {
  SOURCEOS_TRY_ASSIGN(const Descriptor file, open_regular(tool.target));
  SOURCEOS_TRY_ASSIGN(const FileFacts found, describe(file));
  const Key key = {found.device, found.inode, found.size,
                   static_cast<std::uint64_t>(found.mtime.nanoseconds),
                   static_cast<std::uint64_t>(found.ctime.nanoseconds)};
  const auto known = known_.find(key);
  if (known != known_.end()) {
    return known->second;
  }
  ToolFacts facts;
  SOURCEOS_TRY_ASSIGN(facts.sha256, digest_(file));
  facts.packaged = is_packaged(package_lists_, tool.target);
  changed_ = true;
  return known_.insert_or_assign(key, std::move(facts)).first->second;
}

Status ToolFactsCache::save() const {
  if (!changed_) {
    return {};
  }
  std::string bytes = fmt::format("{}\n", k_first_line);
  for (const auto& [key, facts] : known_) {
    bytes += fmt::format("{} {} {}\n", fmt::join(key, " "), facts.sha256,
                         packaged_word(facts.packaged));
  }
  SOURCEOS_TRY(make_owned_directory(file_.parent_path(), uid_));
  return write_file_atomically(file_, bytes, 0600, Durability::none);
}

}  // namespace sourceos::host

#include "runtime/agent/catalog.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/ownership.hpp"
#include "runtime/agent/places.hpp"

namespace sourceos::runtime {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_files_max = 10'000;  // of one directory
constexpr std::string_view k_system_directory = "/etc/sourceos/local-agents";

// S-33: of this account or root, on a way that nobody else can change.
Result<std::string> read_owned(const fs::path& file, std::uint32_t uid) {
  Result<host::Descriptor> opened = host::open_owned_file(file, uid);
  if (!opened && uid != 0 && opened.error().reason == "foreign-store") {
    // What is wrong is said of the account's own file; that it is not root's either is no help.
    if (auto of_root = host::open_owned_file(file, 0)) {
      opened = std::move(of_root);
    }
  }
  if (!opened) {
    Error error = std::move(opened).error();
    if (error.reason == "foreign-store") {
      error.reason = "declaration-permissions";
    } else if (error.kind == ErrorKind::not_found) {
      error.reason = "input-missing";
    }
    return fail(std::move(error));
  }
  return host::read_all(*opened, limits::k_config_file_bytes_max);
}

// The name, when a file that cannot be resolved has a usable one.
std::string name_in(std::string_view text) {
  const auto parsed = json::parse(text, {.bytes_max = limits::k_config_file_bytes_max});
  if (!parsed || !parsed->is_object() || !parsed->contains("name") || !parsed->at("name").is_string()) {
    return {};
  }
  const std::string name = parsed->at("name").get<std::string>();
  return is_agent_name(name) ? name : std::string();
}

class Reader {
 public:
  explicit Reader(const host::Host& host) : host_(host), setting_(setting_of(host)) {}

  Status add_named(const fs::path& file) {
    const fs::path path = fs::absolute(file).lexically_normal();
    SOURCEOS_TRY_ASSIGN_CONTEXT(const std::string text, read_owned(path, host_.environment.uid),
                                fmt::format("read declaration '{}'", file.string()));
    if (seen_before(path)) {
      return {};
    }
    Result<ReadDeclaration> read = parse_declaration(text, path, setting_);
    if (!read) {
      return fail(std::move(read)
                      .error()
                      .with_next("correct " + text::shell_word(file.string()))
                      .with_context(fmt::format("read declaration '{}'", file.string())));
    }
    catalog_.agents.push_back(std::move(*read));
    return {};
  }

  // A directory that is not there has nothing to say.
  Status add_directory(const fs::path& directory) {
    const auto opened = host::open_directory(directory);
    if (!opened) {
      return {};
    }
    SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*opened, k_files_max));
    for (const host::DirectoryEntry& entry : entries) {
      if (entry.name.ends_with(".json") && entry.kind != host::FileKind::directory) {
        add_found(fs::absolute(directory).lexically_normal() / entry.name);
      }
    }
    return {};
  }

  Catalog take() {
    std::ranges::stable_sort(catalog_.agents, {}, [](const ReadDeclaration& read) -> const std::string& {
      return read.declaration.name;
    });
    set_twins_aside();
    return std::move(catalog_);
  }

 private:
  void add_found(const fs::path& path) {
    if (seen_before(path)) {
      return;
    }
    Result<std::string> text = read_owned(path, host_.environment.uid);
    if (!text) {
      catalog_.unreadable.push_back({path, path.stem().string(), std::move(text).error()});
      return;
    }
    Result<ReadDeclaration> read = parse_declaration(*text, path, setting_);
    if (read) {
      catalog_.agents.push_back(std::move(*read));
    } else {
      catalog_.unreadable.push_back({path, name_in(*text), std::move(read).error()});
    }
  }

  // Which of the two is meant nobody can say; the other agents are not held up by it.
  void set_twins_aside() {
    std::vector<ReadDeclaration>& all = catalog_.agents;
    for (auto at = all.begin(); at != all.end();) {
      const auto end = std::find_if(at, all.end(), [&](const ReadDeclaration& each) {
        return each.declaration.name != at->declaration.name;
      });
      if (end - at == 1) {
        at = end;
        continue;
      }
      catalog_.unreadable.push_back({at->file, at->declaration.name, duplicate(at[0], at[1])});
      at = all.erase(at, end);
    }
  }

  static Error duplicate(const ReadDeclaration& one, const ReadDeclaration& other) {
    return Error(ErrorKind::malformed, "declaration-duplicate",
                 fmt::format("agent '{}' is declared twice: '{}' and '{}'", one.declaration.name,
                             one.file.string(), other.file.string()))
        .with_next("remove or rename one of the two");
  }

  bool seen_before(const fs::path& path) {
    const auto facts = host::describe(path);
    return facts && !seen_.emplace(facts->device, facts->inode).second;
  }

  const host::Host& host_;
  DeclarationSetting setting_;
  Catalog catalog_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
};

}  // namespace

Result<const ReadDeclaration*> Catalog::find(std::string_view name) const {
  for (const ReadDeclaration& each : agents) {
    if (each.declaration.name == name) {
      return &each;
    }
  }
  for (const UnreadableDeclaration& each : unreadable) {
    if (each.name == name) {
      Error error = each.error;
      if (error.next.empty()) {
        error.next = fmt::format("correct {}", text::shell_word(each.file.string()));
      }
      return fail(error.reason == "declaration-duplicate"
                      ? std::move(error)
                      : std::move(error).with_context(
                            fmt::format("read declaration '{}'", each.file.string())));
    }
  }
  std::string known;
  for (const ReadDeclaration& each : agents) {
    known += fmt::format("{}'{}'", known.empty() ? "" : ", ", each.declaration.name);
  }
  return fail(Error(ErrorKind::usage, "unknown-agent",
                    fmt::format("there is no agent '{}'; known: {}", name,
                                known.empty() ? "none" : known))
                  .with_next("sourceos-agent list"));
}

Result<Catalog> read_catalog(const host::Host& host, const std::vector<fs::path>& files) {
  Reader reader(host);
  for (const fs::path& file : files) {
    SOURCEOS_TRY(reader.add_named(file));
  }
  if (const std::string* path = host::find_variable(host.environment, "SOURCEOS_AGENT_PATH")) {
    for (const std::string_view directory : text::split(*path, ':')) {
      if (!directory.empty()) {
        SOURCEOS_TRY(reader.add_directory(directory));
      }
    }
  }
  SOURCEOS_TRY(reader.add_directory(agent_config_root(host) / "local-agents"));
  SOURCEOS_TRY(reader.add_directory(host.environment.config_root / "local-agents"));
  SOURCEOS_TRY(reader.add_directory(host::system_path(host.environment, k_system_directory)));
  return reader.take();
}

Result<Catalog> read_catalog_directory(const host::Host& host, const fs::path& directory) {
  SOURCEOS_TRY_ASSIGN(const host::Descriptor ignored, host::open_directory(directory));
  (void)ignored;
  Reader reader(host);
  SOURCEOS_TRY(reader.add_directory(directory));
  return reader.take();
}

}  // namespace sourceos::runtime

// Files and directory trees that were named (`--path`).
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/tree_walk.hpp"

namespace sourceos::collect {

namespace {

class FilesCollector : public Collector {
 public:
  std::string_view name() const override { return "files"; }
  std::string_view summary() const override { return "named files and directory trees"; }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const auto paths = list_option(context, "paths");
    if (paths.empty()) {
      return CollectorOutcome::skipped("no-path");
    }
    TreeWalk walk(context, sink, EntryKind::file, Keep::head);
    CollectorOutcome outcome;
    std::size_t failed = 0;
    for (const std::string& option : paths) {
      SOURCEOS_TRY(context.check());
      const std::filesystem::path path = option_path(context, option);
      if (const Status added = add(path, walk); !added) {
        if (added.error().kind == ErrorKind::timeout ||
            added.error().kind == ErrorKind::interrupted) {
          return fail(added.error());
        }
        walk.note({path.string(), added.error().reason, {}});
        ++failed;
        outcome = CollectorOutcome::truncated(added.error().reason);
      }
    }
    SOURCEOS_TRY(walk.write_not_read({"files", "not-read.json"}));
    if (failed == 0 && !walk.cut().empty()) {
      outcome = CollectorOutcome::truncated(walk.cut());
    }
    if (failed == paths.size()) {
      outcome.state = CollectorState::failed;
    }
    return outcome;
  }

 private:
  static Status add(const std::filesystem::path& path, TreeWalk& walk) {
    SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(path));
    switch (facts.kind) {
      case host::FileKind::regular: return walk.add_file(path, "files");
      case host::FileKind::directory: return walk.add_directory(path, "files");
      case host::FileKind::link:
        return fail(ErrorKind::refused, "link", "expected a file or a directory, there is a link");
      default:
        return fail(ErrorKind::refused, "special-file",
                    "expected a file or a directory, there is a special file");
    }
  }
};

}  // namespace

const Collector& files_collector() {
  static const FilesCollector collector;
  return collector;
}

}  // namespace sourceos::collect

// What the index says about itself: order, uniqueness, path grammar; and that M's layers are those
// that its lines name. IndexReader has looked at each line as it came by.
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {
namespace {

CheckResult skip_without_index(const Run& run) {
  return skipped(run.options.level == Level::stored ? k_skipped_when_fast : "needs digests");
}

}  // namespace

CheckResult index_order(Run& run) {
  if (!run.index) {
    return skip_without_index(run);
  }
  return run.index->order ? failed(*run.index->order) : pass();
}

CheckResult unique(Run& run) {
  if (!run.index) {
    return skip_without_index(run);
  }
  if (run.index->order || run.index->path) {
    return skipped("needs index-order and paths");
  }
  return run.index->unique ? failed(*run.index->unique) : pass();
}

CheckResult paths(Run& run) {
  if (!run.index) {
    return skip_without_index(run);
  }
  return run.index->path ? failed(*run.index->path) : pass();
}

CheckResult members(Run& run) {
  if (!run.index) {
    return skip_without_index(run);
  }
  if (!run.content || run.content->stored || run.content->content || run.index->order ||
      run.index->unique || run.index->path) {
    return skipped("needs content");
  }
  // That each pack is the tar of its members, the content check has seen. Here: the layers are
  // those that the lines name, in the order in which they first do.
  std::size_t next = 1;
  const auto name_layer = [&](std::uint64_t layer) {
    if (layer == next) {
      ++next;
    }
    return layer < next;
  };
  for (const Entry& entry : run.index->entries) {
    for (const bundle::Where& where : entry.where) {
      if (!name_layer(where.layer)) {
        return failed("descriptor", entry.path,
                      fmt::format("it lies in layer {} before any entry lies in layer {}",
                                  where.layer, next));
      }
    }
  }
  for (const bundle::DisclosableLine& line : run.index->disclosable) {
    if (!name_layer(line.layer)) {
      return failed("descriptor", fmt::format("layer {}", line.layer),
                    "a disclosable layer stands out of order");
    }
  }
  if (next != run.manifest->layers.size()) {
    return failed("descriptor", run.manifest->layers[next].digest.text(),
                  "no index line names this layer");
  }
  return pass(fmt::format("{} layers", next));
}

}  // namespace sourceos::verify::checks

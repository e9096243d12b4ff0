#include "bundle/relayout.hpp"

#include <optional>

#include "bundle/layout_plan.hpp"
#include "core/limits.hpp"

namespace sourceos::bundle {

namespace {

std::size_t count_files(const Layers& layers) {
  std::size_t count = layers.packs.size();
  for (const std::vector<LayerFile>& segments : layers.large) {
    count += segments.size();
  }
  return count;
}

void remove_files(const std::vector<LayerFile>& files) {
  std::error_code ignored;
  for (const LayerFile& file : files) {
    host::fs::remove(file.path, ignored);
  }
}

// Reads the content of entries back from the layers of the first layout.
class ContentReader {
 public:
  explicit ContentReader(const Layers& layers) : layers_(layers) {}

  template <class Sink>
  Status copy(const PlacedEntry& entry, Sink&& sink) {
    if (!entry.is_large) {
      const LayerFile& pack = layers_.packs[entry.group];
      return copy_part(pack, entry.offset, entry.size, sink);
    }
    for (const LayerFile& segment : layers_.large[entry.group]) {
      SOURCEOS_TRY(copy_part(segment, 0, segment.summary.bytes, sink));
    }
    return {};
  }

 private:
  template <class Sink>
  Status copy_part(const LayerFile& layer, std::uint64_t offset, std::uint64_t size, Sink&& sink) {
    // Entries of a pack come in order: the cursor goes on where it stands.
    if (path_ != layer.path || position_ > offset) {
      SOURCEOS_TRY_ASSIGN(BlobReader blob, BlobReader::open(layer.path));
      SOURCEOS_TRY_ASSIGN(cursor_, FrameCursor::open(std::move(blob), 0, 0));
      path_ = layer.path;
      position_ = 0;
    }
    while (position_ < offset + size) {
      const std::uint64_t end = position_ < offset ? offset : offset + size;
      const bool is_wanted = position_ >= offset;
      SOURCEOS_TRY_ASSIGN(const std::string_view bytes,
                          cursor_->next(static_cast<std::size_t>(end - position_)));
      if (bytes.empty()) {
        return fail(ErrorKind::internal, "layout", "a layer that is shorter than it was");
      }
      position_ += bytes.size();
      if (is_wanted) {
        SOURCEOS_TRY(sink(bytes));
      }
    }
    return {};
  }

  const Layers& layers_;
  std::optional<FrameCursor> cursor_;
  host::fs::path path_;
  std::uint64_t position_ = 0;
};

// Writes all packs anew; entries that were large and are not any more come into them.
class Repacking {
 public:
  Repacking(LayerMaker& maker, Layers old, const LayoutPlan& plan,
            std::vector<PlacedEntry>& entries)
      : old_(std::move(old)),
        plan_(plan),
        entries_(entries),
        builder_(maker, plan.pack_bytes_max),
        reader_(old_) {}

  Result<Layers> run(IndexSpool& spool) {
    SOURCEOS_TRY(spool.for_each([this](std::string_view head) { return move_next(head); }));
    SOURCEOS_TRY_ASSIGN(layers_.packs, builder_.finish());
    remove_files(old_.packs);
    for (const std::vector<LayerFile>& segments : old_.large) {
      remove_files(segments);
    }
    return std::move(layers_);
  }

 private:
  Status move_next(std::string_view head) {
    PlacedEntry& entry = entries_[next_++];
    if (entry.size > plan_.pack_entry_bytes_max) {
      layers_.large.push_back(std::exchange(old_.large[entry.group], {}));
      entry.group = static_cast<std::uint32_t>(layers_.large.size() - 1);
      return {};
    }
    SOURCEOS_TRY_ASSIGN(const PackBuilder::Place place,
                        builder_.begin_member(path_of_head(head), entry.size));
    SOURCEOS_TRY(
        reader_.copy(entry, [this](std::string_view bytes) { return builder_.append(bytes); }));
    SOURCEOS_TRY(builder_.end_member());
    entry = {entry.size, place.offset, static_cast<std::uint32_t>(place.pack), false};
    return {};
  }

  Layers old_;
  const LayoutPlan& plan_;
  std::vector<PlacedEntry>& entries_;
  PackBuilder builder_;
  ContentReader reader_;
  Layers layers_;
  std::size_t next_ = 0;
};

}  // namespace

Result<Layers> lay_out_anew(LayerMaker& maker, Layers layers, std::vector<PlacedEntry>& entries,
                            IndexSpool& spool) {
  if (1 + count_files(layers) <= limits::k_layers_max) {
    return layers;
  }
  std::vector<std::uint64_t> sizes;
  sizes.reserve(entries.size());
  for (const PlacedEntry& entry : entries) {
    sizes.push_back(entry.size);
  }
  const LayoutPlan plan = plan_layout(sizes);
  for (std::vector<LayerFile>& segments : layers.large) {
    SOURCEOS_TRY_ASSIGN(segments, join_segments(maker, std::move(segments), plan.segment_bytes));
  }
  if (plan.pack_bytes_max == LayoutPlan{}.pack_bytes_max) {
    return layers;
  }
  return Repacking(maker, std::move(layers), plan, entries).run(spool);
}

}  // namespace sourceos::bundle

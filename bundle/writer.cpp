// Entries go where the first layout puts them (T = 8 MiB, P = 64 MiB, packs of 256 MiB) as they
// come. Only when all have come is it known whether M would have more than 64 layers; then
// segments are joined file by file, and in the rare case that this is not enough, packs are
// written anew. The index comes last, since only then are layer numbers and frames known.
#include "bundle/writer.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "bundle/entry_path.hpp"
#include "bundle/frame.hpp"
#include "bundle/index_spool.hpp"
#include "bundle/layer_builder.hpp"
#include "bundle/layout_plan.hpp"
#include "bundle/relayout.hpp"
#include "core/limits.hpp"
#include "host/fault.hpp"

namespace sourceos::bundle {

namespace {

using Sums = std::map<std::string, std::uint64_t>;
void add_to(Sums& sums, const std::vector<NamedCount>& counts) {
  for (const NamedCount& count : counts) {
    sums[count.name] += count.value;
  }
}
std::vector<NamedCount> to_counts(const Sums& sums) {
  std::vector<NamedCount> counts;
  for (const auto& [name, value] : sums) {
    counts.push_back({name, value});
  }
  return counts;
}

}  // namespace

PreparedEntry prepare(EntryHeader header, const std::optional<SourceFacts>& source,
                      Redacted content) {
  PreparedEntry entry;
  entry.classes_ = content.record().classes;
  entry.line_ = make_index_line(header, content.bytes().size(), sha256(content.bytes()), source,
                                content.record());
  entry.bytes_ = std::move(content).take_bytes();
  return entry;
}

struct BundleWriter::State {
  explicit State(const WriterOptions& options)
      : pool(options.jobs),
        maker(options.directory, pool, options.compression_level),
        packs(maker, LayoutPlan{}.pack_bytes_max),
        spool(options.directory / "index.part") {}

  FramePool pool;
  LayerMaker maker;
  PackBuilder packs;
  std::vector<std::vector<LayerFile>> large;
  std::vector<PlacedEntry> entries;
  IndexSpool spool;
  std::string last_path;
  std::string stream_buffer;  // of the one open stream, kept for the next
  bool has_stream = false;
  Draft draft;
  Sums by_rule;
  Sums by_class;

  // Before an entry is taken.
  Status check(const std::string& path) {
    if (has_stream) {
      return fail(ErrorKind::internal, "index-order", "an entry while another is open");
    }
    SOURCEOS_TRY(check_entry_path(path));
    if (!entries.empty() && path <= last_path) {
      return fail(ErrorKind::internal, "index-order",
                  fmt::format("entry '{}' comes after '{}'", path, last_path));
    }
    if (entries.size() >= limits::k_index_lines_max) {
      return fail(ErrorKind::limit, "limit", "a bundle of more than 1,000,000 entries");
    }
    return {};
  }

  Status put_small(const IndexLine& line, std::string_view bytes) {
    SOURCEOS_TRY_ASSIGN(const PackBuilder::Place place,
                        packs.begin_member(line.path, bytes.size()));
    SOURCEOS_TRY(packs.append(bytes));
    SOURCEOS_TRY(packs.end_member());
    entries.push_back({bytes.size(), place.offset, static_cast<std::uint32_t>(place.pack), false});
    return {};
  }

  Status put_large(SegmentBuilder& segments, std::uint64_t size) {
    SOURCEOS_TRY_ASSIGN(std::vector<LayerFile> files, segments.finish());
    entries.push_back({size, 0, static_cast<std::uint32_t>(large.size()), true});
    large.push_back(std::move(files));
    return {};
  }

  // After the entry's bytes are put.
  Status note(const IndexLine& line, const std::vector<NamedCount>& classes) {
    SOURCEOS_TRY(spool.append(line));
    last_path = line.path;
    draft.entry_count += 1;
    draft.entry_bytes += line.size;
    draft.complete = draft.complete && line.redaction.complete;
    draft.known += line.redaction.known;
    draft.foreign += line.redaction.foreign;
    add_to(by_rule, line.redaction.rules);
    add_to(by_class, classes);
    if (draft.entry_bytes > limits::k_entry_bytes_sum_max) {
      return fail(ErrorKind::limit, "limit", "a bundle of more than 1 TiB of entries");
    }
    return {};
  }

  Status take_layer(LayerFile& file, std::string_view media_type, std::string_view fault);
  Status write_index(Layers& layers);
  std::vector<Where> where_of(const PlacedEntry& entry, const Layers& layers,
                              const std::map<Digest, std::uint64_t>& numbers) const;
};

// Gives a layer its name and its place in M.
Status BundleWriter::State::take_layer(LayerFile& file, std::string_view media_type,
                                       std::string_view fault) {
  SOURCEOS_TRY(host::fault_point(fault));
  const host::fs::path to = maker.directory() / file.summary.digest.hex();
  std::error_code error;
  host::fs::rename(file.path, to, error);
  if (error) {
    return fail(system_error(error.value(), "rename a layer"));
  }
  file.path = to;
  draft.layers.push_back({std::string(media_type), file.summary.digest, file.summary.stored});
  return {};
}

std::vector<Where> BundleWriter::State::where_of(
    const PlacedEntry& entry, const Layers& layers,
    const std::map<Digest, std::uint64_t>& numbers) const {
  if (!entry.is_large) {
    const FrameSummary& pack = layers.packs[entry.group].summary;
    return {{numbers.at(pack.digest), pack.frame_of(entry.offset), entry.offset, entry.size}};
  }
  std::vector<Where> where;
  for (const LayerFile& segment : layers.large[entry.group]) {
    where.push_back({numbers.at(segment.summary.digest), 0, 0, segment.summary.bytes});
  }
  return where;
}

// Layers stand in the order in which the index first names them, each digest once.
Status BundleWriter::State::write_index(Layers& layers) {
  std::map<Digest, std::uint64_t> numbers;
  draft.layers.emplace_back();  // the index itself
  const auto take = [&](LayerFile& file, std::string_view media_type) -> Status {
    const auto [known, is_new] = numbers.try_emplace(file.summary.digest, draft.layers.size());
    if (is_new) {
      return take_layer(file, media_type, "store.blob.rename");
    }
    if (file.path.extension() == ".part") {
      std::error_code ignored;
      host::fs::remove(std::exchange(file.path, {}), ignored);
    }
    return {};
  };
  SOURCEOS_TRY_ASSIGN(LayerMaker::Open index, maker.open("store.index.write"));
  Sha256 hash;
  std::string text;
  std::size_t next = 0;
  const auto flush = [&]() -> Status {
    hash.update(text);
    SOURCEOS_TRY(index.writer.append(text));
    text.clear();
    return {};
  };
  const auto write_line = [&](std::string_view head) -> Status {
    const PlacedEntry& entry = entries[next++];
    if (entry.is_large) {
      for (LayerFile& segment : layers.large[entry.group]) {
        SOURCEOS_TRY(take(segment, k_segment_media_type));
      }
    } else {
      SOURCEOS_TRY(take(layers.packs[entry.group], k_pack_media_type));
    }
    const std::vector<Where> where = where_of(entry, layers, numbers);
    text += head;
    append_index_line_tail(text, where.data(), where.size());
    return text.size() < 64 * limits::k_kib ? Status{} : flush();
  };
  SOURCEOS_TRY(spool.for_each(write_line));
  SOURCEOS_TRY(flush());
  SOURCEOS_TRY_ASSIGN(FrameSummary summary, index.writer.finish());
  if (summary.bytes > limits::k_index_bytes_max) {
    return fail(ErrorKind::limit, "limit", "an index of more than 1 GiB");
  }
  draft.index_digest = hash.finish();
  LayerFile file{std::move(index.path), std::move(summary)};
  SOURCEOS_TRY(take_layer(file, k_index_media_type, "store.index.rename"));
  std::swap(draft.layers.front(), draft.layers.back());
  draft.layers.pop_back();
  return {};
}

BundleWriter::BundleWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BundleWriter::BundleWriter(BundleWriter&&) noexcept = default;
BundleWriter& BundleWriter::operator=(BundleWriter&&) noexcept = default;
BundleWriter::~BundleWriter() = default;

Result<BundleWriter> BundleWriter::create(WriterOptions options) {
  if (options.compression_level < k_compression_level_min ||
      options.compression_level > k_compression_level_max) {
    return fail(ErrorKind::usage, "usage",
                fmt::format("compression level {} is not in {} to {}", options.compression_level,
                            k_compression_level_min, k_compression_level_max));
  }
  return BundleWriter(std::make_unique<State>(options));
}

Status BundleWriter::add(PreparedEntry entry) {
  State& state = *state_;
  SOURCEOS_TRY(state.check(entry.line_.path));
  if (entry.bytes_.size() > limits::k_pack_entry_bytes_max) {
    SegmentBuilder segments(state.maker, limits::k_segment_bytes);
    SOURCEOS_TRY(segments.append(entry.bytes_));
    SOURCEOS_TRY(state.put_large(segments, entry.bytes_.size()));
  } else {
    SOURCEOS_TRY(state.put_small(entry.line_, entry.bytes_));
  }
  return state.note(entry.line_, entry.classes_);
}

Status BundleWriter::add(EntryHeader header, const std::optional<SourceFacts>& source,
                         Redacted content) {
  return add(prepare(std::move(header), source, std::move(content)));
}

Result<Draft> BundleWriter::finish() {
  State& state = *state_;
  if (state.has_stream) {
    return fail(ErrorKind::internal, "index-order", "the bundle ends while an entry is open");
  }
  Layers layers;
  SOURCEOS_TRY_ASSIGN(layers.packs, state.packs.finish());
  layers.large = std::move(state.large);
  SOURCEOS_TRY_ASSIGN(layers,
                      lay_out_anew(state.maker, std::move(layers), state.entries, state.spool));
  SOURCEOS_TRY(state.write_index(layers));
  std::uint64_t stored = 0;
  for (const Descriptor& layer : state.draft.layers) {
    stored += layer.size;
  }
  if (stored > limits::k_bundle_blob_bytes_max) {
    return fail(ErrorKind::limit, "limit", "a bundle of more than 64 GiB");
  }
  state.draft.directory = state.maker.directory();
  state.draft.by_rule = to_counts(state.by_rule);
  state.draft.by_class = to_counts(state.by_class);
  return std::move(state.draft);
}

// Small content waits in memory; past 8 MiB it is known to be a large entry.
struct EntryStream::State {
  State(BundleWriter::State& into, EntryHeader entry_header)
      : writer(into), header(std::move(entry_header)) {
    writer.has_stream = true;
    writer.stream_buffer.clear();
  }
  ~State() {
    if (segments) {
      segments->discard();
    }
    writer.has_stream = false;
  }

  BundleWriter::State& writer;
  EntryHeader header;
  Sha256 hash;
  std::uint64_t size = 0;
  std::optional<SegmentBuilder> segments;

  Status append(std::string_view bytes) {
    hash.update(bytes);
    size += bytes.size();
    if (size > limits::k_pack_entry_bytes_max && !segments) {
      segments.emplace(writer.maker, limits::k_segment_bytes);
      SOURCEOS_TRY(segments->append(writer.stream_buffer));
      writer.stream_buffer.clear();
    }
    if (segments) {
      return segments->append(bytes);
    }
    writer.stream_buffer += bytes;
    return {};
  }
};

EntryStream::EntryStream(std::unique_ptr<State> state) : state_(std::move(state)) {}
EntryStream::EntryStream(EntryStream&&) noexcept = default;
EntryStream& EntryStream::operator=(EntryStream&&) noexcept = default;
EntryStream::~EntryStream() = default;

Result<EntryStream> BundleWriter::open(EntryHeader header) {
  SOURCEOS_TRY(state_->check(header.path));
  return EntryStream(std::make_unique<EntryStream::State>(*state_, std::move(header)));
}

Status EntryStream::append(const RedactedBlock& block) { return state_->append(block.bytes()); }

std::uint64_t EntryStream::bytes() const { return state_->size; }

Status EntryStream::finish(const std::optional<SourceFacts>& source,
                           const RedactionRecord& redaction) {
  const std::unique_ptr<State> state = std::move(state_);
  const IndexLine line =
      make_index_line(state->header, state->size, state->hash.finish(), source, redaction);
  if (state->segments) {
    SOURCEOS_TRY(state->writer.put_large(*state->segments, state->size));
    state->segments.reset();
  } else {
    SOURCEOS_TRY(state->writer.put_small(line, state->writer.stream_buffer));
  }
  return state->writer.note(line, redaction.classes);
}

}  // namespace sourceos::bundle

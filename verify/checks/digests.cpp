// Every stored byte, once: hashed, decompressed, compared with the index, and screened on its way.
// With --fast the stored bytes are hashed and that is all.
//
// When a layer does not read well, its stored bytes are hashed alone: bytes that are not what M
// names are `digest-mismatch`, whatever else they look like.
#include "bundle/frame.hpp"
#include "bundle/pack_check.hpp"
#include "core/limits.hpp"
#include "verify/checks/checks.hpp"
#include "verify/index_reader.hpp"
#include "verify/screening.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>

namespace sourceos::verify::checks {
namespace {

using Problem = IndexFacts::Problem;

Problem problem_of(const Error& error, std::string member) {
  return {stable_reason(error), std::move(member), error.read_out()};
}

class ContentReader {
 public:
  explicit ContentReader(Run& run) : run_(run), layers_(run.manifest->layers) {}

  // --fast
  void hash() {
    run_.content.emplace();
    hash_layers(0);
  }

  void read() {
    run_.content.emplace();
    if (!read_index() || !is_index_usable()) {
      hash_layers(1);
      return;
    }
    sort_by_layer();
    for (std::size_t layer = 1; layer < layers_.size() && !has_problem(); ++layer) {
      read_layer(layer);
    }
    for (std::size_t i = 0; i < segmented_.size() && !has_problem(); ++i) {
      read_segments(run_.index->entries[segmented_[i]]);
    }
  }

 private:
  [[nodiscard]] bool has_problem() const {
    return run_.content->stored.has_value() || run_.content->content.has_value();
  }
  [[nodiscard]] std::string name_of(std::size_t layer) const {
    return layers_[layer].digest.text();
  }

  // The layer's content was read to its end: is it the layer that M names?
  void note(std::size_t layer, const Result<bundle::FrameSummary>& summary, std::string member) {
    if (summary && summary->digest == layers_[layer].digest) {
      return;
    }
    const auto blob = run_.layout.open(layers_[layer].digest);
    const auto stored = blob ? hash_blob(*blob) : Result<bundle::Digest>(fail(blob.error()));
    if (!stored || *stored != layers_[layer].digest) {
      note_stored(layer);
    } else if (!summary) {
      run_.content->content = problem_of(summary.error(), std::move(member));
    }
  }
  void note_stored(std::size_t layer) {
    if (!run_.content->stored) {
      run_.content->stored = {"digest-mismatch", name_of(layer),
                              "the stored bytes have another digest"};
    }
  }

  bool read_index() {
    const auto blob = run_.layout.open(layers_[0].digest);
    IndexFacts facts;
    IndexReader reader(facts);
    Screening screening(run_, "index");
    auto summary = bundle::read_frames(run_.pool, *blob, {limits::k_index_bytes_max, false},
                                       screening.around(reader));
    if (summary) {
      if (const Status finished = reader.finish(); !finished) {
        summary = fail(finished.error());
      }
    }
    note(0, summary, "index");
    screening.collect(run_.content->screen_hits);
    if (!summary || has_problem()) {
      return false;
    }
    run_.index = std::move(facts);
    return true;
  }

  // Whether it makes sense to hold layers against it; if not, the check of what is wrong says so.
  [[nodiscard]] bool is_index_usable() const {
    return !run_.index->order && !run_.index->unique && !run_.index->path;
  }

  // Stored bytes only, side by side on all cores.
  void hash_layers(std::size_t from) {
    std::atomic<std::size_t> next = from;
    std::atomic<std::size_t> running = 0;
    std::vector<char> is_wrong(layers_.size(), 0);
    const auto work = [&] {
      for (std::size_t layer = next++; layer < layers_.size() && !run_.is_late(); layer = next++) {
        const auto blob = run_.layout.open(layers_[layer].digest);
        if (!blob && run_.withheld.contains(layers_[layer].digest)) {
          continue;
        }
        const auto digest = blob ? hash_blob(*blob) : Result<bundle::Digest>(fail(blob.error()));
        is_wrong[layer] = !digest || *digest != layers_[layer].digest ? 1 : 0;
      }
    };
    const std::size_t count = layers_.size() - from;
    const std::size_t threads = std::min<std::size_t>(run_.pool.jobs(), count);
    for (std::size_t i = 1; i < threads; ++i) {
      ++running;
      run_.pool.submit([&] {
        work();
        --running;
        run_.pool.notify();
      });
    }
    work();
    run_.pool.help_until([&] { return running == 0; });
    for (std::size_t layer = from; layer < layers_.size(); ++layer) {
      if (is_wrong[layer] != 0) {
        note_stored(layer);
      }
    }
    if (run_.is_late() && !run_.content->stored) {
      run_.content->stored = {"limit", {}, "the time that --max-seconds allows is over"};
    }
  }

  // Packs and their members in index order; entries in segments.
  void sort_by_layer() {
    members_.resize(layers_.size());
    for (std::size_t i = 0; i < run_.index->entries.size(); ++i) {
      const Entry& entry = run_.index->entries[i];
      if (const auto problem = check_where(entry)) {
        run_.content->content = *problem;
        return;
      }
      const bundle::Where& first = entry.where.front();
      if (layers_[first.layer].media_type == bundle::k_segment_media_type) {
        segmented_.push_back(i);
        continue;
      }
      members_[first.layer].push_back(
          {entry.path, entry.sha256, entry.size, first.frame, first.offset});
    }
  }

  [[nodiscard]] std::optional<Problem> check_where(const Entry& entry) const {
    const auto wrong = [&](std::string detail) {
      return Problem{"descriptor", entry.path, std::move(detail)};
    };
    std::uint64_t sum = 0;
    for (const bundle::Where& where : entry.where) {
      if (where.layer == 0 || where.layer >= layers_.size()) {
        return wrong("it is said to lie in a layer that is none");
      }
      const bool is_segment =
          layers_[where.layer].media_type == bundle::k_segment_media_type;
      if (is_segment ? where.frame != 0 || where.offset != 0 : entry.where.size() != 1) {
        return wrong("it is said to lie where no writer puts it");
      }
      if (where.size > limits::k_entry_bytes_sum_max) {
        return wrong("a part is said to be larger than 1 TiB");
      }
      sum += where.size;
    }
    if (entry.where.empty() || sum != entry.size) {
      return wrong("its parts do not add up to its size");
    }
    return std::nullopt;
  }

  void read_layer(std::size_t layer) {
    if (is_disclosable(layer)) {
      hash_disclosable(layer);
      return;
    }
    if (layers_[layer].media_type == bundle::k_segment_media_type) {
      return;  // read entry by entry
    }
    const auto blob = open_layer(layer);
    if (!blob) {
      return;
    }
    Screening screening(run_, members_[layer]);
    note(layer,
         bundle::check_pack(run_.pool, *blob, members_[layer], screening.inspector()),
         name_of(layer));
    screening.collect(run_.content->screen_hits);
  }

  // A layer with entries of the main index: it may not be left out, whoever says so.
  std::optional<bundle::BlobReader> open_layer(std::size_t layer) {
    auto blob = run_.layout.open(layers_[layer].digest);
    if (!blob) {
      run_.content->stored = {"missing-member", name_of(layer),
                              "only a disclosable layer may be left out"};
      return std::nullopt;
    }
    return std::move(*blob);
  }

  void hash_disclosable(std::size_t layer) {
    const auto blob = run_.layout.open(layers_[layer].digest);
    if (!blob) {
      return;  // withheld: the descriptors check has seen to that
    }
    const auto digest = hash_blob(*blob);
    if (!digest || *digest != layers_[layer].digest) {
      note_stored(layer);
    }
  }

  [[nodiscard]] bool is_disclosable(std::size_t layer) const {
    return std::any_of(run_.index->disclosable.begin(), run_.index->disclosable.end(),
                       [&](const bundle::DisclosableLine& line) { return line.layer == layer; });
  }

  // Entries with the same content share their segments: these are read once.
  void read_segments(const Entry& entry) {
    if (const auto known = whole_.find(entry.where); known != whole_.end()) {
      note_digest(entry, known->second);
      return;
    }
    bundle::Sha256 running;
    std::uint64_t before = 0;
    for (const bundle::Where& where : entry.where) {
      const auto blob = open_layer(where.layer);
      if (!blob) {
        return;
      }
      Screening screening(run_, entry.path, before);
      note(where.layer,
           bundle::check_segment(run_.pool, *blob, where.size, running, screening.inspector()),
           entry.path);
      screening.collect(run_.content->screen_hits);
      if (has_problem()) {
        return;
      }
      before += where.size;
    }
    const bundle::Digest digest = running.finish();
    whole_.emplace(entry.where, digest);
    note_digest(entry, digest);
  }

  void note_digest(const Entry& entry, const bundle::Digest& digest) {
    if (digest != entry.sha256) {
      run_.content->content = {"digest-mismatch", entry.path,
                               "its content is not what the index says"};
    }
  }

  Run& run_;
  const std::vector<bundle::Descriptor>& layers_;
  std::vector<std::vector<bundle::PackMember>> members_;
  std::vector<std::size_t> segmented_;
  std::map<std::vector<bundle::Where>, bundle::Digest> whole_;
};

}  // namespace

CheckResult digests(Run& run) {
  if (!run.layers_are_there) {
    return skipped("needs descriptors");
  }
  ContentReader reader(run);
  if (run.options.level == Level::full) {
    reader.read();
  } else {
    reader.hash();
  }
  if (run.content->stored) {
    return failed(*run.content->stored);
  }
  return pass(fmt::format("{} layers", run.manifest->layers.size()));
}

CheckResult content(Run& run) {
  if (run.options.level == Level::stored) {
    return skipped(k_skipped_when_fast);
  }
  if (!run.content || run.content->stored) {
    return skipped("needs digests");
  }
  if (run.content->content) {
    return failed(*run.content->content);
  }
  if (run.index->order || run.index->unique || run.index->path) {
    return skipped("needs an index in order");
  }
  if (!run.index->disclosable.empty()) {
    return unverifiable("spec-version", {}, "disclosable layers are not looked into");
  }
  return pass(fmt::format("{} entries", run.index->entries.size()));
}

}  // namespace sourceos::verify::checks

// StreamRedactor: a window over the input that keeps what may still bear on a decision.
#include "redact/pipeline_impl.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

namespace sourceos::redact {

namespace {
constexpr std::size_t k_stream_block_bytes = 512 * 1024;

// Two threads know it: the one that has the bytes first, and the one that asks for the result.
class OriginalHash {
 public:
  explicit OriginalHash(std::unique_ptr<Commitment> commitment)
      : commitment_(std::move(commitment)) {}
  void update(std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    commitment_->update(bytes);
    bytes_ += bytes.size();
  }
  // Nothing when it was not over just so many bytes.
  [[nodiscard]] std::optional<std::string> finish(std::uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    return bytes == bytes_ ? std::optional(commitment_->finish_hex()) : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Commitment> commitment_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

struct StreamRedactor::State {
  State(Pipeline::Impl& pipeline, const DocumentOptions& document)
      : impl(&pipeline),
        options(document),
        worker(pipeline),
        passage(pipeline, *worker, document) {
    if (auto commitment = document.size ? pipeline.begin_commitment(document, *document.size) : nullptr) {
      original = std::make_shared<OriginalHash>(std::move(commitment));
    }
  }

  Pipeline::Impl* impl;
  DocumentOptions options;
  BorrowedWorker worker;
  Passage passage;
  std::shared_ptr<OriginalHash> original;  // null: no commitment
  bool is_hashed_elsewhere = false;
  std::string window;            // longer than what it holds
  std::size_t held = 0;
  std::uint64_t base = 0;        // document offset of window[0]
  std::size_t looked_at = 0;     // bytes of the window when it was last advanced
  std::uint64_t total = 0;

  // Where the rest of the block goes; never empty.
  std::span<char> room() {
    const std::size_t block_end = looked_at + k_stream_block_bytes;
    if (window.size() < block_end) {
      window.resize(block_end);
    }
    return std::span(window).subspan(held, block_end - held);
  }

  void take(std::size_t count) {
    held += count;
    if (held == looked_at + k_stream_block_bytes) {
      advance(false);
    }
  }

  void advance(bool final) {
    passage.advance(std::string_view(window).substr(0, held), base, final);
    const std::size_t drop = std::min<std::size_t>(passage.needed_from() - base, held);
    held -= drop;
    std::memmove(window.data(), window.data() + drop, held);
    base += drop;
    looked_at = held;
  }

  // Counts bytes of the input and hashes them, unless another does.
  void note(std::string_view bytes) {
    total += bytes.size();
    if (original != nullptr && !is_hashed_elsewhere) {
      original->update(bytes);
    }
  }
};

StreamRedactor::StreamRedactor(std::unique_ptr<State> state) : state_(std::move(state)) {}
StreamRedactor::~StreamRedactor() = default;
StreamRedactor::StreamRedactor(StreamRedactor&&) noexcept = default;
StreamRedactor& StreamRedactor::operator=(StreamRedactor&&) noexcept = default;

bundle::RedactedBlock StreamRedactor::feed(std::string_view bytes) {
  State& state = *state_;
  state.passage.rewriter.take_out();
  state.note(bytes);
  while (!bytes.empty()) {
    const std::span<char> room = state.room();
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    state.take(count);
  }
  return bundle::RedactedBlock(state.passage.rewriter.fresh());
}

std::span<char> StreamRedactor::room() { return state_->room(); }

bundle::RedactedBlock StreamRedactor::feed_room(std::size_t count) {
  State& state = *state_;
  state.passage.rewriter.take_out();
  state.note({state.room().data(), count});
  state.take(count);
  return bundle::RedactedBlock(state.passage.rewriter.fresh());
}

std::vector<Hit> StreamRedactor::take_hits() {
  // Only hits that have their excerpt.
  std::vector<Hit> hits;
  for (Excerpted& hit : state_->passage.rewriter.take_hits()) {
    hit.hit.excerpt = bundle::RedactedText(std::move(hit.excerpt));
    hits.push_back(std::move(hit.hit));
  }
  return hits;
}

std::function<void(std::string_view)> StreamRedactor::take_commitment() {
  if (state_->original == nullptr) {
    return {};
  }
  state_->is_hashed_elsewhere = true;
  return [original = state_->original](std::string_view bytes) { original->update(bytes); };
}

StreamEnd StreamRedactor::finish() {
  State& state = *state_;
  Rewriter& rewriter = state.passage.rewriter;
  rewriter.take_out();
  state.advance(true);
  bundle::RedactionRecord record;
  state.passage.fill(record);
  record.bytes_scanned = state.total;
  if (state.original != nullptr && state.options.size == state.total) {
    record.commitment = state.original->finish(state.total);
  }
  std::vector<bundle::Finding> findings;
  for (Excerpted& found : rewriter.findings()) {
    const Label& label = state.impl->rules->labels()[found.label];
    findings.push_back({bundle::RedactedText(label.id), label.severity, {}, found.from, found.to,
                        found.line, bundle::RedactedText(std::move(found.excerpt))});
  }
  return {bundle::RedactedBlock(rewriter.fresh()), std::move(record), std::move(findings), take_hits()};
}

StreamRedactor Pipeline::stream(const DocumentOptions& options) const {
  return StreamRedactor(std::make_unique<StreamRedactor::State>(*impl_, options));
}

}  // namespace sourceos::redact

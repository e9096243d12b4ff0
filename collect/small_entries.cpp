// Entries are handed out in chunks, in order. A slot is filled by one worker and emptied by
// take(); workers stay within a window of entries and a budget of bytes before the next slot to be
// taken, whose own entry is always let through, so that nobody waits for ever.
#include "collect/small_entries.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "collect/entry_facts.hpp"
#include "host/hardening.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

constexpr std::size_t k_chunk = 8;
constexpr std::size_t k_window = 256;
constexpr std::uint64_t k_uncounted_bytes = 64 * limits::k_kib;
constexpr std::uint64_t k_bytes_ahead_max = 32 * limits::k_mib;

// One for each worker thread: raw bytes live here and nowhere else.
class ReadBuffer {
 public:
  char* reserve(std::size_t size) {
    if (!buffer_ || buffer_->size() < size) {
      buffer_.emplace(std::max<std::size_t>(size, k_uncounted_bytes));
    }
    return buffer_->data();
  }
  void wipe(std::size_t size) { host::wipe({buffer_->data(), size}); }

 private:
  std::optional<host::RawBuffer> buffer_;
};

struct ReadSource {
  std::size_t size = 0;
  SourceEnd end;
};

// A bad block in the middle cuts the entry there; one that gave nothing at all is an error.
Result<ReadSource> read_whole(ByteSource& source, char* buffer, std::size_t size) {
  ReadSource read;
  std::string broke;
  while (read.size < size) {
    const Result<std::size_t> got = source.read(buffer + read.size, size - read.size);
    if (!got && read.size == 0) {
      return fail(got.error());
    }
    if (!got) {
      broke = got.error().reason;
    }
    if (!got || *got == 0) {
      break;
    }
    read.size += *got;
  }
  SOURCEOS_TRY_ASSIGN(read.end, source.finish());
  if (!broke.empty()) {
    read.end.cut = broke;
  }
  return read;
}

}  // namespace

struct SmallEntries::State {
  struct Chunk {
    std::size_t at = 0;  // the entry it works on
    std::size_t end = 0;
    bool is_abandoned = false;
  };
  struct Slot {
    std::optional<EntryWork> work;
    std::uint64_t counted_bytes = 0;
    std::shared_ptr<Chunk> chunk;
  };

  const redact::Pipeline* pipeline = nullptr;
  std::vector<PlannedEntry>* entries = nullptr;
  std::vector<std::string> collectors;
  std::vector<std::uint64_t> timeouts_ms;
  UtcTime at;

  std::mutex mutex;
  std::condition_variable room;   // for workers: more may be read
  std::condition_variable ready;  // for the owner: the slot it waits for, and the end of all uses
  std::vector<Slot> slots;
  std::size_t next = 0;   // first entry that no chunk has
  std::size_t taken = 0;  // next entry to be taken
  std::uint64_t bytes_ahead = 0;
  std::size_t waiting_for_bytes = 0;  // workers
  std::size_t uses = 0;  // workers that look at `entries` or `pipeline` now
  bool is_stopped = false;

  // Held while a worker touches what the owner of the SmallEntries lends: never while it reads a
  // source, which may hang. Empty when nobody wants the work any more.
  class Use {
   public:
    Use(State& state, const Chunk& chunk) : state_(state) {
      const std::lock_guard lock(state_.mutex);
      is_given_ = !state_.is_stopped && !chunk.is_abandoned;
      state_.uses += is_given_ ? 1 : 0;
    }
    ~Use() {
      const std::lock_guard lock(state_.mutex);
      state_.uses -= is_given_ ? 1 : 0;
      if (state_.is_stopped && state_.uses == 0) {
        state_.ready.notify_all();
      }
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    [[nodiscard]] explicit operator bool() const { return is_given_; }

   private:
    State& state_;
    bool is_given_;
  };

  std::shared_ptr<Chunk> next_chunk() {
    std::unique_lock lock(mutex);
    room.wait(lock, [this] {
      return is_stopped || next >= slots.size() || next < taken + k_window;
    });
    if (is_stopped || next >= slots.size()) {
      return nullptr;
    }
    auto chunk = std::make_shared<Chunk>();
    chunk->at = next;
    chunk->end = next = std::min(next + k_chunk, slots.size());
    return chunk;
  }

  // Waits until `bytes` more fit in the budget, or entry `i` is the one that take() waits for.
  void count_bytes(std::size_t i, std::uint64_t bytes) {
    if (bytes <= k_uncounted_bytes) {
      return;
    }
    std::unique_lock lock(mutex);
    ++waiting_for_bytes;
    room.wait(lock, [&] {
      return is_stopped || i == taken || bytes_ahead + bytes <= k_bytes_ahead_max;
    });
    --waiting_for_bytes;
    bytes_ahead += bytes;
    slots[i].counted_bytes = bytes;
  }

  // Waking costs more than most entries do, so workers hear of room for a chunk, not for an entry.
  void advance_to(std::size_t entry) {
    taken = entry;
    if (entry % k_chunk == 0 || waiting_for_bytes != 0) {
      room.notify_all();
    }
  }

  bool is_wanted(const Chunk& chunk) {
    const std::lock_guard lock(mutex);
    return !is_stopped && !chunk.is_abandoned;
  }

  // A chunk that was left behind no longer owns its slots: its late answer is dropped.
  void put(Chunk& chunk, std::size_t i, EntryWork work) {
    const std::lock_guard lock(mutex);
    if (!is_stopped && !chunk.is_abandoned) {
      slots[i].work = std::move(work);
      chunk.at = i + 1;
      if (i == taken) {
        ready.notify_one();
      }
    }
  }

  EntryWork redact_entry(PlannedEntry& entry, std::string_view bytes, const SourceEnd& end) {
    bundle::Redacted redacted = pipeline->document(bytes, document_options(entry));
    std::vector<bundle::Finding> findings = redacted.findings();
    for (bundle::Finding& finding : findings) {
      finding.entry = entry.path;
    }
    return SmallEntry{
        .prepared = bundle::prepare(entry_header(*pipeline, entry, collectors[entry.collector], at),
                                    source_facts(*pipeline, end.info), std::move(redacted)),
        .findings = std::move(findings),
        .source_bytes = bytes.size(),
        .cut = end.cut};
  }

  static EntryWork too_late() {
    return SkippedEntry{Error(ErrorKind::timeout, "timeout", "the source gave nothing in time")};
  }

  EntryWork work_on(Chunk& chunk, std::size_t i, ReadBuffer& buffer) {
    std::unique_ptr<ByteSource> source;
    {
      const Use use(*this, chunk);
      if (!use) {
        return too_late();
      }
      PlannedEntry& entry = (*entries)[i];
      if (auto* bytes = std::get_if<std::string>(&entry.artifact.content)) {
        EntryWork work = redact_entry(entry, *bytes, {.info = entry.artifact.source, .cut = {}});
        host::wipe(*bytes);
        return work;
      }
      source = std::move(std::get<std::unique_ptr<ByteSource>>(entry.artifact.content));
    }
    return read_and_redact(chunk, i, std::move(source), buffer);
  }

  EntryWork read_and_redact(Chunk& chunk, std::size_t i, std::unique_ptr<ByteSource> source,
                            ReadBuffer& buffer) {
    Result<std::optional<std::uint64_t>> size = source->open();
    if (!size) {
      return SkippedEntry{std::move(size).error()};
    }
    if (!*size || **size > limits::k_pack_entry_bytes_max) {
      return LargeEntry{std::move(source), *size};
    }
    count_bytes(i, **size);
    char* raw = buffer.reserve(**size);
    Result<ReadSource> read = read_whole(*source, raw, **size);
    if (!read) {
      return SkippedEntry{std::move(read).error()};
    }
    const Use use(*this, chunk);
    if (!use) {
      return too_late();
    }
    EntryWork work = redact_entry((*entries)[i], {raw, read->size}, read->end);
    buffer.wipe(read->size);
    return work;
  }

  void run_chunk(Chunk& chunk, ReadBuffer& buffer) {
    for (std::size_t i = chunk.at; i < chunk.end && is_wanted(chunk); ++i) {
      put(chunk, i, work_on(chunk, i, buffer));
    }
  }

  static void start_worker(const std::shared_ptr<State>& state, std::shared_ptr<Chunk> first) {
    std::thread([state, chunk = std::move(first)]() mutable {
      ReadBuffer buffer;
      for (; chunk || (chunk = state->claim()); chunk = nullptr) {
        state->run_chunk(*chunk, buffer);
        if (!state->is_wanted(*chunk)) {
          return;
        }
      }
    }).detach();
  }

  std::shared_ptr<Chunk> claim() {
    std::shared_ptr<Chunk> chunk = next_chunk();
    if (chunk) {
      const std::lock_guard lock(mutex);
      for (std::size_t i = chunk->at; i < chunk->end; ++i) {
        slots[i].chunk = chunk;
      }
    }
    return chunk;
  }

  // Entry `i` hung: its worker is left behind, another one takes the rest of the chunk.
  static void leave_behind(const std::shared_ptr<State>& state, std::size_t i) {
    std::shared_ptr<Chunk> rest;
    {
      const std::lock_guard lock(state->mutex);
      std::shared_ptr<Chunk> chunk = state->slots[i].chunk;
      chunk->is_abandoned = true;
      rest = std::make_shared<Chunk>();
      rest->at = i + 1;
      rest->end = chunk->end;
      for (std::size_t k = i + 1; k < chunk->end; ++k) {
        state->slots[k].chunk = rest;
      }
    }
    start_worker(state, std::move(rest));
  }
};

SmallEntries::SmallEntries(const redact::Pipeline& pipeline, std::vector<PlannedEntry>& entries,
                           const std::vector<Gathered>& gathered, unsigned jobs, UtcTime at)
    : state_(std::make_shared<State>()) {
  state_->pipeline = &pipeline;
  state_->entries = &entries;
  for (const Gathered& one : gathered) {
    state_->collectors.push_back(one.name);
    state_->timeouts_ms.push_back(one.limits.timeout_ms);
  }
  state_->at = at;
  state_->slots.resize(entries.size());
  const std::size_t workers = std::min<std::size_t>(std::max(1U, jobs),
                                                    (entries.size() + k_chunk - 1) / k_chunk);
  for (std::size_t i = 0; i < workers; ++i) {
    State::start_worker(state_, nullptr);
  }
}

SmallEntries::~SmallEntries() {
  std::unique_lock lock(state_->mutex);
  state_->is_stopped = true;
  state_->room.notify_all();
  state_->ready.wait(lock, [this] { return state_->uses == 0; });
}

EntryWork SmallEntries::take(std::size_t i) {
  std::unique_lock lock(state_->mutex);
  State::Slot& slot = state_->slots[i];
  state_->advance_to(i);
  const std::uint64_t timeout_ms = state_->timeouts_ms[(*state_->entries)[i].collector];
  const bool has_come = state_->ready.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                                                 [&slot] { return slot.work.has_value(); });
  if (!has_come) {
    lock.unlock();
    State::leave_behind(state_, i);
    return State::too_late();
  }
  EntryWork work = std::move(*slot.work);
  slot.work.reset();
  state_->bytes_ahead -= slot.counted_bytes;
  state_->advance_to(i + 1);
  return work;
}

}  // namespace sourceos::collect

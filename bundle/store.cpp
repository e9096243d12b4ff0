#include "bundle/store.hpp"

#include <stdlib.h>

#include <cerrno>

#include <fmt/format.h>

#include "bundle/secret.hpp"
#include "bundle/store_growth.hpp"
#include "bundle/store_opening.hpp"
#include "bundle/store_state.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_writer_prefix = "w-";

Result<fs::path> make_writer_directory(const fs::path& tmp) {
  std::string name = (tmp / fmt::format("{}XXXXXX", k_writer_prefix)).native();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(system_error(errno, "make a directory in 'tmp'"));
  }
  return fs::path(name);
}

std::unexpected<Error> no_store(const fs::path& root) {
  return fail(Error(ErrorKind::not_found, "input-missing",
                    fmt::format("expected an evidence store at '{}', there is none",
                                root.native()))
                  .with_next("sourceosctl evidence collect"));
}

Status open_for_writing(StoreState& store) {
  if (store.options.log_signer == nullptr) {
    return fail(ErrorKind::internal, "internal", "a store was opened to write without a log key");
  }
  SOURCEOS_TRY(check_root(store));
  SOURCEOS_TRY_ASSIGN(const host::FileLock lock, host::FileLock::acquire(store.places.lock()));
  SOURCEOS_TRY(make_missing(store));
  SOURCEOS_TRY(open_log_and_key(store));
  clean_up(store.places);
  keep_reserve(store.places);
  return {};
}

}  // namespace

fs::path default_store_root(const host::Environment& environment) {
  return environment.state_root / "evidence";
}

// --- Scratch

struct Scratch::State {
  fs::path path;
  host::FileLock lock;
};

Scratch::Scratch(std::unique_ptr<State> state) : state_(std::move(state)) {}
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

Scratch::~Scratch() {
  if (state_) {
    (void)host::remove_tree(state_->path);
  }
}

const fs::path& Scratch::path() const { return state_->path; }

// --- Store

Store::Store(std::unique_ptr<StoreState> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const host::Host& host, StoreOptions options) {
  auto state = std::make_unique<StoreState>(host, std::move(options));
  const std::string doing = fmt::format("open the store '{}'", state->options.root.native());
  if (state->options.access == StoreAccess::read) {
    if (!host::describe(state->places.root()) || !host::describe(state->places.log())) {
      return no_store(state->places.root());
    }
    SOURCEOS_TRY_CONTEXT(check_root(*state), doing);
    SOURCEOS_TRY_CONTEXT(open_log_and_key(*state), doing);
    return Store(std::move(state));
  }
  if (Status opened = open_for_writing(*state); !opened) {
    return fail(as_unavailable(std::move(opened).error()).with_context(doing));
  }
  SOURCEOS_TRY_CONTEXT(check_may_grow(*state), doing);
  if (auto recovered = Growth::begin(*state); !recovered) {
    return fail(as_unavailable(std::move(recovered).error()).with_context(doing));
  }
  return Store(std::move(state));
}

Result<std::string> Store::begin_successor(const host::Host& host, StoreOptions options,
                                           const RedactedText& reason) {
  StoreState state(host, std::move(options));
  state.options.access = StoreAccess::write;
  SOURCEOS_TRY(open_for_writing(state));
  SOURCEOS_TRY_ASSIGN(const host::FileLock lock, host::FileLock::acquire(state.places.lock()));
  return succeed_log(state, reason);
}

const fs::path& Store::root() const { return state_->places.root(); }
std::string Store::log_id() const { return state_->opened.log_id; }
const log::HostLog& Store::log() const { return *state_->log; }

Status Store::check_room(Purpose purpose) const {
  if (purpose == Purpose::act) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const Heads heads, state_->heads());
  if (heads.blob_bytes <= state_->options.quota_bytes) {
    return {};
  }
  return fail(Error(ErrorKind::refused, "store-quota",
                    fmt::format("expected at most {} bytes in the store, there are {}",
                                state_->options.quota_bytes, heads.blob_bytes))
                  .with_next("sourceosctl evidence gc --keep-days 90 --dry-run"));
}

// A cleaner may take the new directory before its lock is held; then another is made.
Result<Scratch> Store::make_scratch() {
  SOURCEOS_TRY(state_->require_write());
  for (;;) {
    auto path = make_writer_directory(state_->places.tmp());
    if (!path) {
      return fail(as_unavailable(std::move(path).error()));
    }
    auto lock = host::FileLock::acquire(*path / "lock");
    if (lock) {
      return Scratch(std::make_unique<Scratch::State>(Scratch::State{*path, std::move(*lock)}));
    }
    if (lock.error().kind != ErrorKind::not_found) {
      return fail(as_unavailable(std::move(lock).error()));
    }
  }
}

// --- leaves with a document

namespace {

Result<std::uint64_t> append_document(StoreState& store, log::LeafKind kind,
                                      std::string_view document,
                                      const std::optional<Digest>& bundle,
                                      std::optional<std::uint64_t> ref) {
  auto growth = Growth::begin(store);
  if (!growth) {
    return fail(as_unavailable(std::move(growth).error()));
  }
  auto seq = growth->commit_document(kind, document, bundle, ref);
  if (!seq) {
    return fail(as_unavailable(std::move(seq).error())
                    .with_context(fmt::format("append a leaf '{}'", log::to_string(kind))));
  }
  return seq;
}

}  // namespace

Result<std::uint64_t> Store::append_intent(const RedactedJson& document) {
  return append_document(*state_, log::LeafKind::intent, document.canonical(), {}, {});
}

Result<std::uint64_t> Store::append_recovered(std::uint64_t intent,
                                              const RedactedJson& document) {
  return append_document(*state_, log::LeafKind::recovered, document.canonical(), {}, intent);
}

Result<std::uint64_t> Store::append_change(const RedactedJson& document,
                                           const std::optional<Digest>& bundle) {
  return append_document(*state_, log::LeafKind::change, document.canonical(), bundle, {});
}

Status Store::hold(const Digest& id, Hold what, const RedactedText& reason) {
  SOURCEOS_TRY_ASSIGN(const BundleFacts facts, state_->facts(id));
  const std::string document =
      write_change_document({what == Hold::set ? "hold" : "release", reason.str()});
  const auto seq = append_document(*state_, log::LeafKind::change, document, facts.id, facts.seq);
  return seq ? Status() : fail(seq.error());
}

Status Store::note_export(const Digest& id, const RedactedText& target) {
  SOURCEOS_TRY_ASSIGN(const BundleFacts facts, state_->facts(id));
  const std::string document = write_change_document({"export", target.str()});
  const auto seq = append_document(*state_, log::LeafKind::change, document, facts.id, facts.seq);
  return seq ? Status() : fail(seq.error());
}

Status Store::free_reserve() { return bundle::free_reserve(state_->places); }

Result<SecretBytes> Store::derive(std::string_view label, std::string_view context) const {
  if (state_->key.empty()) {
    return fail(ErrorKind::not_found, "input-missing",
                "expected a key in the store, there is none");
  }
  return derive_key(state_->key, label, context);
}

}  // namespace sourceos::bundle

#include "bundle/store_opening.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "bundle/log/host_log_writer.hpp"
#include "bundle/manifest.hpp"
#include "bundle/secret.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/ownership.hpp"

namespace sourceos::bundle {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_nonce_bytes = 16;
constexpr std::size_t k_top_entries_max = 1000;
constexpr std::size_t k_writers_max = 100'000;
constexpr std::string_view k_machine_label = "machine/v1";

bool is_our_name(const std::string& name) {
  constexpr std::array<std::string_view, 12> k_names = {
      "oci-layout", "index.json", "blobs",   "referrers", "log",     "log.new",
      "log-old",    "heads.json", "secrets", "tmp",       "reserve", "lock"};
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end() ||
         (name.starts_with('.') && name.ends_with(".tmp"));
}

Status check_owner(const fs::path& path, std::string_view shown) {
  const auto facts = host::describe(path);
  if (facts && facts->uid != ::geteuid()) {
    return fail(ErrorKind::refused, "store-owner",
                fmt::format("expected '{}' to belong to the user, it belongs to uid {}", shown,
                            facts->uid));
  }
  return {};
}

// The machine's id under the store key; nothing on a machine that has none.
Result<std::optional<std::string>> machine_tag(const StoreState& store) {
  const auto text = host::read_file(host::system_path(store.environment, "/etc/machine-id"),
                                    limits::k_kib);
  if (!text || text::trim(*text).empty()) {
    return std::nullopt;
  }
  const SecretBytes key = derive_key(store.key, k_machine_label, "");
  return hex_encode(keyed_hash(key, text::trim(*text)));
}

Status make_constant_file(const fs::path& path, std::string_view content) {
  if (host::describe(path)) {
    return {};
  }
  return host::write_file_atomically(path, content, 0600, host::Durability::synced);
}

Status load_key(StoreState& store) {
  SOURCEOS_TRY(check_owner(store.places.key(), "secrets/store.key"));
  const auto facts = host::describe(store.places.key());
  if (facts && (facts->mode & 077) != 0) {
    return fail(Error(ErrorKind::refused, "key-permissions",
                      fmt::format("expected mode 0600 on 'secrets/store.key', there is {:04o}",
                                  facts->mode))
                    .with_next("chmod 600 " + text::shell_word(store.places.key().native())));
  }
  SOURCEOS_TRY_ASSIGN(std::string bytes,
                      host::read_file(store.places.key(), k_store_key_size + 1));
  if (bytes.size() != k_store_key_size) {
    wipe(bytes);
    return fail(ErrorKind::malformed, "malformed",
                fmt::format("expected a store key of {} bytes, there is another",
                            k_store_key_size));
  }
  store.key = SecretBytes::take(bytes);
  return {};
}

Status make_key(StoreState& store) {
  if (host::describe(store.places.key())) {
    return load_key(store);
  }
  std::string bytes = store.random->bytes(k_store_key_size);
  const Status written =
      host::write_file_atomically(store.places.key(), bytes, 0600, host::Durability::synced);
  store.key = SecretBytes::take(bytes);
  return written;
}

void remove_halves(const fs::path& directory) {
  std::error_code error;
  for (auto it = fs::directory_iterator(directory, error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with('.') && name.ends_with(".tmp")) {
      ::unlink(it->path().c_str());
    }
  }
}

// The log is built beside and renamed, so that a log always has a first leaf and a checkpoint.
Status build_log(StoreState& store, std::optional<OpenDocument::Succeeds> succeeds) {
  const StorePlaces& places = store.places;
  SOURCEOS_TRY(host::remove_tree(places.new_log()));
  remove_halves(places.blobs());
  OpenDocument document;
  document.key = store.options.log_signer->public_key();
  const std::string nonce = store.random->bytes(k_nonce_bytes);
  document.nonce = hex_encode(nonce);
  document.log_id = log_id_of(document.key, nonce);
  SOURCEOS_TRY_ASSIGN(document.machine_tag, machine_tag(store));
  document.succeeds = std::move(succeeds);

  const std::string text = write_open_document(document);
  const Digest payload = sha256(text);
  SOURCEOS_TRY(host::write_file_atomically(places.blob(payload), text, 0600,
                                           host::Durability::synced, "store.record"));
  const log::Leaf first{0, log::LeafKind::open, std::nullopt, payload, std::nullopt,
                        format_seconds(store.clock->now())};
  return log::LogWriter::create(places.new_log(),
                                log::origin_of(document.log_id, store.environment.test_seams),
                                first, *store.options.log_signer);
}

Status put_log_in_place(const StorePlaces& places) {
  SOURCEOS_TRY(rename_file(places.new_log(), places.log(), "store.leaf.rename"));
  return host::sync_directory(places.root());
}

// Also finishes what a crash between two renames left.
Status make_log(StoreState& store) {
  if (host::describe(store.places.log())) {
    return {};
  }
  if (!host::describe(store.places.new_log() / "checkpoint")) {
    SOURCEOS_TRY(build_log(store, std::nullopt));
  }
  return put_log_in_place(store.places);
}

Status check_machine(const StoreState& store) {
  SOURCEOS_TRY_ASSIGN(const auto tag, machine_tag(store));
  if (tag == store.opened.machine_tag) {
    return {};
  }
  return fail(Error(ErrorKind::refused, "store-cloned",
                    "expected the machine on which this log began, this is another: the store "
                    "was copied or the machine's id has changed")
                  .with_next("sourceosctl evidence log new --succeeds"));
}

// The lock of a writer's directory when the writer is gone. It is held while the directory is
// removed, or a new writer could begin in it.
std::optional<host::FileLock> take_abandoned(const fs::path& directory) {
  auto lock = host::FileLock::try_acquire(directory / "lock");
  return lock ? std::move(*lock) : std::nullopt;
}

void clean_gc(const fs::path& directory, const StorePlaces& places) {
  const std::string waits_for =
      host::read_file(directory / "writers", limits::k_mib).value_or(std::string());
  for (const std::string_view writer : text::lines(waits_for)) {
    const fs::path path = places.tmp() / writer;
    if (host::describe(path) && !take_abandoned(path)) {
      return;
    }
  }
  (void)host::remove_tree(directory);
}

}  // namespace

Status check_root(const StoreState& store) {
  const fs::path& root = store.places.root();
  SOURCEOS_TRY(check_owner(root, root.native()));
  auto opened = store.options.access == StoreAccess::write
                    ? host::make_owned_directory(root, ::geteuid())
                    : host::open_owned_directory(root, ::geteuid());
  if (!opened) {
    return fail(std::move(opened).error());
  }
  if (store.options.access == StoreAccess::write) {
    SOURCEOS_TRY(host::check_store_file_system(*opened));
  }
  for (const char* part : {"blobs", "log", "secrets", "heads.json"}) {
    SOURCEOS_TRY(check_owner(root / part, part));
  }
  if (host::describe(root / "log")) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const auto entries, host::list_directory(*opened, k_top_entries_max));
  for (const auto& entry : entries) {
    if (!is_our_name(entry.name)) {
      return fail(ErrorKind::refused, "foreign-store",
                  fmt::format("expected an evidence store or an empty directory at '{}', there "
                              "is '{}' in it",
                              root.native(), entry.name));
    }
  }
  return {};
}

Status make_missing(StoreState& store) {
  const StorePlaces& places = store.places;
  for (const fs::path& folder : {places.blobs(), places.referrers(), places.old_logs(),
                                 places.key().parent_path(), places.tmp()}) {
    SOURCEOS_TRY(host::make_directories(folder, 0700));
  }
  SOURCEOS_TRY(make_constant_file(places.root() / "oci-layout", write_oci_layout()));
  SOURCEOS_TRY(make_constant_file(places.root() / "index.json", write_layout_index({})));
  SOURCEOS_TRY(make_constant_file(places.blob(sha256(k_empty_config)), k_empty_config));
  SOURCEOS_TRY(make_key(store));
  return make_log(store);
}

Status open_log_and_key(StoreState& store) {
  if (store.key.empty() && host::describe(store.places.key())) {
    SOURCEOS_TRY(load_key(store));
  }
  auto opened = log::HostLog::open(store.places.log());
  if (!opened) {
    return fail(std::move(opened).error());
  }
  store.log.emplace(std::move(*opened));
  const bool is_test = store.log->checkpoint().origin.starts_with(log::k_test_origin_prefix);
  if (is_test != store.environment.test_seams) {
    return fail(ErrorKind::refused, "test-seams",
                is_test ? "expected a store of real evidence, this is one of test seams"
                        : "expected a store of test seams, this is one of real evidence");
  }
  SOURCEOS_TRY_ASSIGN(const log::StoredLeaf first, store.log->leaf(0));
  SOURCEOS_TRY_ASSIGN(const std::string text, store.document(first.leaf));
  SOURCEOS_TRY_ASSIGN(store.opened, parse_open_document(text));
  if (store.log->checkpoint().origin !=
      log::origin_of(store.opened.log_id, store.environment.test_seams)) {
    return fail(ErrorKind::malformed, "log-fork",
                "expected a checkpoint of the log that leaf 0 opened, this is another's");
  }
  return {};
}

Status check_may_grow(const StoreState& store) {
  if (store.opened.key != store.options.log_signer->public_key()) {
    return fail(Error(ErrorKind::refused, "log-key",
                      "expected the log key that this log began with, there is another")
                    .with_next("sourceosctl evidence log new --succeeds"));
  }
  SOURCEOS_TRY(check_machine(store));
  return store.check_anchors();
}

void clean_up(const StorePlaces& places) {
  remove_halves(places.root());
  remove_halves(places.log());
  const auto directory = host::open_directory(places.tmp());
  const auto entries = directory ? host::list_directory(*directory, k_writers_max)
                                 : Result<std::vector<host::DirectoryEntry>>();
  if (!directory || !entries) {
    return;
  }
  for (const auto& entry : *entries) {
    const fs::path path = places.tmp() / entry.name;
    if (entry.name.starts_with("gc-")) {
      clean_gc(path, places);
    } else if (const auto lock = take_abandoned(path)) {
      (void)host::remove_tree(path);
    }
  }
}

Result<std::string> succeed_log(StoreState& store, const RedactedText& reason) {
  const StorePlaces& places = store.places;
  SOURCEOS_TRY(build_log(store, OpenDocument::Succeeds{store.opened.log_id,
                                                       store.log->checkpoint_text(),
                                                       reason.str()}));
  SOURCEOS_TRY(rename_file(places.log(), places.old_logs() / store.opened.log_id,
                           "store.leaf.rename"));
  SOURCEOS_TRY(put_log_in_place(places));
  SOURCEOS_TRY(open_log_and_key(store));
  return store.opened.log_id;
}

}  // namespace sourceos::bundle

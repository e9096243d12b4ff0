// Puts small bundles into an account's store through the library.
//
//   bench_store fill STORE COUNT [ARCHIVES]   without waiting for the disk; ARCHIVES gets each bundle
//   bench_store append STORE COUNT            durably; prints "inner <seconds for each> 0"
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "bundle/archive.hpp"
#include "bundle/key.hpp"
#include "bundle/store.hpp"
#include "bundle/writer.hpp"
#include "host/files.hpp"
#include "host/system_host.hpp"
#include "tests/unit/bundle/sample_record.hpp"

namespace {

bool waits_for_disk = true;

}  // namespace

// Stands before libc's: a store of 100,000 bundles that is made to be measured need not survive a
// power cut.
extern "C" int fsync(int file) {
  return waits_for_disk ? static_cast<int>(::syscall(SYS_fsync, file)) : 0;
}

namespace {

using namespace sourceos;
using tests::operator""_r;
namespace fs = std::filesystem;

// The account that HOME names, as the program itself would use it.
struct Account {
  std::unique_ptr<host::SystemHost> system;
  std::unique_ptr<bundle::Signer> bundle_key;
  std::unique_ptr<bundle::Signer> log_key;

  [[nodiscard]] static Result<Account> open() {
    Account account;
    SOURCEOS_TRY_ASSIGN(account.system, host::SystemHost::create());
    host::Host& host = account.system->host();
    const bundle::KeyDirectory keys(host.environment.config_root / "keys",
                                    bundle::KeyRealm::production);
    SOURCEOS_TRY_ASSIGN(account.bundle_key, keys.load_or_create(bundle::KeyRole::bundle, host.random));
    SOURCEOS_TRY_ASSIGN(account.log_key, keys.load_or_create(bundle::KeyRole::log, host.random));
    return account;
  }

  [[nodiscard]] Result<bundle::Store> store(const fs::path& root) const {
    bundle::StoreOptions options;
    options.root = root;
    options.access = bundle::StoreAccess::write;
    options.log_signer = log_key.get();
    return bundle::Store::open(system->host(), std::move(options));
  }
};

bundle::Record small_record(const std::string& run_id, UtcTime now) {
  bundle::Record record = tests::sample_record();
  record.run_id = run_id;
  record.started_at = now;
  record.finished_at = now;
  record.sequence = {};
  record.findings.clear();
  record.mounts.clear();
  record.grants.clear();
  record.actions.clear();
  record.collectors = {{"files"_r, bundle::CollectorStatus::ok, {}, 1, 0, 1}};
  record.parent.reset();
  record.recipients.clear();
  record.ignored_seams.clear();
  return record;
}

Result<bundle::SealedBundle> seal_one(bundle::Store& store, const Account& account) {
  host::Host& host = account.system->host();
  const UtcTime now = host.clock.now();
  const std::string run_id = bundle::sha256(host.random.bytes(16)).hex().substr(0, 32);
  SOURCEOS_TRY_ASSIGN(const bundle::Scratch scratch, store.make_scratch());
  const fs::path directory = scratch.path() / "layers";
  SOURCEOS_TRY(host::make_directories(directory, 0700));
  SOURCEOS_TRY_ASSIGN(auto writer, bundle::BundleWriter::create({directory, 1, 1}));
  const std::string content = "what was seen in run " + run_id + "\n";
  bundle::RedactionRecord redaction;
  redaction.bytes_scanned = content.size();
  SOURCEOS_TRY(writer.add({"files/note.txt", "file"_r, "text/plain"_r, "files"_r, now}, std::nullopt,
                          redact::Pipeline::content(content, redaction)));
  SOURCEOS_TRY_ASSIGN(const bundle::Draft draft, writer.finish());
  bundle::Record record = small_record(run_id, now);
  record.entry_count = draft.entry_count;
  record.entry_bytes = draft.entry_bytes;
  record.collectors.front().bytes = draft.entry_bytes;
  record.index_digest = draft.index_digest;
  record.redaction.by_rule = draft.by_rule;
  record.redaction.by_class = draft.by_class;
  return store.seal(draft, std::move(record), {*account.bundle_key, *account.log_key});
}

Status write_archive(const bundle::Store& store, const bundle::Digest& id, const fs::path& path) {
  SOURCEOS_TRY_ASSIGN(const auto layout, store.layout(id));
  SOURCEOS_TRY_ASSIGN(const host::Descriptor file, bundle::create_blob_file(path));
  return bundle::write_archive(*layout, file);
}

Status fill(const fs::path& root, std::size_t count, const fs::path& archives) {
  waits_for_disk = false;
  if (!archives.empty()) {
    fs::create_directories(archives);
  }
  SOURCEOS_TRY_ASSIGN(const Account account, Account::open());
  SOURCEOS_TRY_ASSIGN(bundle::Store store, account.store(root));
  for (std::size_t i = 0; i < count; ++i) {
    SOURCEOS_TRY_ASSIGN(const bundle::SealedBundle sealed, seal_one(store, account));
    if (!archives.empty()) {
      SOURCEOS_TRY(write_archive(store, sealed.id, archives / fmt::format("{:06}.evidence.tar", i)));
    }
  }
  return {};
}

// As a command does it: open the store, make a bundle, seal it.
Status append(const fs::path& root, std::size_t count) {
  SOURCEOS_TRY_ASSIGN(const Account account, Account::open());
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    SOURCEOS_TRY_ASSIGN(bundle::Store store, account.store(root));
    SOURCEOS_TRY(seal_one(store, account));
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf("inner %.6f 0\n", taken.count() / static_cast<double>(count));
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view work = argc >= 4 ? argv[1] : "";
  if (work != "fill" && work != "append") {
    std::fputs("usage: bench_store fill|append STORE COUNT [ARCHIVES]\n", stderr);
    return 2;
  }
  const std::size_t count = std::strtoull(argv[3], nullptr, 10);
  const Status done =
      work == "append" ? append(argv[2], count) : fill(argv[2], count, argc > 4 ? argv[4] : "");
  if (!done) {
    std::fprintf(stderr, "bench_store: %s\n", done.error().read_out().c_str());
    return 1;
  }
  return 0;
}

// Whatever the instant at which a writer dies, the store holds whole bundles only, the log has no
// gap, and what was reported done is there.

#include <signal.h>
#include <sys/mount.h>

#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "bundle/layout.hpp"
#include "bundle/log/host_log.hpp"
#include "bundle/store_growth.hpp"
#include "tests/unit/bundle/sample_store.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::bundle;
using namespace sourceos::tests;

namespace {

constexpr int k_crashed = 137;

constexpr std::array<const char*, 18> k_points = {
    "store.blob.write",   "store.blob.fsync",       "store.blob.rename",
    "store.index.write",  "store.index.fsync",      "store.index.rename",
    "store.record.write", "store.record.fsync",     "store.record.rename",
    "store.leaf.write",   "store.leaf.fsync",       "store.leaf.rename",
    "store.heads.write",  "store.heads.fsync",      "store.heads.rename",
    "store.checkpoint.write", "store.checkpoint.fsync", "store.checkpoint.rename"};

// Seals with a fault set from the start, or only once the layers are written.
enum class From { start, seal };

int seal_with_fault(SampleStore& sample, const std::string& fault, From from,
                    std::uint64_t intent) {
  auto store = sample.try_open();
  if (!store || (from == From::start && !host::arm_faults(fault))) {
    return 3;
  }
  Record record = plain_record("new");
  record.sequence.intent = intent;
  const auto scratch = store->make_scratch();
  if (!scratch || !host::make_directories(scratch->path() / "layers", 0700)) {
    return 1;
  }
  auto writer = BundleWriter::create({scratch->path() / "layers", 1, 1});
  const Status added = writer->add({"facts/sample.txt", "file"_r, "text/plain"_r, "files"_r, {}},
                                   std::nullopt, redact::Pipeline::content("new"));
  const auto draft = added ? writer->finish() : Result<Draft>(std::unexpected(added.error()));
  if (!draft) {
    return 1;
  }
  if (from == From::seal && !host::arm_faults(fault)) {
    return 3;
  }
  return store->seal(*draft, record, {*sample.bundle_key, *sample.log_key}) ? 0 : 1;
}

std::size_t count_bundles(const Store& store) {
  ListOptions all;
  all.rows_max = 0;
  return store.list(all)->size();
}

void check_log(const Store& store, const SampleStore& sample) {
  for (const auto& fault : store.log().verify(sample.log_key->public_key())) {
    FAIL_CHECK(fault.reason, ": ", fault.detail);
  }
}

void check_after(SampleStore& sample, int exit_code, std::uint64_t intent) {
  check_whole(sample);  // as a reader finds it, before anything is recovered
  Store store = sample.open();
  check_whole(sample);
  check_log(store, sample);
  const std::size_t bundles = count_bundles(store);
  CHECK(bundles >= 2);
  CHECK(bundles <= 3);
  if (exit_code == 0) {
    CHECK(bundles == 3);
  }
  // The intent is closed exactly when its bundle exists.
  CHECK(store.open_intents()->size() == (bundles == 3 ? 0 : 1));
  CHECK(std::filesystem::is_empty(sample.root / "log/pending"));
  CHECK(std::filesystem::is_empty(sample.root / "tmp"));
  if (bundles == 2) {
    Record record = plain_record("again");
    record.sequence.intent = intent;
    CHECK(try_seal(store, sample, "again", record));
  }
  (void)seal(store, sample, "later");
  check_whole(sample);
}

}  // namespace

TEST_CASE("a writer may die or fail at any point of a seal") {
  for (const char* point : k_points) {
    const bool of_layers = std::string_view(point).starts_with("store.blob") ||
                           std::string_view(point).starts_with("store.index");
    for (const From from : {From::start, From::seal}) {
      if (from == From::start && !of_layers) {
        continue;  // the layers' writer reaches no other point
      }
      for (const char* kind : {":crash", ":error", ":enospc"}) {
        const std::string fault = std::string(point) + kind;
        CAPTURE(fault);
        SampleStore sample;
        std::uint64_t intent = 0;
        {
          Store store = sample.open();
          (void)seal(store, sample, "one");
          (void)seal(store, sample, "two");
          intent = *store.append_intent(intent_document("local"));
        }
        const int code = in_child([&] { return seal_with_fault(sample, fault, from, intent); });
        CHECK((code == 0 || code == 1 || code == k_crashed));
        check_after(sample, code, intent);
      }
    }
  }
}

TEST_CASE("a writer may die or fail at any point of making a store") {
  for (const char* point : k_points) {
    for (const char* kind : {":crash", ":error"}) {
      const std::string fault = std::string(point) + kind;
      CAPTURE(fault);
      SampleStore sample;
      const int code = in_child([&] {
        if (!host::arm_faults(fault)) {
          return 3;
        }
        return sample.try_open() ? 0 : 1;
      });
      CHECK(code != 3);
      Store store = sample.open();
      CHECK(store.log().size() == 1);
      (void)seal(store, sample, "one");
      check_whole(sample);
      check_log(store, sample);
    }
  }
}

TEST_CASE("an intent that was reported is there, whatever comes after") {
  for (const char* point : k_points) {
    for (const char* kind : {":crash", ":error"}) {
      const std::string fault = std::string(point) + kind;
      CAPTURE(fault);
      SampleStore sample;
      { const Store store = sample.open(); }
      const int code = in_child([&] {
        auto store = sample.try_open();
        if (!store || !host::arm_faults(fault)) {
          return 3;
        }
        return store->append_intent(intent_document("local")) ? 0 : 1;
      });
      Store store = sample.open();
      const std::size_t open = store.open_intents()->size();
      CHECK(open <= 1);
      if (code == 0) {
        CHECK(open == 1);
      }
      check_whole(sample);
      check_log(store, sample);
    }
  }
}

TEST_CASE("gc may die at any point and goes on the next time") {
  for (const char* point : {"store.record.write", "store.record.fsync", "store.record.rename",
                            "store.leaf.write", "store.leaf.fsync", "store.checkpoint.rename",
                            "store.gc.write", "store.gc.rename", "store.heads.rename"}) {
    const std::string fault = std::string(point) + ":crash";
    CAPTURE(fault);
    SampleStore sample;
    Digest kept;
    {
      Store store = sample.open();
      for (const char* content : {"one", "two", "three"}) {
        (void)seal(store, sample, content);
      }
      kept = seal(store, sample, "four").id;
    }
    GcOptions options;
    options.keep_last = 1;
    options.force = true;
    options.reason = "test"_r;
    const int code = in_child([&] {
      auto store = sample.try_open();
      if (!store || !host::arm_faults(fault)) {
        return 3;
      }
      return store->gc(options) ? 0 : 1;
    });
    CHECK(code == k_crashed);
    check_whole(sample);
    Store store = sample.open();
    REQUIRE(store.gc(options));
    CHECK(store.gc({})->blobs_removed == 0);
    CHECK(store.layout(kept));
    check_whole(sample);
    check_log(store, sample);
  }
}

TEST_CASE("kill -9 at any time loses nothing that was reported") {
  SampleStore sample;
  { const Store store = sample.open(); }
  const std::filesystem::path done = sample.fake.home / "done";
  std::ofstream(done).flush();
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto store = sample.try_open();
      for (int i = 0; store && i < 1000; ++i) {
        const std::string content = fmt::format("{} {}", round, i);
        const auto sealed = try_seal(*store, sample, content, plain_record(content));
        if (sealed) {
          std::ofstream(done, std::ios::app) << sealed->id.hex() << "\n" << std::flush;
        }
      }
      ::_exit(0);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(7 + 3 * round));
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
  }
  Store store = sample.open();
  std::ifstream reported(done);
  std::size_t count = 0;
  for (std::string hex; std::getline(reported, hex) && hex.size() == 64; ++count) {
    CHECK(store.layout(*Digest::parse_hex(hex)));
  }
  CHECK(count_bundles(store) >= count);
  check_whole(sample);
  check_log(store, sample);
}

TEST_CASE("200 writers at once leave a log without gap and whole bundles") {
  SampleStore sample;  // the store itself is made by the first of them
  std::vector<pid_t> children;
  for (int i = 0; i < 200; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto store = sample.try_open();
      if (!store) {
        MESSAGE(store.error().read_out());
        ::_exit(2);
      }
      const std::string content = fmt::format("writer {}", i);
      const auto done =
          try_seal(*store, sample, i % 2 == 0 ? "shared" : content, plain_record(content));
      if (!done) {
        MESSAGE(done.error().read_out());
      }
      ::_exit(done ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  Store store = sample.open();
  CHECK(store.log().size() == 201);
  CHECK(count_bundles(store) == 200);
  CHECK(std::filesystem::is_empty(sample.root / "tmp"));
  check_whole(sample);
  check_log(store, sample);
}

TEST_CASE("gc beside writers takes nothing that a bundle needs") {
  SampleStore sample;
  { const Store store = sample.open(); }
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto store = sample.try_open();
      bool done = store.has_value();
      for (int k = 0; done && k < 6; ++k) {
        // All share one pack, which gc takes as soon as no bundle that stays has it.
        done = try_seal(*store, sample, "shared", plain_record(fmt::format("{} {}", i, k)))
                   .has_value();
        GcOptions options;
        options.keep_last = 1;
        options.force = true;
        options.reason = "race"_r;
        done = done && (i % 4 != 0 || store->gc(options));
      }
      ::_exit(done ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  Store store = sample.open();
  check_whole(sample);
  check_log(store, sample);
  ListOptions all;
  all.rows_max = 0;
  std::size_t standing = 0;
  const auto rows = store.list(all);
  for (const ListRow& row : *rows) {
    standing += row.pruned ? 0U : 1U;
  }
  CHECK(count_bundles(store) == 48);
  CHECK(standing >= 1);
}

namespace {

// A small file system of its own; nothing when this machine does not let us.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path path, const char* options) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, options) == 0;
  }
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(path_.c_str(), MNT_DETACH);
    }
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] bool make_read_only() const {
    return ::mount(nullptr, path_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0;
  }
  // Leaves this much room.
  void fill(std::uint64_t leave_bytes) const {
    std::error_code error;
    const auto space = std::filesystem::space(path_, error);
    if (space.available > leave_bytes) {
      std::ofstream filler(path_ / "filler", std::ios::binary);
      const std::string block(space.available - leave_bytes, 'x');
      filler << block;
    }
  }

 private:
  std::filesystem::path path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a disk that fills at any write leaves a whole store") {
  for (std::uint64_t left_kib = 0; left_kib <= 72; left_kib += 4) {
    CAPTURE(left_kib);
    SampleStore sample;
    const SmallDisk disk(sample.fake.home / "disk", "size=20m,mode=0700");
    if (!disk.mounted()) {
      MESSAGE("skipped: this machine lets us mount nothing");
      return;
    }
    sample.root = sample.fake.home / "disk/evidence";
    Digest before;
    {
      Store store = sample.open();
      before = seal(store, sample, "before").id;
    }
    disk.fill(left_kib * 1024);
    std::optional<Digest> reported;
    if (auto store = sample.try_open()) {
      if (const auto sealed = try_seal(*store, sample, "full", plain_record("full"))) {
        reported = sealed->id;
      }
    }
    std::filesystem::remove(sample.fake.home / "disk/filler");
    Store store = sample.open();
    CHECK(store.layout(before));
    if (reported) {
      CHECK(store.layout(*reported));
    }
    (void)seal(store, sample, "after");
    check_whole(sample);
    check_log(store, sample);
  }
}

TEST_CASE("the result of an action has room that was kept for it") {
  SampleStore sample;
  const SmallDisk disk(sample.fake.home / "disk", "size=20m,mode=0700");
  if (!disk.mounted()) {
    MESSAGE("skipped: this machine lets us mount nothing");
    return;
  }
  sample.root = sample.fake.home / "disk/evidence";
  Store store = sample.open();
  const auto intent = store.append_intent(intent_document("local"));
  REQUIRE(intent);
  disk.fill(24 * 1024);  // room for the layers, not for the rest
  const auto look = try_seal(store, sample, "look", plain_record("look"));
  CHECK_FALSE(look);
  Record record = plain_record("result");
  record.sequence.intent = *intent;
  const auto result = try_seal(store, sample, "result", record);
  REQUIRE_MESSAGE(result, (result ? "" : result.error().read_out()));
  CHECK(store.open_intents()->empty());
  check_whole(sample);
}

TEST_CASE("a store on a read-only file system can be read and says why it cannot be written") {
  SampleStore sample;
  const SmallDisk disk(sample.fake.home / "disk", "size=20m,mode=0700");
  if (!disk.mounted()) {
    MESSAGE("skipped: this machine lets us mount nothing");
    return;
  }
  sample.root = sample.fake.home / "disk/evidence";
  Digest id;
  {
    Store store = sample.open();
    id = seal(store, sample, "one").id;
  }
  REQUIRE(disk.make_read_only());
  {
    const Store store = sample.open(StoreAccess::read);
    CHECK(store.list({})->size() == 1);
    CHECK(store.layout(id));
    CHECK(store.find("@last") == id);
  }
  const auto store = sample.try_open();
  REQUIRE_FALSE(store);
  CHECK(store.error().reason == "evidence-unavailable");
}

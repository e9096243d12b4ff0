// A store with keys and bundles of its own, for tests.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/key.hpp"
#include "bundle/record.hpp"
#include "bundle/store.hpp"
#include "bundle/writer.hpp"
#include "host/fault.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/unit/bundle/sample_record.hpp"

#include <doctest/doctest.h>

namespace sourceos::tests {

class MovableClock : public host::Clock {
 public:
  UtcTime time = UtcTime::from_seconds(1'780'000'000);
  [[nodiscard]] UtcTime now() const override { return time; }
  [[nodiscard]] std::uint64_t boot_ms() const override { return 0; }
  [[nodiscard]] std::optional<bool> synchronised() const override { return std::nullopt; }
};

struct SampleStore {
  SampleStore() {
    fake.home.write("root/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  }

  FakeHost fake;
  MovableClock clock;
  std::unique_ptr<bundle::Signer> bundle_key = bundle::signer_from_seed(std::string(32, 'b'));
  std::unique_ptr<bundle::Signer> log_key = bundle::signer_from_seed(std::string(32, 'l'));
  std::filesystem::path root = fake.home / "evidence";

  [[nodiscard]] host::Host host() {
    return {clock, fake.random, fake.processes, fake.host.environment, nullptr};
  }
  [[nodiscard]] bundle::StoreOptions options(bundle::StoreAccess access) const {
    bundle::StoreOptions out;
    out.root = root;
    out.access = access;
    out.log_signer = log_key.get();
    return out;
  }
  [[nodiscard]] Result<bundle::Store> try_open(
      bundle::StoreAccess access = bundle::StoreAccess::write) {
    return bundle::Store::open(host(), options(access));
  }
  [[nodiscard]] bundle::Store open(bundle::StoreAccess access = bundle::StoreAccess::write) {
    auto store = try_open(access);
    REQUIRE_MESSAGE(store, (store ? "" : store.error().read_out()));
    return std::move(*store);
  }
};

[[nodiscard]] inline bundle::Record plain_record(std::string_view run) {
  bundle::Record record = sample_record();
  record.run_id = bundle::sha256(run).hex().substr(0, 32);
  record.sequence = {};
  record.findings.clear();
  return record;
}

// Collects one entry and seals it.
[[nodiscard]] inline Result<bundle::SealedBundle> try_seal(
    bundle::Store& store, const SampleStore& sample, std::string_view content,
    bundle::Record record) {
  SOURCEOS_TRY_ASSIGN(const bundle::Scratch scratch, store.make_scratch());
  const std::filesystem::path directory = scratch.path() / "layers";
  SOURCEOS_TRY(host::make_directories(directory, 0700));
  SOURCEOS_TRY_ASSIGN(auto writer, bundle::BundleWriter::create({directory, 1, 1}));
  bundle::RedactionRecord redaction;
  redaction.bytes_scanned = content.size();
  SOURCEOS_TRY(writer.add({"facts/sample.txt", "file"_r, "text/plain"_r, "files"_r,
                           UtcTime::from_seconds(1'780'000'000)},
                          std::nullopt,
                          redact::Pipeline::content(std::string(content), redaction)));
  SOURCEOS_TRY_ASSIGN(const bundle::Draft draft, writer.finish());
  record.entry_count = draft.entry_count;
  record.entry_bytes = draft.entry_bytes;
  record.index_digest = draft.index_digest;
  record.redaction.by_rule = draft.by_rule;
  record.redaction.by_class = draft.by_class;
  return store.seal(draft, std::move(record), {*sample.bundle_key, *sample.log_key});
}

[[nodiscard]] inline bundle::SealedBundle seal(bundle::Store& store, const SampleStore& sample,
                                               std::string_view content) {
  auto sealed = try_seal(store, sample, content, plain_record(content));
  REQUIRE_MESSAGE(sealed, (sealed ? "" : sealed.error().read_out()));
  return std::move(*sealed);
}

[[nodiscard]] inline bundle::RedactedJson intent_document(std::string_view subject) {
  return redact::Pipeline::json(R"({"command":{"binary":"sourceosctl","path":["agent","start"]},)"
                                R"("plan":[],"policyHash":null,"runId":"00","startedAt":"x",)"
                                R"("subject":{"kind":"host","ref":")" +
                                std::string(subject) + R"("}})");
}

// Runs `work` in a child; its exit code, or 137 when a fault point ended it as if killed.
[[nodiscard]] inline int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::_exit(work());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Everything in the store is whole, as fsck without repair sees it.
inline void check_whole(SampleStore& sample) {
  bundle::Store store = sample.open(bundle::StoreAccess::read);
  const auto report = store.fsck();
  REQUIRE_MESSAGE(report, (report ? "" : report.error().read_out()));
  for (const auto& finding : report->findings) {
    if (finding.reason != "cache") {
      FAIL_CHECK(finding.reason, " ", finding.name, ": ", finding.detail);
    }
  }
}

}  // namespace sourceos::tests

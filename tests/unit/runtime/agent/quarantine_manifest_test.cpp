#include <doctest/doctest.h>

#include <filesystem>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "tests/unit/runtime/agent/quarantine_world.hpp"

namespace sourceos::runtime {
namespace {

namespace fs = std::filesystem;
using tests::QuarantineBench;
const std::string k_unit = "sourceos-agent@sample.service";

}  // namespace

TEST_CASE("the manifest has eleven rows and every file but itself with its digest") {
  QuarantineBench bench;
  bench.install();
  (void)bench.run();
  const auto manifest = json::parse(tests::read_file(bench.directory() / "manifest.json"));
  REQUIRE(manifest);
  CHECK(manifest->at("type") == "LocalAgentQuarantine");
  CHECK(manifest->at("bundleId") == "sha256:00");
  const json::Value& receipt = manifest->at("receipt");
  CHECK(receipt.at("type") == "QuarantineReceipt");
  CHECK(receipt.at("scope").at("unit") == k_unit);
  CHECK(receipt.at("scope").at("pids").is_array());
  REQUIRE(manifest->at("steps").size() == 11);
  std::uint64_t expected = 0;
  for (const json::Value& row : manifest->at("steps")) {
    CHECK(row.at("n").get<std::uint64_t>() == ++expected);
  }
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(bench.directory())) {
    files += entry.path().filename() == "manifest.json" ? 0U : 1U;
  }
  CHECK(manifest->at("files").size() == files);
  for (const json::Value& row : manifest->at("files")) {
    const auto path = bench.directory() / row.at("path").get<std::string>();
    CHECK(bundle::sha256(tests::read_file(path)).hex() == row.at("sha256"));
  }
  CHECK(manifest->at("receipt").at("outcome") == "active");
  CHECK(manifest->at("receipt").at("subjectId") == "urn:srcos:local-agent:sample");
}

TEST_CASE("a receipt knows only the four triggers, and hashes itself") {
  for (const auto& [trigger, type] : {std::pair{"operator_request", "operator_request"},
                                      std::pair{"excessive_restart", "excessive_restart"},
                                      std::pair{"prune", "policy_drift"}}) {
    QuarantineBench bench;
    bench.trigger = trigger;
    const json::Value manifest = bench.run().manifest("");
    CHECK(manifest.at("trigger") == trigger);
    json::Value receipt = manifest.at("receipt");
    CHECK(receipt.at("triggerType") == type);
    const std::string hash = receipt.at("receiptHash").get<std::string>();
    receipt.erase("receiptHash");
    CHECK(hash == bundle::sha256(json::write_canonical(receipt).value()).text());
  }
}

}  // namespace sourceos::runtime

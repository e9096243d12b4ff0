#include "verify/memory.hpp"

#include "bundle/key.hpp"
#include "tests/broken/forged_bundle.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::tests;
using namespace sourceos::verify;

namespace {

const UtcTime k_now = UtcTime::from_seconds(1'780'000'000);

SeenCheckpoint seen(std::uint64_t size, std::string_view root) {
  return {size, bundle::sha256(root), k_now};
}

}  // namespace

TEST_CASE("accepted checkpoints are there for the next verifier") {
  const TemporaryDirectory directory;
  const bundle::PublicKey& key = signer('l').public_key();
  {
    CheckpointMemory memory(directory / "m");
    CHECK(memory.usable());
    CHECK_FALSE(memory.newest(key).has_value());
    memory.accept(key, seen(5, "a"));
    memory.accept(key, seen(9, "b"));
    memory.accept(key, seen(7, "c"));
  }
  const CheckpointMemory again(directory / "m");
  CHECK(again.newest(key)->size == 9);
  CHECK(again.of_size(key, 5)->root == bundle::sha256("a"));
  CHECK(again.of_size(key, 5)->seen_at == k_now);
  CHECK_FALSE(again.of_size(key, 6).has_value());
  CHECK_FALSE(again.newest(signer('x').public_key()).has_value());
}

TEST_CASE("the first root of a size stays") {
  const TemporaryDirectory directory;
  const bundle::PublicKey& key = signer('l').public_key();
  CheckpointMemory memory(directory / "m");
  memory.accept(key, seen(5, "a"));
  memory.accept(key, seen(5, "b"));
  CHECK(memory.of_size(key, 5)->root == bundle::sha256("a"));
}

TEST_CASE("two verifiers share one memory") {
  const TemporaryDirectory directory;
  const bundle::PublicKey& key = signer('l').public_key();
  {
    CheckpointMemory one(directory / "m");
    CheckpointMemory two(directory / "m");
    one.accept(key, seen(5, "a"));
    two.accept(key, seen(6, "b"));
  }
  const CheckpointMemory both(directory / "m");
  CHECK(both.of_size(key, 5).has_value());
  CHECK(both.of_size(key, 6).has_value());
}

TEST_CASE("a line that cannot be read is passed over") {
  const TemporaryDirectory directory;
  const bundle::PublicKey& key = signer('l').public_key();
  {
    CheckpointMemory memory(directory / "m");
    memory.accept(key, seen(5, "a"));
  }
  const auto file = directory / "m" / bundle::spki_digest(key).hex();
  const std::string good = read_file(file);
  directory.write("m/" + bundle::spki_digest(key).hex(), "9 nonsense\n" + good + "7 AAAA");
  const CheckpointMemory memory(directory / "m");
  CHECK(memory.newest(key)->size == 5);
}

TEST_CASE("a memory that cannot be made is not usable, unless a checkpoint was given by hand") {
  const TemporaryDirectory directory;
  CheckpointMemory memory(directory.write("file", "") / "m");
  CHECK_FALSE(memory.usable());
  memory.add_given(signer('l').public_key(), seen(3, "a"));
  CHECK(memory.usable());
  CHECK(memory.newest(signer('l').public_key())->size == 3);
}

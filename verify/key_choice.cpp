#include "verify/key_choice.hpp"

#include "bundle/log/merkle.hpp"
#include "verify/memory.hpp"

#include <optional>

namespace sourceos::verify {
namespace {

using bundle::KeyRole;

// Keys made under test seams stand for every role, where the caller allows them at all.
bool may_act_as(const TrustedKey& key, KeyRole role) {
  return key.role == role || key.role == KeyRole::test;
}

const TrustedKey* key_of_hint(const Trust& trust, const std::optional<std::string>& hint) {
  if (!hint) {
    return nullptr;
  }
  for (const TrustedKey& key : trust.document.keys) {
    if (bundle::key_hint(key.key) == *hint) {
      return &key;
    }
  }
  return nullptr;
}

// The same bytes may be trusted as `bundle` and as `sidecar`: the wanted role comes first.
const TrustedKey* entry_of(const Trust& trust, const bundle::PublicKey& key, KeyRole role) {
  const TrustedKey* any = nullptr;
  for (const TrustedKey& each : trust.document.keys) {
    if (each.key == key) {
      if (may_act_as(each, role)) {
        return &each;
      }
      any = &each;
    }
  }
  return any;
}

// The bundle's leaf lies under the checkpoint that a revocation names as good.
bool is_under(const Run& run, const LastGood& good) {
  if (!run.log || run.facts() == nullptr || run.facts()->log_id != good.log_id ||
      run.log->leaf.seq >= good.size) {
    return false;
  }
  const bundle::log::Checkpoint& own = run.log->checkpoint.checkpoint;
  if (own.size == good.size) {
    return own.root == good.root;
  }
  const bool own_is_older = own.size < good.size;
  const auto proof = own_is_older ? find_consistency(run, own.origin, own.size, good.size)
                                  : find_consistency(run, own.origin, good.size, own.size);
  if (!proof) {
    return false;
  }
  return own_is_older ? bundle::log::verify_consistency(own.size, own.root, good.size, good.root,
                                                        proof->hashes)
                      : bundle::log::verify_consistency(good.size, good.root, own.size, own.root,
                                                        proof->hashes);
}

// When this verifier first accepted the bundle's checkpoint, if it did before.
std::optional<UtcTime> remembered(const Run& run) {
  if (run.options.memory == nullptr || !run.log || run.log->key == nullptr) {
    return std::nullopt;
  }
  const bundle::log::Checkpoint& own = run.log->checkpoint.checkpoint;
  const auto seen = run.options.memory->of_size(run.log->key->key, own.size);
  return seen && seen->root == own.root ? std::optional(seen->seen_at) : std::nullopt;
}

std::string judge_revocation(Run& run, const Revocation& revocation, UtcTime at) {
  if (revocation.last_good && is_under(run, *revocation.last_good)) {
    run.verdict.time_basis = TimeBasis::order;
    return {};
  }
  // Whoever stole a key writes any time he likes.
  if (revocation.reason == RevocationReason::compromised || at >= revocation.revoked_at) {
    return "key-revoked";
  }
  return {};
}

}  // namespace

KeyChoice choose_key(const Trust* trust, const bundle::SigstoreBundle& bundle, KeyRole role) {
  if (trust == nullptr || trust->refused) {
    return {};
  }
  if (const TrustedKey* hinted = key_of_hint(*trust, bundle.hint)) {
    if (!bundle.verify(hinted->key)) {
      return {nullptr, true};
    }
    return {entry_of(*trust, hinted->key, role), false};
  }
  for (const bool wanted : {true, false}) {
    for (const TrustedKey& key : trust->document.keys) {
      if (may_act_as(key, role) == wanted && bundle.verify(key.key)) {
        return {&key, false};
      }
    }
  }
  return {};
}

std::string judge_key(Run& run, const TrustedKey& key, KeyRole role, UtcTime claimed) {
  if (!may_act_as(key, role)) {
    return "key-role";
  }
  // A test key vouches for test bundles only, and only where those are allowed.
  const bool is_test_bundle = run.facts() != nullptr && run.facts()->test_seams;
  if (key.role == KeyRole::test && !is_test_bundle) {
    return "key-role";
  }
  UtcTime at = claimed;
  if (const auto seen = remembered(run)) {
    run.verdict.time_basis = TimeBasis::memory;
    at = std::min(at, *seen);
  }
  if (key.valid_from && claimed < *key.valid_from) {
    return "key-not-yet-valid";
  }
  if (key.valid_until && at >= *key.valid_until) {
    return "key-expired";
  }
  return key.revocation ? judge_revocation(run, *key.revocation, at) : std::string();
}

std::optional<bundle::log::ConsistencyProof> find_consistency(const Run& run,
                                                              const std::string& origin,
                                                              std::uint64_t old_size,
                                                              std::uint64_t new_size) {
  for (const bundle::log::ConsistencyProof& proof : run.options.consistency) {
    if (proof.origin == origin && proof.old_size == old_size && proof.new_size == new_size) {
      return proof;
    }
  }
  return run.options.consistency_source
             ? run.options.consistency_source(origin, old_size, new_size)
             : std::nullopt;
}

}  // namespace sourceos::verify

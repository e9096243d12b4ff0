// The bundle's place in the host log: leaf, inclusion, checkpoint and the log key's signature. All
// proofs that are there must fit; one by a trusted key is enough.
#include "bundle/log/merkle.hpp"
#include "verify/checks/checks.hpp"
#include "verify/key_choice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sourceos::verify {
namespace {

using bundle::log::Leaf;
using bundle::log::NoteVerdict;

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorKind::malformed, "log-proof", std::move(message));
}

// The statement that M and the record make; or what was signed, if that is of a kind that we do
// not know and the statement check has said so.
bool is_about_statement(const Run& run, const Leaf& leaf) {
  return leaf.payload == bundle::sha256(run.payload) ||
         std::any_of(run.signatures.begin(), run.signatures.end(), [&](const Signature& signature) {
           return leaf.payload == bundle::sha256(signature.bundle.payload);
         });
}

Status check_leaf(const Run& run, const Leaf& leaf, std::uint64_t index) {
  const RecordFacts& record = *run.facts();
  if (leaf.kind != bundle::log::LeafKind::bundle || leaf.bundle != run.manifest_id) {
    return wrong("the leaf is not about this bundle");
  }
  if (!is_about_statement(run, leaf)) {
    return wrong("the leaf is about another statement");
  }
  if (leaf.seq != record.seq || index != record.seq) {
    return wrong(fmt::format("the record says place {}, the leaf {}, the proof {}", record.seq,
                             leaf.seq, index));
  }
  if (leaf.ref != record.intent) {
    return wrong("the leaf and the record name different intents");
  }
  return {};
}

Result<LogFacts> read_proof(const Run& run, std::string_view text) {
  LogFacts facts;
  SOURCEOS_TRY_ASSIGN(facts.proof, bundle::log::parse_tlog_proof(text));
  SOURCEOS_TRY_ASSIGN(facts.leaf, bundle::log::parse_leaf(facts.proof.leaf));
  SOURCEOS_TRY_ASSIGN(facts.checkpoint, bundle::log::parse_checkpoint(facts.proof.checkpoint));
  SOURCEOS_TRY(check_leaf(run, facts.leaf, facts.proof.index));
  const RecordFacts& record = *run.facts();
  if (facts.checkpoint.checkpoint.origin !=
      bundle::log::origin_of(record.log_id, record.test_seams)) {
    return wrong("the checkpoint is of another log than the record names");
  }
  if (!bundle::log::is_included(facts.proof, facts.checkpoint.checkpoint)) {
    return wrong("the proof does not lead from the leaf to the checkpoint's root");
  }
  return facts;
}

// Sets facts.key, or says what is wrong with the signature.
Status find_log_key(const Run& run, LogFacts& facts) {
  if (run.options.trust == nullptr || run.options.trust->refused) {
    return {};
  }
  for (const TrustedKey& key : run.options.trust->document.keys) {
    const NoteVerdict verdict = facts.checkpoint.verify(key.key);
    if (verdict == NoteVerdict::bad_signature) {
      return fail(ErrorKind::malformed, "bad-signature",
                  "the checkpoint's signature is not by the log key that it names");
    }
    if (verdict == NoteVerdict::valid) {
      facts.key = &key;
    }
  }
  return {};
}

CheckResult judge_log(Run& run) {
  if (!run.attached || run.facts() == nullptr) {
    return skipped("needs record and descriptors");
  }
  bool any = false;
  for (const Attached& attached : *run.attached) {
    if (attached.manifest.layer.media_type != bundle::k_log_proof_media_type) {
      continue;
    }
    any = true;
    auto facts = read_proof(run, attached.content);
    if (!facts) {
      return failed(facts.error(), attached.descriptor.digest.text());
    }
    if (const Status found = find_log_key(run, *facts); !found) {
      return failed(found.error(), attached.descriptor.digest.text());
    }
    if (!run.log || run.log->key == nullptr) {
      run.log = std::move(*facts);
    }
  }
  if (!any) {
    return unverifiable("log-proof", {}, "there is no log proof");
  }
  if (run.log->key == nullptr) {
    return unverifiable("untrusted-key", {}, "no trusted log key signed the checkpoint");
  }
  const auto at = parse_time(run.log->leaf.at);
  const std::string reason =
      judge_key(run, *run.log->key, bundle::KeyRole::log, at.value_or(run.facts()->finished));
  if (!reason.empty()) {
    return failed(reason, {}, "the key that signed the checkpoint does not count");
  }
  return pass(fmt::format("leaf {} of {}", run.log->leaf.seq,
                          run.log->checkpoint.checkpoint.size));
}

}  // namespace

const CheckResult& load_log(Run& run) {
  if (!run.log_result) {
    run.log_result = judge_log(run);
  }
  return *run.log_result;
}

CheckResult checks::log_proof(Run& run) { return load_log(run); }

}  // namespace sourceos::verify

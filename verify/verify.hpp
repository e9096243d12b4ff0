// Judges a bundle. Reads only; needs no network, starts no process; everything is bounded before
// anything is believed. The order of the checks is the table in verify.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundle/digest.hpp"
#include "bundle/layout.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "verify/verdict.hpp"
#include "verify/verified_bundle.hpp"

namespace sourceos::verify {

class CheckpointMemory;
class Inspector;
struct Policy;
struct Trust;

// Proofs between sizes of one log, from `--log DIR|FILE` or a store: nullopt when it has none.
using ConsistencySource = std::function<std::optional<bundle::log::ConsistencyProof>(
    const std::string& origin, std::uint64_t old_size, std::uint64_t new_size)>;

enum class Where {
  path,       // a directory or tar: every file of it must belong to the bundle
  own_store,  // an ID in the own store: only what M reaches is looked at (L-8), trust is `self`
};

struct VerifyOptions {
  const Trust* trust = nullptr;  // none: nothing is trusted
  const Policy* policy = nullptr;
  Level level = Level::full;
  Where where = Where::path;
  std::optional<std::uint64_t> threshold;  // --threshold
  bool allow_untrusted = false;  // changes the words and the exit code, never the checks
  bool allow_withheld = false;
  bool allow_test_seams = false;
  std::optional<bundle::Digest> expect;  // --expect
  std::optional<std::string> subject;    // --subject
  std::optional<std::string> nonce;      // --nonce, hex
  CheckpointMemory* memory = nullptr;    // none: the sequence check is skipped
  std::vector<bundle::log::ConsistencyProof> consistency;
  ConsistencySource consistency_source;
  Inspector* inspector = nullptr;
  std::uint64_t max_seconds = 0;  // 0: no limit
  unsigned jobs = 0;              // threads for one bundle's content; 0: all cores
  UtcTime now;
};

struct Judgement {
  Verdict verdict;
  // There when integrity passed at full level: what Store::adopt takes.
  std::optional<VerifiedBundle> bundle;
};

[[nodiscard]] Judgement verify(bundle::Layout& layout, const VerifyOptions& options);

// Opens a directory or tar first. What is there but is no bundle gives a `failed` verdict; an
// Error is only for what could not be read ("input-missing" when it does not exist).
struct OpenedJudgement {
  std::unique_ptr<bundle::Layout> layout;  // keeps judgement.bundle valid
  Judgement judgement;
};
[[nodiscard]] Result<OpenedJudgement> verify_path(const std::filesystem::path& path,
                                                  const VerifyOptions& options);

// Many at once, `jobs` bundles side by side; `report` is called in the order of `paths`, by one
// thread at a time.
void verify_many(const std::vector<std::filesystem::path>& paths, const VerifyOptions& options,
                 unsigned jobs,
                 const std::function<void(std::size_t, const Result<Verdict>&)>& report);

}  // namespace sourceos::verify

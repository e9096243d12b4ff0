// From the trust options of a command line to what the verifier wants, for verify, report, import.
#pragma once

#include <memory>
#include <optional>

#include "cli/parser.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "verify/memory.hpp"
#include "verify/policy.hpp"
#include "verify/trust.hpp"
#include "verify/verify.hpp"

namespace sourceos::cli {

struct Context;
struct Located;

// Owns what VerifyOptions points to.
class Judging {
 public:
  [[nodiscard]] static Result<Judging> create(const Options& options, const Context& context);

  // For a path: never this account's own trust unless a trust file was named (S-10).
  [[nodiscard]] verify::VerifyOptions for_path() const;
  // For a bundle of the own store.
  [[nodiscard]] verify::VerifyOptions for_store() const;
  // A bundle from where it was found; `options` are for_path's or for_store's, or more.
  [[nodiscard]] verify::Judgement judge(Located& located) const;
  [[nodiscard]] static verify::Judgement judge(Located& located, verify::VerifyOptions options);

 private:
  verify::VerifyOptions base_;
  std::unique_ptr<verify::Trust> path_trust_;
  std::unique_ptr<verify::Trust> store_trust_;
  std::unique_ptr<verify::Policy> policy_;
  std::unique_ptr<verify::CheckpointMemory> memory_;
};

}  // namespace sourceos::cli

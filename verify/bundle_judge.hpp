// Runs all checks on one bundle; the only maker of VerifiedBundle.
#pragma once

#include "bundle/frame_pool.hpp"
#include "bundle/layout.hpp"
#include "core/error.hpp"
#include "verify/verdict.hpp"
#include "verify/verify.hpp"

namespace sourceos::verify {

class BundleJudge {
 public:
  // The pool may serve many bundles, one after the other.
  BundleJudge(bundle::Layout& layout, const VerifyOptions& options, bundle::FramePool& pool)
      : layout_(layout), options_(options), pool_(pool) {}
  [[nodiscard]] Judgement judge();

 private:
  bundle::Layout& layout_;
  const VerifyOptions& options_;
  bundle::FramePool& pool_;
  Verdict verdict_;
};

// The verdict on something that is there and could not be opened as a bundle.
[[nodiscard]] Verdict refused_layout(const Error& error, const VerifyOptions& options);

}  // namespace sourceos::verify

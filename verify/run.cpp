#include "verify/run.hpp"

#include "core/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sourceos::verify {
namespace {

// evidence section 11; `policy:<rule>` is made by the policy check alone.
constexpr std::array<std::string_view, 32> k_reasons = {
    "digest-mismatch", "unlisted-member",  "missing-member",       "untrusted-key",
    "key-expired",     "key-revoked",      "threshold",            "bad-signature",
    "malformed",       "limit",            "log-gap",              "log-fork",
    "log-rollback",    "log-proof",        "schema",               "spec-version",
    "path-unsafe",     "index-order",      "duplicate-member",     "descriptor",
    "record-mismatch", "payload-mismatch", "key-not-yet-valid",    "key-role",
    "trust-expired",   "trust-rollback",   "redaction-incomplete", "screen-hit",
    "residual-secret", "receipt-safety",   "withheld",             "test-seams"};

}  // namespace

CheckResult pass(std::string detail) {
  return {{}, CheckOutcome::pass, {}, {}, std::move(detail)};
}

CheckResult skipped(std::string_view why) {
  return {{}, CheckOutcome::skipped, std::string(why), {}, {}};
}

CheckResult failed(std::string_view reason, std::string member, std::string detail) {
  return {{}, CheckOutcome::fail, std::string(reason), std::move(member), std::move(detail)};
}

CheckResult unverifiable(std::string_view reason, std::string member, std::string detail) {
  return {{}, CheckOutcome::unverifiable, std::string(reason), std::move(member),
          std::move(detail)};
}

std::string stable_reason(const Error& error) {
  if (std::find(k_reasons.begin(), k_reasons.end(), error.reason) != k_reasons.end()) {
    return error.reason;
  }
  return error.kind == ErrorKind::limit ? "limit" : "malformed";
}

CheckResult failed(const Error& error, std::string member) {
  return failed(stable_reason(error), std::move(member), error.read_out());
}

CheckResult failed(const IndexFacts::Problem& problem) {
  return failed(problem.reason, problem.member, problem.detail);
}

Result<std::string> read_blob(Run& run, const bundle::Descriptor& descriptor,
                              std::uint64_t bytes_max) {
  SOURCEOS_TRY_ASSIGN(std::string bytes, run.layout.read(descriptor.digest, bytes_max));
  if (bundle::sha256(bytes) != descriptor.digest) {
    return fail(ErrorKind::malformed, "digest-mismatch",
                fmt::format("the bytes of {} have another digest", descriptor.digest.text()));
  }
  run.digested.insert(descriptor.digest);
  if (bytes.size() != descriptor.size) {
    return fail(ErrorKind::malformed, "descriptor",
                fmt::format("the descriptor of {} says {} bytes, there are {}",
                            descriptor.digest.text(), descriptor.size, bytes.size()));
  }
  return bytes;
}

Result<bundle::Digest> hash_blob(const bundle::BlobReader& blob) {
  constexpr std::uint64_t k_buffer_bytes = 256 * limits::k_kib;
  bundle::Sha256 hash;
  std::string buffer(std::min(k_buffer_bytes, blob.size()), '\0');
  for (std::uint64_t at = 0; at < blob.size();) {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), blob.size() - at);
    SOURCEOS_TRY(blob.read_at(at, buffer.data(), count));
    hash.update(std::string_view(buffer).substr(0, count));
    at += count;
  }
  return hash.finish();
}

}  // namespace sourceos::verify

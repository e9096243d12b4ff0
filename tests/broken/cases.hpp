// The table of bundles that are broken on purpose: one line a case, each broken in one way, with
// the verdict, check and reason that must come out.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "tests/broken/forged_bundle.hpp"
#include "verify/memory.hpp"
#include "verify/policy.hpp"
#include "verify/trust.hpp"
#include "verify/verify.hpp"

namespace sourceos::tests {

// A bundle and everything that a verifier is given with it.
struct Scene {
  Scene();

  ForgedBundle bundle;
  verify::TrustDocument trust;          // trusts the sample's signers
  verify::Trust::Source trust_source = verify::Trust::Source::file;
  std::optional<Error> trust_refused;
  verify::Policy policy;
  bool has_policy = false;
  verify::VerifyOptions options;
  std::vector<verify::SeenCheckpoint> remembered;  // of the log key; none: a fresh memory
  bool has_memory = false;

  // How it is laid down: a directory of bundle.files by default.
  bool as_tar = false;
  std::function<void(std::string& tar)> change_tar;
  std::function<void(const std::filesystem::path& directory)> change_directory;

  [[nodiscard]] verify::TrustedKey& key(char name);
};

struct BrokenCase {
  std::string_view name;
  void (*break_it)(Scene& scene);
  verify::Decision decision;
  std::string_view check;   // the one that tells
  std::string_view reason;  // its reason, and the verdict's unless the verdict stands
};

[[nodiscard]] std::vector<BrokenCase> broken_cases();

// Lays the bundle down under `directory` and returns where.
[[nodiscard]] std::filesystem::path lay_down(const Scene& scene,
                                             const std::filesystem::path& directory);
// What the verifier says of it.
[[nodiscard]] verify::Verdict judge(Scene& scene, const std::filesystem::path& path,
                                    const std::filesystem::path& memory_directory);

}  // namespace sourceos::tests

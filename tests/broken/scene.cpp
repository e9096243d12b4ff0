#include "tests/broken/cases.hpp"

#include <cstdlib>
#include <fstream>

namespace sourceos::tests {
namespace {

verify::TrustedKey trusted(char name, bundle::KeyRole role) {
  verify::TrustedKey key;
  key.key = signer(name).public_key();
  key.role = role;
  key.holder = std::string("holder-") + name;
  return key;
}

}  // namespace

Scene::Scene() {
  trust.expires = UtcTime::from_seconds(1'800'000'000);
  trust.keys = {trusted(k_bundle_signer, bundle::KeyRole::bundle),
                trusted(k_second_signer, bundle::KeyRole::bundle),
                trusted(k_log_signer, bundle::KeyRole::log),
                trusted(k_sidecar_signer, bundle::KeyRole::sidecar),
                trusted(k_root_signer, bundle::KeyRole::root)};
  options.now = UtcTime::from_seconds(1'780'000'000);
  options.jobs = 1;
}

verify::TrustedKey& Scene::key(char name) {
  for (verify::TrustedKey& each : trust.keys) {
    if (each.key == signer(name).public_key()) {
      return each;
    }
  }
  std::abort();
}

std::filesystem::path lay_down(const Scene& scene, const std::filesystem::path& directory) {
  if (scene.as_tar) {
    std::string tar = scene.bundle.tar();
    if (scene.change_tar) {
      scene.change_tar(tar);
    }
    const auto path = directory / "bundle.evidence.tar";
    std::ofstream(path, std::ios::binary) << tar;
    return path;
  }
  const auto path = directory / "bundle";
  scene.bundle.write_directory(path);
  if (scene.change_directory) {
    scene.change_directory(path);
  }
  return path;
}

verify::Verdict judge(Scene& scene, const std::filesystem::path& path,
                      const std::filesystem::path& memory_directory) {
  verify::Trust trust;
  trust.source = scene.trust_source;
  trust.document = scene.trust;
  trust.refused = scene.trust_refused;
  verify::CheckpointMemory memory(memory_directory);
  for (const verify::SeenCheckpoint& seen : scene.remembered) {
    memory.add_given(signer(k_log_signer).public_key(), seen);
  }
  scene.options.trust = scene.trust_source == verify::Trust::Source::none ? nullptr : &trust;
  scene.options.policy = scene.has_policy ? &scene.policy : nullptr;
  scene.options.memory = scene.has_memory || !scene.remembered.empty() ? &memory : nullptr;
  auto opened = verify::verify_path(path, scene.options);
  if (!opened) {
    std::fputs((opened.error().read_out() + "\n").c_str(), stderr);
    std::abort();
  }
  return std::move(opened->judgement.verdict);
}

}  // namespace sourceos::tests

// Minisign and SSH signatures over M. They add nothing to the verdict: other tools look at them.
// But one that names a trusted sidecar key and is not its signature is a lie.
#include "bundle/sidecar.hpp"
#include "verify/checks/checks.hpp"

#include <fmt/format.h>

namespace sourceos::verify::checks {
namespace {

enum class Worth { trusted, unknown, bad };

template <class IsHinted, class Verifies>
Worth judge(const Run& run, const IsHinted& is_hinted, const Verifies& verifies) {
  if (run.options.trust == nullptr || run.options.trust->refused) {
    return Worth::unknown;
  }
  Worth worth = Worth::unknown;
  for (const TrustedKey& key : run.options.trust->document.keys) {
    if (key.role != bundle::KeyRole::sidecar && key.role != bundle::KeyRole::test) {
      continue;
    }
    if (verifies(key.key)) {
      return Worth::trusted;
    }
    if (is_hinted(key.key)) {
      worth = Worth::bad;
    }
  }
  return worth;
}

Result<Worth> judge_sidecar(const Run& run, const Attached& attached, std::string_view message) {
  if (attached.manifest.layer.media_type == bundle::k_minisign_media_type) {
    SOURCEOS_TRY_ASSIGN(const bundle::Minisign found, bundle::parse_minisign(attached.content));
    return judge(
        run,
        [&](const bundle::PublicKey& key) {
          return bundle::minisign_key_id(key) == found.key_id;
        },
        [&](const bundle::PublicKey& key) { return found.verify(message, key); });
  }
  SOURCEOS_TRY_ASSIGN(const bundle::SshSignature found,
                      bundle::parse_ssh_signature(attached.content));
  return judge(
      run, [&](const bundle::PublicKey& key) { return key.view() == found.key; },
      [&](const bundle::PublicKey& key) { return found.verify(message, key); });
}

}  // namespace

CheckResult sidecars(Run& run) {
  if (!run.attached || !run.manifest) {
    return skipped("needs descriptors");
  }
  // M is canonical, so what is written is what was received.
  const std::string message = bundle::write_manifest(*run.manifest);
  std::size_t count = 0;
  std::size_t trusted = 0;
  for (const Attached& attached : *run.attached) {
    const std::string& type = attached.manifest.layer.media_type;
    if (type != bundle::k_minisign_media_type && type != bundle::k_sshsig_media_type) {
      continue;
    }
    ++count;
    const auto worth = judge_sidecar(run, attached, message);
    if (!worth) {
      return failed(worth.error(), attached.descriptor.digest.text());
    }
    if (*worth == Worth::bad) {
      return failed("bad-signature", attached.descriptor.digest.text(),
                    "it is not a signature by the sidecar key that it names");
    }
    trusted += *worth == Worth::trusted ? 1U : 0U;
  }
  return count == 0 ? skipped("no sidecar")
                    : pass(fmt::format("{} of {} by trusted keys", trusted, count));
}

}  // namespace sourceos::verify::checks

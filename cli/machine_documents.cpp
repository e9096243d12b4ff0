#include "cli/machine_documents.hpp"

#include "cli/machine_session.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::size_t k_hash_prefix = 7;  // "sha256:"
constexpr std::size_t k_id_digits = 32;

}  // namespace

Status add_profile(MachineSession& session, const runtime::Profile& profile) {
  return session.add({"profile.json"}, collect::EntryKind::plan, runtime::render_profile(profile));
}

std::string machine_tag(const MachineSession& session, const Context& context) {
  std::string id;
  for (const char* file : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    const auto text = host::read_file(host::system_path(context.host.environment, file),
                                      limits::k_config_file_bytes_max);
    if (text && id.empty()) {
      id = *text;
    }
  }
  return session.host_tag(text::trim(id));
}

Result<json::Value> add_fingerprint(MachineSession& session,
                                    const runtime::FingerprintQuestion& question) {
  std::vector<runtime::PodmanAnswer> answers;
  SOURCEOS_TRY_ASSIGN(const json::Value document, runtime::take_fingerprint(question, answers));
  json::Value shown = session.clean(document);
  SOURCEOS_TRY_ASSIGN(const std::string hash, runtime::fingerprint_hash(shown));
  shown["fingerprintHash"] = hash;
  shown["id"] = "urn:srcos:agent-machine-fingerprint:" + hash.substr(k_hash_prefix, k_id_digits);
  SOURCEOS_TRY(session.add({"fingerprint.json"}, collect::EntryKind::fingerprint, shown));
  SOURCEOS_TRY(session.add_probes(answers, "fingerprint-probes"));
  return shown;
}

}  // namespace sourceos::cli

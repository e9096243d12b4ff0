// A disclosure statement names layers that whoever exported the bundle left out (security S-09):
//   predicate { "at", "by", "reason", "withheld": ["sha256:..."] }, subject M,
// signed by a key of role `bundle` or `disclose`.
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "verify/checks/checks.hpp"
#include "verify/key_choice.hpp"

namespace sourceos::verify::checks {
namespace {

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorKind::malformed, "malformed", std::move(message));
}

Result<std::set<bundle::Digest>> read_withheld(std::string_view predicate) {
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse_canonical(predicate));
  if (!value.is_object() || value.size() != 4) {
    return malformed("expected { at, by, reason, withheld } in the disclosure statement");
  }
  for (const char* key : {"at", "by", "reason"}) {
    if (!value.contains(key) || !value[key].is_string()) {
      return malformed("expected { at, by, reason, withheld } in the disclosure statement");
    }
  }
  SOURCEOS_TRY(parse_time(value["at"].get<std::string>()));
  if (!value.contains("withheld") || !value["withheld"].is_array()) {
    return malformed("expected a list of digests in the disclosure statement");
  }
  std::set<bundle::Digest> withheld;
  for (const json::Value& entry : value["withheld"]) {
    if (!entry.is_string()) {
      return malformed("expected a list of digests in the disclosure statement");
    }
    SOURCEOS_TRY_ASSIGN(const bundle::Digest digest,
                        bundle::Digest::parse(entry.get<std::string>()));
    withheld.insert(digest);
  }
  return withheld;
}

// Nothing when no trusted key made it: such a statement counts for nothing.
Result<std::set<bundle::Digest>> read_statement(Run& run, const Attached& attached) {
  SOURCEOS_TRY_ASSIGN(const bundle::SigstoreBundle bundle,
                      bundle::parse_sigstore_bundle(attached.content));
  SOURCEOS_TRY_ASSIGN(const bundle::Statement statement,
                      bundle::parse_statement(bundle.payload));
  if (statement.predicate_type != bundle::k_disclosure_predicate_type) {
    return malformed("expected a disclosure statement, there is another type");
  }
  if (statement.subject != *run.manifest_id) {
    return fail(ErrorKind::malformed, "descriptor", "the disclosure statement is about another M");
  }
  SOURCEOS_TRY_ASSIGN(const std::set<bundle::Digest> withheld,
                      read_withheld(statement.predicate));
  KeyChoice choice = choose_key(run.options.trust, bundle, bundle::KeyRole::disclose);
  if (choice.is_bad) {
    return fail(ErrorKind::malformed, "bad-signature",
                "the disclosure statement is not signed by the key that it names");
  }
  const bool counts =
      choice.key != nullptr && run.facts() != nullptr &&
      (judge_key(run, *choice.key, bundle::KeyRole::disclose, run.facts()->finished).empty() ||
       judge_key(run, *choice.key, bundle::KeyRole::bundle, run.facts()->finished).empty());
  return counts ? withheld : std::set<bundle::Digest>();
}

}  // namespace

void find_withheld(Run& run) {
  for (const Attached& attached : *run.attached) {
    if (attached.manifest.layer.media_type != bundle::k_disclosure_media_type) {
      continue;
    }
    run.has_disclosure = true;
    auto withheld = read_statement(run, attached);
    if (!withheld) {
      run.disclosure = {stable_reason(withheld.error()), attached.descriptor.digest.text(),
                        withheld.error().read_out()};
      return;
    }
    run.withheld.merge(*withheld);
  }
}

CheckResult disclosure(Run& run) {
  if (run.disclosure) {
    return failed(*run.disclosure);
  }
  if (!run.attached || !run.manifest) {
    return skipped("needs descriptors");
  }
  if (!run.has_disclosure) {
    return skipped("no disclosure statement");
  }
  // Only what is really absent was withheld.
  for (const bundle::Descriptor& layer : run.manifest->layers) {
    if (run.withheld.contains(layer.digest) && !run.layout.open(layer.digest)) {
      run.verdict.withheld.push_back(layer.digest);
    }
  }
  return pass();
}

}  // namespace sourceos::verify::checks

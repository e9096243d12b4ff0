// What a bundle claims about its redaction, and what its content says to that.
#include "tests/broken/case_tables.hpp"

#include "bundle/key.hpp"
#include "bundle/statement.hpp"
#include "core/json/canonical.hpp"
#include "verify/inspector.hpp"

namespace sourceos::tests {
namespace {

using verify::Decision;

void edit_line(Scene& scene, std::size_t line, std::string_view old, std::string_view replacement) {
  scene.bundle.lines[line] = replaced(scene.bundle.lines[line], old, replacement);
  scene.bundle.after_lines();
}

// In pieces, so that nothing takes this file for a leak.
std::string planted_token() {
  return std::string("gh") + "p_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8";
}

void plant_in_content(Scene& scene) {
  scene.bundle.members[1].second = R"({"token":")" + planted_token() + R"("})";
  scene.bundle.after_members();
}
void plant_in_record(Scene& scene) {
  scene.bundle.record["note"] = "token " + planted_token();
  scene.bundle.after_record();
}
void plant_in_path_ref(Scene& scene) {
  edit_line(scene, 2, "$HOME/node-commander.log", "$HOME/" + planted_token());
}

void claim_incomplete(Scene& scene, std::string_view limits) {
  edit_line(scene, 0, "\"complete\":true", "\"complete\":false");
  if (!limits.empty()) {
    edit_line(scene, 0, "\"limits\":[]", limits);
  }
}

void set_safety(Scene& scene, const char* flag) {
  scene.bundle.record["receiptSafety"][flag] = true;
  scene.bundle.after_record();
}

void add_sealed_original(Scene& scene) {
  scene.bundle.members.emplace_back("sealed/facts/git.json.age", "age-encryption.org/v1 ...");
  scene.bundle.after_members();
}

class FindsEverything final : public verify::Inspector {
 public:
  explicit FindsEverything(std::string ruleset) : ruleset_(std::move(ruleset)) {}
  std::string ruleset_digest() const override { return ruleset_; }
  std::unique_ptr<verify::EntryInspection> begin(std::string_view) override {
    class Inspection final : public verify::EntryInspection {
      void feed(std::string_view bytes) override { size_ += bytes.size(); }
      Result<std::vector<verify::InspectorHit>> finish() override {
        return std::vector{verify::InspectorHit{0, size_, "everything"}};
      }
      std::uint64_t size_ = 0;
    };
    return std::make_unique<Inspection>();
  }

 private:
  std::string ruleset_;
};

void rescan_by_own_rules(Scene& scene) {
  static FindsEverything inspector(bundle::sha256("rules").text());
  scene.options.inspector = &inspector;
}
void rescan_by_other_rules(Scene& scene) {
  static FindsEverything inspector(bundle::sha256("other rules").text());
  scene.options.inspector = &inspector;
}

// A finding of the record, made with the writer's own key.
void cite(Scene& scene, std::string_view entry, std::uint64_t from, std::uint64_t to) {
  scene.bundle.record["findings"] = json::Value::array({{{"ruleId", "restart-storm"},
                                                         {"severity", "medium"},
                                                         {"entry", entry},
                                                         {"byteRange", {from, to}},
                                                         {"line", 1},
                                                         {"excerptRedacted", "start"}}});
  scene.bundle.after_record();
}

// A second layer of entries, left out under a statement of the bundle key.
void withhold(Scene& scene, char by) {
  const json::Value predicate = {{"at", "2026-01-02T00:00:00Z"},
                                 {"by", "exporter"},
                                 {"reason", "customer data"},
                                 {"withheld", {bundle::sha256(scene.bundle.layers[1]).text()}}};
  std::string statement =
      bundle::write_statement(scene.bundle.id(), *json::write_canonical(predicate));
  statement = replaced(statement, std::string(bundle::k_evidence_predicate_type),
                       std::string(bundle::k_disclosure_predicate_type));
  scene.bundle.attached.push_back({std::string(bundle::k_disclosure_media_type),
                                   *bundle::sign_sigstore_bundle(statement, signer(by)), {}});
  const std::string name = scene.bundle.name_of(scene.bundle.layers[1]);
  scene.bundle.after_attached();
  scene.bundle.files.erase(name);
}

}  // namespace

std::vector<BrokenCase> redaction_cases() {
  return {
      {"scanned-less-than-read", [](Scene& s) { edit_line(s, 2, "\"bytesScanned\":16384", "\"bytesScanned\":16128"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"scanned-less-than-stored", [](Scene& s) { edit_line(s, 0, "\"bytesScanned\":19", "\"bytesScanned\":18"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"exact-length-told", [](Scene& s) { edit_line(s, 2, "\"size\":16384,\"uid\"", "\"size\":16385,\"uid\""); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"incomplete-without-limit", [](Scene& s) { claim_incomplete(s, {}); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"incomplete-denied-by-record", [](Scene& s) { claim_incomplete(s, "\"limits\":[\"decode-depth\"]"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"counts-by-rule-other", [](Scene& s) { s.bundle.record["redaction"]["byRule"][0]["value"] = 199; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"entry-count-other", [](Scene& s) { s.bundle.record["entries"]["count"] = 4; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"entry-bytes-other", [](Scene& s) { s.bundle.record["entries"]["bytes"] = 1; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"collector-entries-other", [](Scene& s) { s.bundle.record["collectors"].back()["entries"] = 2; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"collector-bytes-other", [](Scene& s) { s.bundle.record["collectors"].front()["bytes"] = 9; s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"entry-of-a-collector-that-gave-none", [](Scene& s) { edit_line(s, 0, "\"collector\":\"files\"", "\"collector\":\"host\""); }, Decision::failed, "redaction", "digest-mismatch"},
      {"kept-beyond-what-was-read", [](Scene& s) { edit_line(s, 2, "[8192,16384]", "[8192,16640]"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"kept-twice", [](Scene& s) { edit_line(s, 2, "[8192,16384]", "[4096,16384]"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"kept-backwards", [](Scene& s) { edit_line(s, 2, "[8192,16384]", "[16384,8192]"); }, Decision::failed, "redaction", "redaction-incomplete"},
      {"finding-in-no-entry", [](Scene& s) { cite(s, "logs/other.log", 0, 1); }, Decision::failed, "redaction", "missing-member"},
      {"finding-beyond-its-entry", [](Scene& s) { cite(s, "facts/git.json", 0, 20); }, Decision::failed, "redaction", "missing-member"},
      {"finding-backwards", [](Scene& s) { cite(s, "facts/git.json", 9, 3); }, Decision::failed, "record", "schema"},
      {"index-digest-other", [](Scene& s) { s.bundle.record["entries"]["indexDigest"] = bundle::sha256("x").text(); s.bundle.after_record(); }, Decision::failed, "redaction", "digest-mismatch"},
      {"secret-in-content", plant_in_content, Decision::failed, "screen", "screen-hit"},
      {"secret-in-record", plant_in_record, Decision::failed, "screen", "screen-hit"},
      {"secret-in-index", plant_in_path_ref, Decision::failed, "screen", "screen-hit"},
      {"secret-found-by-own-rules", rescan_by_own_rules, Decision::failed, "rescan", "residual-secret"},
      {"secret-found-by-other-rules", rescan_by_other_rules, Decision::verified, "rescan", "residual-secret"},
      {"safety-claims-secrets", [](Scene& s) { set_safety(s, "secretValuesIncluded"); }, Decision::failed, "receipt-safety", "receipt-safety"},
      {"safety-claims-prompts", [](Scene& s) { set_safety(s, "rawPromptContentIncluded"); }, Decision::failed, "receipt-safety", "receipt-safety"},
      {"safety-claims-originals-that-are-not-there", [](Scene& s) { set_safety(s, "includeRawContent"); }, Decision::failed, "receipt-safety", "receipt-safety"},
      {"safety-denies-originals", add_sealed_original, Decision::failed, "receipt-safety", "receipt-safety"},
      {"layer-withheld-without-leave", [](Scene& s) { withhold(s, 'b'); }, Decision::failed, "descriptors", "withheld"},
      {"layer-withheld-by-stranger", [](Scene& s) { withhold(s, 'x'); s.options.allow_withheld = true; }, Decision::failed, "descriptors", "missing-member"},
  };
}

}  // namespace sourceos::tests

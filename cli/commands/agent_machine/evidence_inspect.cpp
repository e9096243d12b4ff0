#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "bundle/view.hpp"
#include "cli/commands/commands.hpp"
#include "cli/judging.hpp"
#include "cli/machine_session.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array k_own_options = {
    Option{.name = "--require-signature",
           .help = "A file without a signature is a negative result"},
};
constexpr auto k_options = joined(k_own_options, k_trust_options);
constexpr std::array k_operands = {
    Operand{.name = "PATH",
            .kind = ValueKind::bundle,
            .help = "A bundle's directory, tar or id, or a mount evidence file"},
};

constexpr auto k_mount_evidence_keys = std::to_array<std::string_view>(
    {"kind", "capturedAt", "workspaceId", "bundle", "executor", "backendIntent",
     "localDataPlaneRef", "mountPolicyRef", "secureHostInterfaceRef", "topolvmPlacementProfileRef",
     "storageBackend", "policyHash", "gitRef", "mounts", "deniedAttempts", "downloadArtifacts",
     "topolvmPlacement", "redactionSummary"});
constexpr auto k_required =
    std::to_array<std::string_view>({"capturedAt", "workspaceId", "executor", "localDataPlaneRef",
                                     "mountPolicyRef", "storageBackend", "policyHash"});

json::Value blank(const std::string& path, std::string_view kind) {
  json::Value record = new_record("agent-machine-evidence-inspect");
  record["path"] = path;
  record["kind"] = kind;
  for (const char* key :
       {"inspectedBundleId", "workspaceId", "policyHash", "gitRef", "imageDigest", "verdict"}) {
    record[key] = nullptr;
  }
  record["mountCount"] = 0;
  record["hasDownloads"] = false;
  record["toolVersions"] = json::Value::array();
  record["verification"] = {{"schema", "skipped"},
                            {"digests", "skipped"},
                            {"signature", "skipped"},
                            {"log", "skipped"},
                            {"trusted", "skipped"}};
  return record;
}

void put(json::Value& record, const char* key, const json::Value& from, const char* source) {
  if (from.contains(source)) {
    record[key] = from[source];
  }
}

void count_mounts(json::Value& record, const json::Value& mounts) {
  record["mountCount"] = mounts.is_array() ? mounts.size() : 0;
  for (const json::Value& mount : mounts.is_array() ? mounts : json::Value::array()) {
    record["hasDownloads"] =
        record["hasDownloads"] == true || text_of(mount, "pathClass") == "downloads";
  }
}

// --- a mount evidence file

bool has_mount_evidence_shape(const json::Value& document) {
  if (!document.is_object() || text_of(document, "kind") != "AgentMachineMountEvidence" ||
      text_of(document, "backendIntent") != "agent-machine") {
    return false;
  }
  for (const auto& [key, value] : document.items()) {
    if (std::find(k_mount_evidence_keys.begin(), k_mount_evidence_keys.end(), key) ==
        k_mount_evidence_keys.end()) {
      return false;
    }
  }
  const json::Value& mounts = part_of(document, "mounts");
  const bool has_rows =
      mounts.is_array() && !mounts.empty() &&
      std::all_of(mounts.begin(), mounts.end(), [](const json::Value& row) {
        return row.is_object() && !text_of(row, "mountId").empty() &&
               !text_of(row, "pathClass").empty() && !text_of(row, "agentPath").empty() &&
               !text_of(row, "accessMode").empty() && row.contains("secretsProhibited");
      });
  return has_rows && std::all_of(k_required.begin(), k_required.end(), [&](std::string_view key) {
           return !text_of(document, key).empty();
         });
}

struct Inspected {
  json::Value record;
  MachineSession::End end;
};

Inspected negative(json::Value record, std::string reason, std::string message = {},
                   std::string next = {}) {
  record["message"] = message.empty() ? json::Value(nullptr) : json::Value(std::move(message));
  record["next"] = next.empty() ? json::Value(nullptr) : json::Value(std::move(next));
  return {std::move(record),
          {.exit_code = 1, .result = bundle::RunResult::negative, .reason = std::move(reason)}};
}

Inspected inspect_file(const std::string& path, const std::string& text, bool needs_signature) {
  json::Value record = blank(path, "AgentMachineMountEvidence");
  const auto document = json::parse(text);
  record["verification"]["signature"] = "absent";
  record["verification"]["log"] = "absent";
  record["verification"]["trusted"] = "absent";
  if (!document) {
    record["kind"] = "unknown";
    record["verification"]["schema"] = "fail";
    return negative(std::move(record), "malformed", "expected a bundle or one JSON document");
  }
  if (!has_mount_evidence_shape(*document)) {
    record["kind"] = text_of(*document, "kind").empty() ? "unknown" : text_of(*document, "kind");
    record["verification"]["schema"] = "fail";
    return negative(std::move(record), "schema",
                    "expected an AgentMachineMountEvidence as its contract writes it");
  }
  record["verification"]["schema"] = "pass";
  for (const char* key : {"workspaceId", "policyHash", "gitRef"}) {
    put(record, key, *document, key);
  }
  count_mounts(record, part_of(*document, "mounts"));
  return needs_signature ? negative(std::move(record), "signature-absent",
                                    "a file of mount evidence alone has no signature")
                         : Inspected{std::move(record), {}};
}

// --- a bundle

std::string word_of(const verify::Verdict& verdict,
                    std::initializer_list<std::string_view> checks) {
  std::string word = "pass";
  for (const std::string_view name : checks) {
    const verify::CheckResult* check = verdict.find(name);
    const verify::CheckOutcome outcome =
        check == nullptr ? verify::CheckOutcome::skipped : check->outcome;
    if (outcome == verify::CheckOutcome::fail) {
      return "fail";
    }
    if (outcome == verify::CheckOutcome::unverifiable) {
      word = "unverifiable";
    } else if (outcome == verify::CheckOutcome::skipped && word == "pass") {
      word = "skipped";
    }
  }
  return word;
}

// What only a directory or an archive can have, a file too many, is not asked of a store (its own
// checks do that); it fails the word, and never takes from it.
std::string digests_word(const verify::Verdict& verdict) {
  for (const std::string_view name : {"unlisted", "special-files"}) {
    const verify::CheckResult* check = verdict.find(name);
    if (check != nullptr && check->outcome == verify::CheckOutcome::fail) {
      return "fail";
    }
  }
  return word_of(verdict, {"digests", "content", "members"});
}

json::Value verification_of(const verify::Verdict& verdict) {
  return {
      {"schema", word_of(verdict, {"layout", "index.json", "manifest", "descriptors", "statement",
                                   "record"})},
      {"digests", digests_word(verdict)},
      {"signature", word_of(verdict, {"envelope", "signature"})},
      {"log", word_of(verdict, {"log-proof"})},
      {"trusted", word_of(verdict, {"key", "threshold"})}};
}

void describe(json::Value& record, const bundle::View& view) {
  const json::Value& facts = view.record();
  record["inspectedBundleId"] = view.id().text();
  for (const char* key :
       {"workspaceId", "policyHash", "gitRef", "imageDigest", "toolVersions", "outcome", "mode"}) {
    put(record, key, facts, key);
  }
  put(record, "command", part_of(facts, "command"), "path");
  count_mounts(record, part_of(facts, "mounts"));
}

// Exit 1 for what is broken; that nobody vouches for it is said and no more. What could not be opened
// has a verdict and no layout.
Inspected inspect_bundle(const std::string& path, const verify::Judgement& judgement,
                         const bundle::Layout* layout, std::string verify_command) {
  const verify::Verdict& verdict = judgement.verdict;
  json::Value record = blank(path, "SourceOSEvidenceBundle");
  if (layout != nullptr) {
    if (const auto view = bundle::View::open(*layout)) {
      describe(record, *view);
    }
  }
  record["verdict"] = verify::to_string(verdict.decision);
  record["words"] = verdict.words;
  record["verification"] = verification_of(verdict);
  const bool is_broken =
      verdict.integrity == verify::Axis::fail || record["verification"]["signature"] == "fail" ||
      record["verification"]["schema"] == "fail" || record["verification"]["log"] == "fail" ||
      record["verification"]["trusted"] == "fail";
  return is_broken ? negative(std::move(record), verdict.reason.empty() ? "failed" : verdict.reason,
                              "the bundle is not as it was sealed",
                              verify_command)
                   : Inspected{std::move(record), {}};
}

Result<Inspected> inspect_one(const Options& options, const Context& context) {
  const std::string operand = options.operands().front();
  const std::string shown = shown_path(context, operand);
  const std::string verify_command =
      context.command_line("evidence verify " + text::shell_word(operand));
  SOURCEOS_TRY_ASSIGN(const Judging judging, Judging::create(options, context));
  if (!looks_like_id(operand)) {
    const auto facts = host::describe(operand);
    if (!facts) {
      const bool is_missing = facts.error().kind == ErrorKind::not_found;
      return negative(blank(shown, "unknown"), is_missing ? "input-missing" : facts.error().reason,
                      is_missing ? fmt::format("'{}' does not exist", shown)
                                 : facts.error().read_out(),
                      context.command_line("evidence list"));
    }
    if (facts->kind == host::FileKind::regular && facts->size <= limits::k_json_bytes_max) {
      SOURCEOS_TRY_ASSIGN(const std::string text,
                          host::read_file(operand, limits::k_json_bytes_max));
      // A tar begins with a name of its member; what is neither is told to be no JSON.
      const bool is_tar = text.size() >= 512 && text.compare(257, 5, "ustar") == 0;
      if (!is_tar) {
        return inspect_file(shown, text, options.has("--require-signature"));
      }
    }
    SOURCEOS_TRY_ASSIGN(const verify::OpenedJudgement opened,
                        verify::verify_path(operand, judging.for_path()));
    return inspect_bundle(shown, opened.judgement, opened.layout.get(), verify_command);
  }
  auto located = locate(context, operand);
  if (!located) {
    return negative(blank(shown, "unknown"), located.error().reason, located.error().read_out(),
                    context.command_line("evidence list"));
  }
  const verify::Judgement judgement = judging.judge(*located, judging.for_store());
  return inspect_bundle(shown, judgement, located->layout.get(), verify_command);
}

Result<Report> inspect(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const Inspected inspected, inspect_one(options, context));
  SOURCEOS_TRY_ASSIGN(MachineSession session,
                      MachineSession::begin(context, bundle::Mode::read_only, "evidence",
                                            options.operands().front()));
  json::Value checks = {{"type", "CheckReport"},
                        {"subject", inspected.record["inspectedBundleId"]},
                        {"verification", inspected.record["verification"]},
                        {"verdict", inspected.record["verdict"]}};
  SOURCEOS_TRY(session.add({"checks.json"}, collect::EntryKind::check_report, checks));
  SOURCEOS_TRY_ASSIGN(Report report, session.finish(inspected.record, inspected.end));
  // `bundleId` is that of what was inspected; the bundle of this command goes beside it.
  report.record()["recordedAs"] = report.record()["bundleId"];
  report.record()["bundleId"] = inspected.record["inspectedBundleId"];
  report.record().erase("inspectedBundleId");
  return report;
}

Tone tone_of(std::string_view word) {
  return word == "pass"           ? Tone::good
         : word == "fail"         ? Tone::bad
         : word == "unverifiable" ? Tone::warning
                                  : Tone::dim;
}

void print(const json::Value& record, Text& text) {
  const std::string reason = text_of(record, "reason");
  text.line(reason.empty() ? text_of(record, "kind") : "refused: " + reason,
            reason.empty() ? Tone::good : Tone::bad);
  if (!text_of(record, "message").empty()) {
    text.field("message", text_of(record, "message"));
  }
  text.field("path", text_of(record, "path"));
  text.field("bundle", part_of(record, "bundleId"));
  text.field("workspace", part_of(record, "workspaceId"));
  text.field("policy", part_of(record, "policyHash"));
  text.field("mounts", number(number_of(record, "mountCount")));
  if (!text_of(record, "verdict").empty()) {
    text.field("verdict", text_of(record, "words").empty() ? text_of(record, "verdict")
                                                           : text_of(record, "words"));
  }
  for (const auto& [name, word] : part_of(record, "verification").items()) {
    text.field(name, {word.get<std::string>(), tone_of(word.get<std::string>())});
  }
  if (!text_of(record, "next").empty()) {
    text.next(text_of(record, "next"));
  }
}

constexpr std::array k_examples = {
    Example{"The newest bundle of the store", "agent-machine evidence inspect @last"},
};

}  // namespace

constinit const Command k_agent_machine_evidence_inspect = {
    .name = "inspect",
    .summary = "say what a bundle or a mount evidence file holds, and whether it is intact",
    .description =
        "A bundle is judged by the one verification that 'evidence verify' runs. Exit 1 for what "
        "is missing, "
        "malformed, changed or badly signed; a file of mount evidence alone has no signature.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = inspect,
    .print = print,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli

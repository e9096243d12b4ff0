#include <array>
#include <charconv>

#include <fmt/format.h>

#include "bundle/archive.hpp"
#include "bundle/log/checkpoint.hpp"
#include "bundle/log/host_log.hpp"
#include "bundle/log/tlog_proof.hpp"
#include "bundle/view.hpp"
#include "cli/changes.hpp"
#include "cli/guarded.hpp"
#include "cli/commands/commands.hpp"
#include "cli/exporting.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array k_own_options = {
    output_option("The archive to write, by default <first digits of the id>.evidence.tar; with --to "
                  "the directory, empty or absent"),
    Option{.name = "--consistent-with",
           .kind = ValueKind::text,
           .value = "SIZE|FILE",
           .help = "Also write a proof that the log grew from this size or checkpoint",
           .repeat = Repeat::many},
};
constexpr auto k_options =
    joined(k_own_options, k_export_options, k_trust_options, k_mutating_options);
constexpr std::array k_operands = {
    Operand{.name = "BUNDLE", .kind = ValueKind::bundle, .help = "Id, prefix, @last, or a directory"},
};
constexpr std::array k_examples = {
    Example{"The newest bundle as one file", "evidence export @last --output incident.evidence.tar"},
    Example{"What would be written", "evidence export @last --dry-run"},
    Example{"With a proof for a verifier that saw the log at size 40",
            "evidence export @last --consistent-with 40"},
    Example{"As records that AgentPlane takes in",
            "evidence export @last --to agentplane --bundle demo@0.1.0 --output artifacts"},
};

Result<std::uint64_t> size_of(const std::string& text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error == std::errc() && end == text.data() + text.size()) {
    return size;
  }
  SOURCEOS_TRY_ASSIGN(const std::string note, host::read_file(text, limits::k_config_file_bytes_max));
  SOURCEOS_TRY_ASSIGN(const auto checkpoint, bundle::log::parse_checkpoint(note));
  return checkpoint.checkpoint.size;
}

struct ProofFile {
  std::filesystem::path path;
  std::string text;
};

Result<std::vector<ProofFile>> proofs_of(const Options& options, const bundle::Store& store,
                                         const std::filesystem::path& output) {
  std::vector<ProofFile> files;
  for (const std::string& wanted : options.values("--consistent-with")) {
    SOURCEOS_TRY_ASSIGN(const std::uint64_t old_size, size_of(wanted));
    SOURCEOS_TRY_ASSIGN(const auto proof, store.log().consistency(old_size, store.log().size()));
    files.push_back({fmt::format("{}.consistency-{}-{}", output.string(), proof.old_size, proof.new_size),
                     bundle::log::write_consistency_proof(proof)});
  }
  return files;
}

Status write_whole(const std::filesystem::path& path, std::string_view text) {
  SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(path));
  SOURCEOS_TRY(file.write(text));
  return file.commit();
}

// Own keys are trusted for a path only when they are named; a verifier elsewhere names its own.
std::string next_of(const Located& located, const std::filesystem::path& output, const Context& context) {
  std::string line = "evidence verify " + shown_path(context, output);
  if (const auto own = local_trust_file(context); located.store && host::describe(own)) {
    line += " --trust " + shown_path(context, own);
  }
  return context.command_line(line);
}

Result<Report> export_bundle(const Options& options, Context& context) {
  if (options.has("--to")) {
    return export_records(options, context);
  }
  if (options.value_or("--output", "") == "-") {
    return fail(ErrorKind::usage, "usage", "'--output' names a file: an archive does not go to standard output");
  }
  SOURCEOS_TRY_ASSIGN(const Go go, decide_go(options, context));
  SOURCEOS_TRY_ASSIGN(Located located, locate(context, options.operands().front()));
  SOURCEOS_TRY_ASSIGN(const bundle::View view, bundle::View::open(*located.layout));
  const std::filesystem::path output = options.value_or(
      "--output", fmt::format("{}.evidence.tar", view.id().hex().substr(0, 12)));
  std::vector<ProofFile> proofs;
  if (located.store) {
    SOURCEOS_TRY_ASSIGN(proofs, proofs_of(options, located.store->store, output));
  } else if (options.has("--consistent-with")) {
    return fail(ErrorKind::usage, "usage", "'--consistent-with' needs a bundle of the store");
  }
  json::Value record = new_record("evidence-export");
  record["bundleId"] = view.id().text();
  record["planned"] = go == Go::plan;
  record["actions"] = json::Value::array();
  record["actions"].push_back({{"action", "write"}, {"target", shown_path(context, output)}});
  for (const ProofFile& proof : proofs) {
    record["actions"].push_back({{"action", "write"}, {"target", shown_path(context, proof.path)}});
  }
  record["next"] = next_of(located, output, context);
  if (go == Go::plan) {
    return Report(std::move(record));
  }
  std::optional<OpenStore> writable;
  if (located.store) {
    SOURCEOS_TRY_ASSIGN(writable, open_store(context, bundle::StoreAccess::write));
  }
  SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(output));
  SOURCEOS_TRY(bundle::write_archive(*located.layout, file.descriptor()));
  SOURCEOS_TRY(file.commit());
  for (const ProofFile& proof : proofs) {
    SOURCEOS_TRY(write_whole(proof.path, proof.text));
  }
  if (writable) {
    SOURCEOS_TRY_ASSIGN(const auto target, redacted_text(context, shown_path(context, output)));
    SOURCEOS_TRY(writable->store.note_export(located.id, target));
  }
  SOURCEOS_TRY_ASSIGN(const host::FileFacts facts, host::describe(output));
  record["bytes"] = facts.size;
  return Report(std::move(record));
}

void print(const json::Value& record, Text& text) {
  if (text_of(record, "schema") == k_exported_records_schema) {
    print_exported_records(record, text);
    return;
  }
  const bool is_planned = flag_of(record, "planned");
  text.line(is_planned ? "would export" : "exported", is_planned ? Tone::plain : Tone::good);
  text.field("bundle", text_of(record, "bundleId"));
  for (const json::Value& action : part_of(record, "actions")) {
    text.field(text_of(action, "action"), text_of(action, "target"));
  }
  if (!is_planned) {
    text.field("size", text::human_bytes(number_of(record, "bytes")));
  }
  text.next(text_of(record, "next"));
}

}  // namespace

constinit const Command k_evidence_export = {
    .name = "export",
    .summary = "write a bundle as one deterministic archive",
    .description = "The archive is an OCI image layout as a tar, with signatures and the proof that "
                   "the host log has the bundle, under the log's newest checkpoint: as long as the log "
                   "does not grow the same bundle gives the same bytes, and its id never changes. With "
                   "--to it is verified and written as the records of another system instead. The log "
                   "notes that it left the host.",
    .options = k_options,
    .operands = k_operands,
    .examples = k_examples,
    .run = export_bundle,
    .print = print,
    .store = StoreUse::needed,
};

}  // namespace sourceos::cli

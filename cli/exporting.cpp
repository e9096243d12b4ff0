#include "cli/exporting.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "bundle/view.hpp"
#include "cli/changes.hpp"
#include "cli/guarded.hpp"
#include "cli/judging.hpp"
#include "cli/parser.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/files.hpp"
#include "runtime/agentplane/export.hpp"

namespace sourceos::cli {

namespace {

namespace fs = std::filesystem;

Result<runtime::ExportOptions> export_options(const Options& options) {
  const auto target = options.value("--to");
  if (!target) {
    return fail(ErrorKind::usage, "usage", "'--to agentplane' or '--to sourceos' is missing");
  }
  if (!options.has("--output")) {
    return fail(ErrorKind::usage, "usage", "'--output DIR' is missing");
  }
  runtime::ExportOptions out;
  out.target = *target == "sourceos" ? runtime::ExportTarget::sourceos : runtime::ExportTarget::agentplane;
  out.kinds = options.values("--kind");
  out.bundle = options.value("--bundle");
  out.session = options.value("--session");
  out.lane = options.value("--lane");
  out.backend_intent = options.value("--backend-intent");
  out.proposal_ref = options.value("--proposal-ref");
  out.admission_ref = options.value("--admission-ref");
  out.task_id = options.value("--task-id");
  out.allow_test = options.has("--allow-test");
  return out;
}

Error bundle_invalid(std::string_view reason) {
  return Error(ErrorKind::refused, "bundle-invalid", fmt::format("the bundle does not verify: {}", reason));
}

// A bundle by path is judged by the keys that were named, never by this account's own (S-10).
// A bundle of a test is judged like any other: whether it may go out is decided later.
Status verify_source(const Options& options, const Context& context, Located& located) {
  SOURCEOS_TRY_ASSIGN(const Judging judging, Judging::create(options, context));
  verify::VerifyOptions how = located.store ? judging.for_store() : judging.for_path();
  how.allow_test_seams = true;
  const verify::Judgement judgement = Judging::judge(located, how);
  const bool is_good = judgement.verdict.decision == verify::Decision::verified ||
                       (options.has("--allow-untrusted") && judgement.verdict.intact_not_trusted());
  if (!is_good) {
    const std::string bundle = options.operands().front();
    Error error = bundle_invalid(judgement.verdict.reason);
    error.next = judgement.verdict.intact_not_trusted()
                     ? "the same command with --key FILE or --trust FILE of who made it, or "
                       "--allow-untrusted"
                     : context.command_line("evidence verify " + bundle);
    return fail(std::move(error));
  }
  return {};
}

// What cannot even be opened as a bundle does not verify either; what is not there is not there.
template <class T>
Result<T> or_invalid(Result<T> result) {
  if (!result && result.error().kind != ErrorKind::not_found && result.error().kind != ErrorKind::usage &&
      result.error().kind != ErrorKind::permission) {
    return fail(bundle_invalid(result.error().reason));
  }
  return result;
}

Result<runtime::Export> records_of(const Context& context, const Located& located,
                                   const runtime::ExportOptions& wanted) {
  SOURCEOS_TRY_ASSIGN(const bundle::View view, or_invalid(bundle::View::open(*located.layout)));
  SOURCEOS_TRY_ASSIGN(const runtime::ExportSource source, runtime::read_export_source(view));
  EngineOptions engine_options;
  engine_options.may_make_store = false;
  SOURCEOS_TRY_ASSIGN(const Engine engine, Engine::create(context, engine_options));
  return runtime::make_export(source, wanted, engine.pipeline());
}

Status check_output(const fs::path& output) {
  auto directory = host::open_directory(output);
  if (!directory && directory.error().kind == ErrorKind::not_found) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor opened, std::move(directory));
  const auto entries = host::list_directory(opened, 1);
  if (!entries || !entries->empty()) {
    return fail(ErrorKind::refused, "output-not-empty", fmt::format("'{}' is not empty", output.string()));
  }
  return {};
}

Status write_files(const runtime::Export& made, const fs::path& directory) {
  for (const runtime::ExportFile& file : made.files) {
    const fs::path path = directory / file.name;
    SOURCEOS_TRY(host::make_directories(path.parent_path(), 0700));
    SOURCEOS_TRY(host::write_file_atomically(path, file.text, 0600, host::Durability::none));
  }
  return host::sync_directory(directory);
}

// The directory gets its name when all of it is there.
Status write_export(const runtime::Export& made, fs::path output) {
  if (!output.has_filename()) {
    output = output.parent_path();
  }
  const fs::path beside = output.string() + ".partial";
  SOURCEOS_TRY(host::remove_tree(beside));
  if (output.has_parent_path()) {
    SOURCEOS_TRY(host::make_directories(output.parent_path(), 0700));
  }
  SOURCEOS_TRY(host::make_directories(beside, 0700));
  if (const Status written = write_files(made, beside); !written) {
    (void)host::remove_tree(beside);
    return written;
  }
  std::error_code error;
  fs::remove(output, error);  // an empty one only
  fs::rename(beside, output, error);
  if (error) {
    (void)host::remove_tree(beside);
    return fail(system_error(error.value(), fmt::format("rename to '{}'", output.string())));
  }
  return {};
}

json::Value record_of(const runtime::Export& made, const runtime::ExportOptions& wanted) {
  json::Value record = json::Value::object();
  record["schema"] = k_exported_records_schema;
  record["target"] = runtime::to_string(wanted.target);
  record["files"] = json::Value::array();
  for (const runtime::ExportFile& file : made.files) {
    record["files"].push_back({{"file", file.name}, {"kind", file.kind}, {"bytes", file.text.size()}});
  }
  record["leftOut"] = json::Value::array();
  for (const runtime::LeftOut& each : made.left_out) {
    record["leftOut"].push_back({{"kind", each.kind}, {"reason", each.reason}});
  }
  return record;
}

// A bundle of the own store: the log notes that it left the host.
Status note_in_log(const Context& context, const Located& located, const fs::path& output) {
  if (!located.store) {
    return {};
  }
  SOURCEOS_TRY_ASSIGN(OpenStore writable, open_store(context, bundle::StoreAccess::write));
  SOURCEOS_TRY_ASSIGN(const auto target, redacted_text(context, shown_path(context, output)));
  return writable.store.note_export(located.id, target);
}

}  // namespace

Result<Report> export_records(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const runtime::ExportOptions wanted, export_options(options));
  SOURCEOS_TRY_ASSIGN(const Go go, decide_go(options, context));
  SOURCEOS_TRY_ASSIGN(Located located, or_invalid(locate(context, options.operands().front())));
  SOURCEOS_TRY(verify_source(options, context, located));
  SOURCEOS_TRY_ASSIGN(const runtime::Export made, records_of(context, located, wanted));
  const fs::path output = options.value_or("--output", "");
  SOURCEOS_TRY(check_output(output));
  json::Value record = record_of(made, wanted);
  record["output"] = shown_path(context, output);
  record["planned"] = go == Go::plan;
  if (go == Go::act) {
    SOURCEOS_TRY(write_export(made, output));
    SOURCEOS_TRY(note_in_log(context, located, output));
  }
  return Report(std::move(record));
}

void print_exported_records(const json::Value& record, Text& text) {
  const bool is_planned = flag_of(record, "planned");
  text.line(is_planned ? "would export" : "exported", is_planned ? Tone::plain : Tone::good);
  text.field("to", text_of(record, "target"));
  text.field("directory", text_of(record, "output"));
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& file : part_of(record, "files")) {
    rows.push_back({text_of(file, "file"), text_of(file, "kind")});
  }
  text.table({}, rows);
  for (const json::Value& each : part_of(record, "leftOut")) {
    text.field("left out", fmt::format("{} ({})", text_of(each, "kind"), text_of(each, "reason")));
  }
}

}  // namespace sourceos::cli

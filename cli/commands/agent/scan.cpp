// The persistence rule set over the files of a tree.
#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "cli/agent_call.hpp"
#include "cli/agent_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/render.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> k_thresholds = {"none", "medium", "high"};
constexpr std::array k_options = {
    Option{.name = "--include-docs", .help = "Look at Markdown too"},
    Option{.name = "--fail-on",
           .kind = ValueKind::choice,
           .value = "SEVERITY",
           .help = "Exit 1 from this severity on; 'high' by default",
           .choices = k_thresholds},
};
constexpr std::array k_operands = {Operand{.name = "ROOT",
                                           .kind = ValueKind::directory,
                                           .help = "Tree to look at; the current directory by default",
                                           .least = 0,
                                           .most = 1}};

constexpr std::size_t k_files_max = 200'000;
constexpr std::size_t k_findings_max = 10'000;

bool is_definition(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".plist" || extension == ".service" || extension == ".timer" || extension == ".container";
}

// `x.service.d/y.conf` without `x.service` beside its directory: looked at alone.
bool is_lone_drop_in(const fs::path& path) {
  const fs::path directory = path.parent_path();
  const std::string name = directory.filename().string();
  std::error_code ignored;
  return path.extension() == ".conf" && name.ends_with(".service.d") &&
         !fs::exists(directory.parent_path() / name.substr(0, name.size() - 2), ignored);
}

class TreeScan {
 public:
  TreeScan(const Context& context, bool with_docs)
      : context_(context), with_docs_(with_docs), rules_(runtime::rule_setting(context.host, nullptr)) {}

  Status run(const fs::path& root) {
    std::error_code error;
    if (fs::is_regular_file(root, error)) {
      look_at(root);
      return {};
    }
    auto walk = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
    if (error) {
      return fail(system_error(error.value(), fmt::format("open '{}'", root.string())));
    }
    for (const auto end = fs::recursive_directory_iterator(); walk != end; walk.increment(error)) {
      if (error || context_.host.is_interrupted() || files == k_files_max || findings.size() >= k_findings_max) {
        break;
      }
      std::error_code ignored;
      const fs::path& path = walk->path();
      if (walk->is_directory(ignored) && (path.filename() == ".git" || walk->is_symlink(ignored))) {
        walk.disable_recursion_pending();
      } else if (walk->is_regular_file(ignored) && !walk->is_symlink(ignored)) {
        look_at(path);
      }
    }
    if (context_.host.is_interrupted()) {
      return fail(ErrorKind::interrupted, "interrupted", "interrupted");
    }
    cut = files == k_files_max || findings.size() >= k_findings_max;
    std::ranges::stable_sort(findings, {}, &runtime::PolicyFinding::path);
    return {};
  }

  std::vector<runtime::PolicyFinding> findings;
  std::size_t files = 0;
  std::size_t unread = 0;
  bool cut = false;

 private:
  void look_at(const fs::path& path) {
    const std::string extension = path.extension().string();
    if (!with_docs_ && (extension == ".md" || extension == ".markdown")) {
      return;
    }
    ++files;
    if (is_definition(path)) {
      take(runtime::check_definition_file(path, rules_));
      return;
    }
    const auto text = host::read_file(path, limits::k_config_file_bytes_max);
    if (!text) {
      ++unread;
    } else if (is_lone_drop_in(path)) {
      runtime::UnitFile unit;
      unit.add(*text, path);
      take(runtime::check_unit(unit, path, rules_));
    } else if (text->find('\0') == std::string::npos) {
      take(runtime::check_text(*text, path, rules_));
    }
  }

  void take(Result<std::vector<runtime::PolicyFinding>> found) {
    if (!found) {
      ++unread;
      return;
    }
    std::ranges::move(*found, std::back_inserter(findings));
  }

  const Context& context_;
  bool with_docs_;
  runtime::RuleSetting rules_;
};

Result<Report> scan(const Options& options, Context& context) {
  const fs::path root = options.operands().empty() ? fs::path(".") : fs::path(options.operands()[0]);
  std::error_code ignored;
  if (!fs::exists(root, ignored)) {
    return fail(ErrorKind::not_found, "input-missing", fmt::format("'{}' does not exist", root.string()));
  }
  SOURCEOS_TRY_ASSIGN(AgentCall call, AgentCall::begin(context, "", bundle::Mode::read_only));
  TreeScan tree(context, options.has("--include-docs"));
  SOURCEOS_TRY(tree.run(root));
  json::Value record = new_record("agent-scan");
  record["type"] = "LocalAgentScan";
  record["root"] = call.redact(root.string());
  record["files"] = tree.files;
  record["unread"] = tree.unread;
  record["cut"] = tree.cut;
  record["findings"] = json::Value::array();
  std::uint64_t high = 0;
  std::uint64_t medium = 0;
  for (const runtime::PolicyFinding& finding : tree.findings) {
    record["findings"].push_back(runtime::as_json(finding, call.redactor()));
    high += finding.severity == runtime::Severity::high ? 1 : 0;
    medium += finding.severity == runtime::Severity::medium ? 1 : 0;
  }
  record["counts"] = {{"high", high}, {"medium", medium}};
  const std::string threshold = options.value_or("--fail-on", "high");
  const bool failed = threshold == "high" ? high > 0 : threshold == "medium" && high + medium > 0;
  SOURCEOS_TRY(call.add_json({"scan.json"}, collect::EntryKind::check_report, record));
  call.add_findings(tree.findings, {"scan.json"});
  return call.finish(std::move(record), failed ? ExitCode::negative : ExitCode::done,
                     failed ? "policy-finding" : "");
}

void print_scan(const json::Value& record, Text& text) {
  const json::Value& counts = part_of(record, "counts");
  print_findings(part_of(record, "findings"), text);
  text.line(fmt::format("{} in {}: {} high, {} medium",
                        counted(number_of(record, "files"), "file", "files"), text_of(record, "root"),
                        number_of(counts, "high"), number_of(counts, "medium")),
            number_of(counts, "high") > 0 ? Tone::bad : Tone::good);
  if (flag_of(record, "cut")) {
    text.line("a limit was reached: not everything was looked at", Tone::warning);
  }
}

}  // namespace

constinit const Command k_agent_scan = {
    .name = "scan",
    .summary = "look for services in a tree that could run wild",
    .options = k_options,
    .operands = k_operands,
    .run = scan,
    .print = print_scan,
    .store = StoreUse::optional,
};

}  // namespace sourceos::cli

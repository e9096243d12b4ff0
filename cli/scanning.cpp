#include "cli/scanning.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/git_sources.hpp"
#include "cli/hits.hpp"
#include "cli/masking.hpp"
#include "cli/progress.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/tree.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::cli {

namespace {

// Findings are what logs and configurations tell; source code and programs only speak of them.
bool is_source_code(std::string_view name) {
  static constexpr std::array<std::string_view, 41> k_endings = {
      "c",   "h",   "cc",  "hh",  "cpp",   "hpp", "cxx", "m",  "rs",   "go",   "py",    "rb",  "java",
      "kt",  "cs",  "js",  "mjs", "cjs",   "ts",  "tsx", "jsx", "php", "swift", "lua",  "pl",  "ps1",
      "sh",  "bash", "cmake", "nix", "sql", "toml", "md", "rst", "html", "css", "in",   "tf",  "scala",
      "awk", "pyc"};
  const std::string ending = text::ascii_lower(name.substr(name.find_last_of("./") + 1));
  return std::ranges::find(k_endings, ending) != k_endings.end();
}

constexpr std::size_t k_beginning_bytes = 8;

// By its first bytes: ELF, Mach-O, Java class, PE, WebAssembly, ar, zip (jar, wheel).
bool is_program(std::string_view first) {
  using namespace std::string_view_literals;
  static constexpr std::array k_beginnings = {"\x7f" "ELF"sv, "\xcf\xfa\xed\xfe"sv, "\xca\xfe\xba\xbe"sv, "MZ\x90"sv,
                                              "\0asm"sv,    "!<arch>\n"sv,        "PK\x03\x04"sv};
  return std::ranges::any_of(k_beginnings, [&](std::string_view each) { return first.starts_with(each); });
}

redact::DocumentOptions document_options(const std::string& name, std::string_view first) {
  redact::DocumentOptions options;
  options.name = name;
  options.hits = true;
  options.bytes = false;
  options.findings = !is_source_code(name) && !is_program(first);
  return options;
}

// What one worker hands back for one file.
struct FileResult {
  Masked masked;
  std::string skipped;  // reason, or empty
};

FileResult scan_file(const redact::Pipeline& pipeline, const TreeFile& file, const host::Host& host) {
  FileResult result;
  const auto opened = host::open_regular(file.path);
  if (!opened) {
    result.skipped = opened.error().reason;
    return result;
  }
  char first[k_beginning_bytes];
  const bool has_first = host::read_exactly_at(*opened, 0, first, sizeof first).has_value();
  const std::string_view beginning(first, has_first ? sizeof first : 0);
  auto masked = mask_file(pipeline, document_options(file.name, beginning), *opened,
                          [](std::string_view) { return Status(); }, host);
  if (!masked) {
    result.skipped = masked.error().reason;
    return result;
  }
  result.masked = std::move(*masked);
  return result;
}

std::vector<FileResult> scan_files(const redact::Pipeline& pipeline, const std::vector<TreeFile>& files,
                                   std::size_t jobs, Context& context, Progress& progress) {
  std::vector<FileResult> results(files.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> bytes = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size() && !context.host.is_interrupted(); i = next++) {
      results[i] = scan_file(pipeline, files[i], context.host);
      progress.set(bytes += results[i].masked.bytes, 0);
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < std::min(jobs, files.size()); ++i) {
    workers.emplace_back(work);
  }
  work();
  return results;
}

std::string shown_name(const Context& context, const redact::Pipeline& pipeline, const std::string& name) {
  return pipeline.text(shown_path(context, name)).str();
}

// What the version before had too is not new.
json::Value without_old(const json::Value& rows, const json::Value& old_rows) {
  std::set<std::pair<std::string, std::string>> old_tags;
  for (const json::Value& row : old_rows) {
    old_tags.emplace(text_of(row, "rule"), text_of(row, "tag"));
  }
  json::Value fresh = json::Value::array();
  for (const json::Value& row : rows) {
    if (!old_tags.contains({text_of(row, "rule"), text_of(row, "tag")})) {
      fresh.push_back(row);
    }
  }
  return fresh;
}

Status append_blob(json::Value& rows, const redact::Pipeline& pipeline, const std::string& path,
                   const std::string& shown, std::string_view content) {
  SOURCEOS_TRY_ASSIGN(const Masked masked, mask_whole(pipeline, document_options(path, content), content,
                                                      [](std::string_view) { return Status(); }));
  append_rows(rows, masked, shown, pipeline);
  return {};
}

}  // namespace

Status scan_tree(ScanAnswer& answer, const redact::Pipeline& pipeline, const Tree& tree, std::size_t jobs,
                 Context& context) {
  Progress progress(context.console, "scan", !context.quiet);
  const auto results = scan_files(pipeline, tree.files, std::max<std::size_t>(1, jobs), context, progress);
  if (context.host.is_interrupted()) {
    return fail(ErrorKind::interrupted, "interrupted", "interrupted");
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const std::string name = shown_name(context, pipeline, tree.files[i].name);
    if (!results[i].skipped.empty()) {
      answer.skipped.push_back({{"path", name}, {"reason", results[i].skipped}});
      continue;
    }
    ++answer.files;
    answer.bytes += results[i].masked.bytes;
    append_rows(answer.rows, results[i].masked, name, pipeline);
  }
  for (const Skipped& skipped : tree.skipped) {
    answer.skipped.push_back(
        {{"path", shown_name(context, pipeline, skipped.name)}, {"reason", skipped.reason}});
  }
  return {};
}

Status scan_blob(ScanAnswer& answer, const redact::Pipeline& pipeline, const GitBlob& blob,
                 const Context& context) {
  if (context.host.is_interrupted()) {
    return fail(ErrorKind::interrupted, "interrupted", "interrupted");
  }
  const std::string name = pipeline.text(blob.path).str();
  json::Value rows = json::Value::array();
  SOURCEOS_TRY(append_blob(rows, pipeline, blob.path, name, blob.content));
  if (!rows.empty() && !blob.before.empty()) {
    json::Value old_rows = json::Value::array();
    SOURCEOS_TRY(append_blob(old_rows, pipeline, blob.path, name, blob.before));
    rows = without_old(rows, old_rows);
  }
  for (json::Value& row : rows) {
    row["commit"] = blob.commit.empty() ? json::Value() : json::Value(blob.commit);
    answer.rows.push_back(std::move(row));
  }
  ++answer.files;
  answer.bytes += blob.content.size();
  return {};
}

}  // namespace sourceos::cli

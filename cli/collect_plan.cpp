#include "cli/collect_plan.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/parser.hpp"
#include "collect/registry.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/files.hpp"
#include "redact/rules.hpp"

namespace sourceos::cli {

namespace {

constexpr std::string_view k_default_preset = "local-runtime";

Result<collect::Plan> base_plan(const Options& options) {
  if (options.has("--plan") && options.has("--preset")) {
    return fail(ErrorKind::usage, "usage", "'--plan' and '--preset' exclude each other");
  }
  if (const auto file = options.value("--plan")) {
    return collect::read_plan(*file, {.exec = options.has("--allow-exec"),
                                      .paths = options.has("--allow-path")});
  }
  const bool is_put_together =
      options.has("--collector") || options.has("--path") || options.has("--exec");
  if (is_put_together && !options.has("--preset")) {
    collect::Plan plan;
    plan.name = "command-line";
    return plan;
  }
  return collect::preset(options.value_or("--preset", k_default_preset));
}

// Adds to what a collector is told, keeping what a plan said.
void add_option(collect::PlannedCollector& planned, const std::string& key, json::Value value) {
  json::Value told = json::Value::parse(planned.options_json, nullptr, false);
  if (!told.is_object()) {
    told = json::Value::object();
  }
  if (told.contains(key) && told[key].is_array() && value.is_array()) {
    for (json::Value& item : value) {
      told[key].push_back(std::move(item));
    }
  } else {
    told[key] = std::move(value);
  }
  planned.options_json = told.dump();
  planned.is_required = true;
}

}  // namespace

Result<collect::Plan> collect_plan(const Options& options) {
  SOURCEOS_TRY_ASSIGN(collect::Plan plan, base_plan(options));
  for (const std::string& name : options.values("--collector")) {
    if (collect::find_collector(name) == nullptr) {
      std::vector<std::string_view> names;
      for (const collect::CollectorRow& row : collect::collectors()) {
        names.push_back(row.collector->name());
      }
      const std::string_view near = nearest(name, names);
      return fail(Error(ErrorKind::usage, "unknown-collector",
                        fmt::format("there is no collector '{}'{}", name,
                                    near.empty() ? "" : fmt::format("; did you mean '{}'?", near)))
                      .with_next("sourceosctl evidence collect --list"));
    }
    plan.collector(name).is_required = true;
  }
  if (const auto paths = options.values("--path"); !paths.empty()) {
    json::Value absolute = json::Value::array();
    for (const std::string& path : paths) {
      if (const auto facts = host::describe(path); !facts && facts.error().kind == ErrorKind::not_found) {
        const std::filesystem::path folder = std::filesystem::path(path).parent_path();
        return fail(Error(ErrorKind::not_found, "input-missing", fmt::format("'{}' does not exist", path))
                        .with_next("ls -l " + text::shell_word(folder.empty() ? "." : folder.string())));
      }
      absolute.push_back(std::filesystem::absolute(path).lexically_normal().string());
    }
    add_option(plan.collector("files"), "paths", std::move(absolute));
  }
  if (options.has("--exec") != !options.rest().empty()) {
    return fail(ErrorKind::usage, "usage", "'--exec' and '-- ARGV' go together");
  }
  if (options.has("--exec")) {
    add_option(plan.collector("command"), "argv", options.rest());
  }
  return plan;
}

Status check_rule_files(const Options& options, const collect::Plan& plan) {
  std::vector<std::string> files = options.values("--rules");
  files.insert(files.end(), plan.rule_files.begin(), plan.rule_files.end());
  for (const std::string& file : files) {
    SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(file, limits::k_config_file_bytes_max));
    SOURCEOS_TRY(redact::parse_rule_file(text, file));
  }
  return {};
}

}  // namespace sourceos::cli

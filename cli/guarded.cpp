#include "cli/guarded.hpp"

#include "cli/parser.hpp"
#include "cli/report.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/limits.hpp"
#include "core/toml.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

enum class Form { toml, json };

bool file_guards(const host::fs::path& file, Form form) {
  const auto text = host::read_file(file, limits::k_config_file_bytes_max);
  if (!text) {
    return text.error().kind != ErrorKind::not_found;
  }
  const auto document = form == Form::toml ? toml::parse(*text) : json::parse(*text);
  if (!document || !document->is_object()) {
    return true;
  }
  const auto found = document->find("guardedMutations");
  return found != document->end() && *found != false;
}

}  // namespace

bool is_guarded(const host::Environment& environment) {
  return environment.guarded_mutations ||
         file_guards(environment.config_root / "config.toml", Form::toml) ||
         file_guards(environment.config_root / "config.json", Form::json);
}

std::string next_of_plan(const Options& options, Go go) {
  return go == Go::plan && !options.has("--dry-run")
             ? "the same command with '--execute --policy-ok' (guarded mode)"
             : "";
}

Result<Go> decide_go(const Options& options, const Context& context, Guard guard) {
  const bool executes = options.has("--execute");
  if (options.has("--dry-run") && executes) {
    return fail(ErrorKind::usage, "usage", "'--dry-run' and '--execute' exclude each other");
  }
  if (options.has("--dry-run")) {
    return Go::plan;
  }
  if (guard == Guard::as_configured && !is_guarded(context.host.environment)) {
    return Go::act;
  }
  if (executes && !options.has("--policy-ok")) {
    return fail(Error(ErrorKind::refused, "policy-confirmation-missing",
                      "'--execute' needs '--policy-ok' in guarded mode")
                    .with_next("the same command with '--execute --policy-ok'"));
  }
  return executes ? Go::act : Go::plan;
}

}  // namespace sourceos::cli

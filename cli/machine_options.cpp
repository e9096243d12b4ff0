#include "cli/machine_options.hpp"

#include <system_error>

#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/host.hpp"
#include "host/tool_finder.hpp"
#include "runtime/machine/presets.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

std::vector<fs::path> contract_directories(const Options& options) {
  const std::vector<std::string> named = options.values("--contracts");
  return {named.begin(), named.end()};
}

Result<runtime::LoadedProfile> chosen_profile(const Options& options, const Context& context) {
  const host::Environment& environment = context.host.environment;
  return runtime::load_profile(
      environment, options.value_or("--profile", runtime::preset_for(environment.adapter)));
}

runtime::DenySet machine_deny_set(const Context& context) {
  const fs::path store = context.evidence == "none" ? fs::path() : store_root(context);
  std::vector<std::string> stores;
  if (!store.empty()) {
    std::error_code ignored;
    stores.push_back(fs::absolute(store, ignored).lexically_normal().string());
    stores.push_back(fs::weakly_canonical(store, ignored).string());
  }
  return runtime::DenySet(runtime::deny_places(context.host.environment, stores));
}

runtime::PolicyContext machine_policy(const Context& context, const runtime::DenySet& deny) {
  runtime::PolicyContext policy{.deny = deny,
                                .directory = fs::current_path(),
                                .cache_root = runtime::cache_root(context.host.environment),
                                .roots = std::nullopt};
  policy.scan.mount_table = host::system_path(context.host.environment, "/proc/self/mountinfo");
  return policy;
}

void leave_out_tools_of(Context& context, const std::vector<std::string>& repos) {
  std::vector<fs::path> places;
  for (const std::string& repo : repos) {
    std::error_code ignored;
    const fs::path path = runtime::expand_home(repo, context.host.environment.home.string());
    const fs::path real = fs::weakly_canonical(path, ignored);
    // What holds the system or home as a whole is refused anyway, and would leave no tool to say
    // so.
    const fs::path home = context.host.environment.home;
    if (!real.empty() && real.has_relative_path() && home.string().rfind(real.string(), 0) != 0) {
      places.push_back(real);
    }
  }
  context.tools.exclude(places);
}

Status write_document(const std::string& path, const json::Value& document, std::uint32_t mode) {
  return host::write_file_atomically(fs::absolute(path), to_json_text(document, Layout::pretty),
                                     mode, host::Durability::synced);
}

}  // namespace sourceos::cli

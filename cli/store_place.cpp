#include "cli/store_place.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "host/host.hpp"
#include "runtime/machine/host_path.hpp"
#include "runtime/machine/real_path.hpp"

namespace sourceos::cli {

namespace fs = std::filesystem;

Status check_store_place(const Context& context, const std::vector<std::string>& mounted) {
  if (context.evidence.empty() || context.evidence == "none") {
    return {};  // the account's own place is in the deny set
  }
  const auto adapter = runtime::adapter_of(context.host.environment.adapter);
  const auto key_of = [&](const fs::path& path) {
    const fs::path absolute = fs::absolute(path).lexically_normal();
    return runtime::path_key(adapter, runtime::resolve_existing_part(absolute)
                                          .value_or(runtime::RealPath{absolute.string(), false})
                                          .path);
  };
  const runtime::PathKey store = key_of(store_root(context));
  for (const std::string& path : mounted) {
    const std::string place = runtime::expand_home(path, context.host.environment.home.string());
    if (!place.empty() && runtime::relation(store, key_of(place)) != runtime::Relation::apart) {
      return fail(
          ErrorKind::refused, "store-in-mount",
          fmt::format("the evidence store would lie in or above '{}', which is mounted", path));
    }
  }
  return {};
}

}  // namespace sourceos::cli

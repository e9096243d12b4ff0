#include "runtime/doors/grant_uses.hpp"

#include <fmt/format.h>

#include "core/json/canonical.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"

namespace sourceos::runtime {

namespace {

std::filesystem::path uses_file(const std::filesystem::path& state_root, const Contract& grant) {
  // The schema keeps the local id to a-z, 0-9, '-' and '_'.
  const std::string local = grant.id().substr(grant.id().rfind(':') + 1);
  return state_root / "grants" / (local + ".json");
}

Result<std::uint64_t> read_uses(const std::filesystem::path& path, const Contract& grant) {
  const auto text = host::read_file(path, limits::k_config_file_bytes_max);
  if (!text && text.error().kind == ErrorKind::not_found) {
    return 0;
  }
  SOURCEOS_TRY(text);
  SOURCEOS_TRY_ASSIGN(const json::Value value, json::parse(*text));
  const bool is_ours = value.is_object() && value.value("grant", "") == grant.id() &&
                       value.contains("uses") && value.at("uses").is_number_unsigned();
  if (!is_ours) {
    return fail(ErrorKind::malformed, "grant-uses-malformed",
                fmt::format("'{}' does not count the uses of this grant", path.string()));
  }
  return value.at("uses").get<std::uint64_t>();
}

}  // namespace

Result<std::uint64_t> grant_uses(const std::filesystem::path& state_root, const Contract& grant) {
  return read_uses(uses_file(state_root, grant), grant);
}

Result<std::uint64_t> count_grant_use(const std::filesystem::path& state_root, const Contract& grant) {
  SOURCEOS_TRY(host::make_directories(state_root / "grants", 0700));
  const std::filesystem::path path = uses_file(state_root, grant);
  SOURCEOS_TRY_ASSIGN(const host::FileLock lock, host::FileLock::acquire(path.string() + ".lock"));
  SOURCEOS_TRY_ASSIGN(std::uint64_t uses, read_uses(path, grant));
  const json::Value& most = grant.document().at("maxUses");
  if (most.is_number_unsigned() && uses >= most.get<std::uint64_t>()) {
    return fail(ErrorKind::refused, "grant-used-up",
                fmt::format("the grant was used {} times, allowed are {}", uses, most.get<std::uint64_t>()));
  }
  ++uses;
  SOURCEOS_TRY_ASSIGN(const std::string text,
                      json::write_canonical({{"grant", grant.id()}, {"uses", uses}}));
  SOURCEOS_TRY(host::write_file_atomically(path, text + "\n", 0600, host::Durability::synced));
  return uses;
}

}  // namespace sourceos::runtime

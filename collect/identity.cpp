#include "collect/identity.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

namespace sourceos::collect {

namespace {

constexpr std::uint64_t k_accounts_bytes_max = limits::k_mib;
constexpr unsigned k_first_person_uid = 1000;  // below are the system's own accounts
constexpr unsigned k_nobody_uid = 65534;

// Accounts of people, from the account file: their names and homes show in logs too.
void add_other_accounts(const host::Environment& environment, redact::Identity& identity) {
  const Result<std::string> accounts =
      host::read_file(host::system_path(environment, "/etc/passwd"), k_accounts_bytes_max);
  if (!accounts) {
    return;
  }
  for (const std::string_view line : text::lines(*accounts)) {
    const std::vector<std::string_view> fields = text::split(line, ':');
    if (fields.size() != 7 || fields[2].empty() || fields[2].size() > 9 ||
        fields[2].find_first_not_of("0123456789") != std::string_view::npos) {
      continue;
    }
    const unsigned long uid = std::stoul(std::string(fields[2]));
    if (uid < k_first_person_uid || uid == k_nobody_uid || fields[0] == identity.user) {
      continue;
    }
    identity.other_users.emplace_back(fields[0]);
  }
}

}  // namespace

redact::Identity read_identity(const host::Environment& environment) {
  redact::Identity identity;
  identity.user = environment.user;
  identity.host = environment.host_name;
  identity.home = environment.home.string();
  std::error_code ignored;
  const std::string real_home = host::fs::canonical(environment.home, ignored).string();
  if (!real_home.empty() && real_home != identity.home) {
    identity.other_homes.push_back(real_home);
  }
  add_other_accounts(environment, identity);
  return identity;
}

void teach_own_secrets(redact::Pipeline& pipeline, const host::Environment& environment,
                       const std::vector<std::string>& argv) {
  using Trust = redact::Pipeline::Trust;
  std::string arguments;
  for (const std::string& argument : argv) {
    arguments += argument;
    arguments += '\0';
  }
  std::string variables;
  for (const auto& [name, value] : environment.variables) {
    variables += name + "=" + value;
    variables += '\0';
  }
  redact::DocumentOptions how;
  how.findings = false;
  how.format = redact::Format::arguments;
  pipeline.teach_document(arguments, how, Trust::operator_source);
  how.format = redact::Format::environment;
  pipeline.teach_document(variables, how, Trust::operator_source);
}

}  // namespace sourceos::collect

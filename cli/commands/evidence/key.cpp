#include "bundle/key.hpp"

#include <array>

#include <fmt/format.h>

#include "cli/changes.hpp"
#include "cli/commands/commands.hpp"
#include "cli/option_sets.hpp"
#include "cli/parser.hpp"
#include "cli/passphrase.hpp"
#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

constexpr std::array<std::string_view, 5> k_roles = {"bundle", "log", "root", "sidecar", "disclose"};
constexpr std::array<std::string_view, 4> k_formats = {"pem", "minisign", "openssh", "cosign"};

constexpr Option k_role_option = {.name = "--role",
                                  .kind = ValueKind::choice,
                                  .value = "ROLE",
                                  .help = "What the key signs; 'bundle' by default",
                                  .choices = k_roles};
constexpr std::array k_make_own_options = {k_role_option, k_passphrase_option};
constexpr auto k_make_options = joined(k_make_own_options, k_dry_run_options);
constexpr std::array k_show_options = {k_role_option};
constexpr std::array k_export_options = {
    k_role_option,
    Option{.name = "--format",
           .kind = ValueKind::choice,
           .value = "FORMAT",
           .help = "Form of the public key; 'pem' by default",
           .choices = k_formats},
    Option{.name = "--same-key",
           .help = "Give out the bundle key as minisign or OpenSSH; sidecars have a key of their own"},
    output_option("Write the public key to PATH"),
};
constexpr std::array k_new_examples = {
    Example{"A root key, which signs trust files", "evidence key new --role root"},
};
constexpr std::array k_list_examples = {Example{"The keys of this account", "evidence key list"}};
constexpr std::array k_show_examples = {Example{"The log key", "evidence key show --role log"}};
constexpr std::array k_export_examples = {
    Example{"The public key for a verifier", "evidence key export --output host.pem"},
    Example{"The sidecar key as OpenSSH", "evidence key export --role sidecar --format openssh"},
};
constexpr std::array k_rotate_examples = {
    Example{"A new bundle key; the old one stays beside it", "evidence key rotate --role bundle"},
};

Result<bundle::KeyRole> role_of(const Options& options) {
  return bundle::parse_key_role(options.value_or("--role", "bundle"));
}

json::Value key_row(const bundle::KeyFile& key, const Context& context) {
  return {{"role", to_string(key.role)},
          {"purpose", to_string(key.purpose)},
          {"keyId", bundle::key_id(key.public_key)},
          {"spkiSha256", bundle::spki_digest(key.public_key).text()},
          {"file", shown_path(context, key.path)},
          {"passphrase", key.has_passphrase}};
}

Status note_change(const Context& context, std::string_view what, const bundle::KeyFile& key) {
  SOURCEOS_TRY_ASSIGN(OpenStore open, open_store(context, bundle::StoreAccess::write));
  return log_change(context, open, {{"change", what}, {"key", key_row(key, context)}});
}

const bundle::SecretBytes* pointer_to(const std::optional<bundle::SecretBytes>& passphrase) {
  return passphrase ? &*passphrase : nullptr;
}

// What 'key new' would make: a key has no id before it is there.
Result<Report> plan_to_make(bundle::KeyRole role, const Context& context) {
  const std::filesystem::path path = key_directory(context).file_of(role);
  if (host::describe(path)) {
    return fail(Error(ErrorKind::refused, "key-exists", "there is a key of this role already")
                    .with_next(context.command_line(
                        fmt::format("evidence key show --role {}", to_string(role)))));
  }
  json::Value record = new_record("evidence-key-new");
  record["planned"] = true;
  record["key"] = {{"role", to_string(role)}, {"keyId", nullptr}, {"file", shown_path(context, path)}};
  return Report(std::move(record));
}

Result<Report> make(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::KeyRole role, role_of(options));
  if (options.has("--dry-run")) {
    return plan_to_make(role, context);
  }
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  SOURCEOS_TRY_ASSIGN(const bundle::KeyFile key, key_directory(context).create(
                                                     role, context.host.random, pointer_to(passphrase)));
  SOURCEOS_TRY(extend_local_trust(context));
  SOURCEOS_TRY(note_change(context, "key-new", key));
  json::Value record = new_record("evidence-key-new");
  record["planned"] = false;
  record["key"] = key_row(key, context);
  return Report(std::move(record));
}

Result<Report> list(const Options&, Context& context) {
  SOURCEOS_TRY_ASSIGN(const auto keys, key_directory(context).list());
  json::Value record = new_record("evidence-key-list");
  record["keys"] = json::Value::array();
  for (const bundle::KeyFile& key : keys) {
    record["keys"].push_back(key_row(key, context));
  }
  return Report(std::move(record));
}

Result<bundle::KeyFile> current(const Options& options, const Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::KeyRole role, role_of(options));
  auto key = bundle::describe_key_file(key_directory(context).file_of(role));
  if (!key) {
    return fail(std::move(key).error().with_next(
        context.command_line(fmt::format("evidence key new --role {}", to_string(role)))));
  }
  return std::move(*key);
}

Result<Report> show(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::KeyFile key, current(options, context));
  json::Value record = new_record("evidence-key-show");
  record["key"] = key_row(key, context);
  record["pem"] = bundle::export_public_key(key.public_key, bundle::KeyFormat::pem);
  return Report(std::move(record));
}

Result<Report> export_key(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::KeyFile key, current(options, context));
  const std::string format = options.value_or("--format", "pem");
  const bool is_sidecar_form = format == "minisign" || format == "openssh";
  if (is_sidecar_form && key.purpose == bundle::KeyRole::bundle && !options.has("--same-key")) {
    return fail(Error(ErrorKind::refused, "same-key",
                      "sidecars are signed by a key of role 'sidecar', not by the bundle key")
                    .with_next(context.command_line("evidence key export --role sidecar --format " + format)));
  }
  SOURCEOS_TRY_ASSIGN(const bundle::KeyFormat parsed, bundle::parse_key_format(format));
  json::Value record = new_record("evidence-key-export");
  record["key"] = key_row(key, context);
  record["format"] = format;
  record["text"] = bundle::export_public_key(key.public_key, parsed);
  if (const auto path = options.value("--output"); path && *path != "-") {
    SOURCEOS_TRY_ASSIGN(OutputFile file, OutputFile::create(*path, 0644));
    SOURCEOS_TRY(file.write(record["text"].get_ref<const std::string&>()));
    SOURCEOS_TRY(file.commit());
    record["output"] = shown_path(context, *path);
  }
  return Report(std::move(record));
}

Result<Report> rotate(const Options& options, Context& context) {
  SOURCEOS_TRY_ASSIGN(const bundle::KeyRole role, role_of(options));
  if (role == bundle::KeyRole::log) {
    return fail(Error(ErrorKind::refused, "log-key",
                      "a log has one key for life; a new log can have a new one")
                    .with_next(context.command_line("evidence log new --new-key --reason TEXT")));
  }
  json::Value record = new_record("evidence-key-rotate");
  record["planned"] = options.has("--dry-run");
  if (options.has("--dry-run")) {
    SOURCEOS_TRY_ASSIGN(const bundle::KeyFile old_key, current(options, context));
    record["oldKey"] = key_row(old_key, context);
    record["newKey"] = nullptr;
    return Report(std::move(record));
  }
  SOURCEOS_TRY_ASSIGN(const auto passphrase, read_passphrase(options));
  SOURCEOS_TRY_ASSIGN(const auto rotation, key_directory(context).rotate(role, context.host.random,
                                                                         pointer_to(passphrase)));
  SOURCEOS_TRY(extend_local_trust(context));
  SOURCEOS_TRY(note_change(context, "key-rotate", rotation.new_key));
  record["oldKey"] = key_row(rotation.old_key, context);
  record["newKey"] = key_row(rotation.new_key, context);
  return Report(std::move(record));
}

// --- text

std::vector<Cell> cells_of(const json::Value& key) {
  return {text_of(key, "role"), text_of(key, "keyId"), text_of(key, "spkiSha256"), text_of(key, "file")};
}

void print_keys(const json::Value& record, Text& text) {
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& key : part_of(record, "keys")) {
    rows.push_back(cells_of(key));
  }
  for (const std::string_view name : {"key", "oldKey", "newKey"}) {
    if (const json::Value& key = part_of(record, name); key.is_object()) {
      rows.push_back(cells_of(key));
    }
  }
  if (flag_of(record, "planned")) {
    text.line(part_of(record, "oldKey").is_object() ? "would put a new key in the place of" : "would make");
  }
  if (rows.empty()) {
    text.line("no key yet: the first 'evidence collect' makes them");
    return;
  }
  text.table({"role", "key id", "SHA-256 of the public key (SPKI)", "file"}, rows);
  if (const std::string pem = text_of(record, "pem"); !pem.empty()) {
    text.gap().verbatim_lines(pem);
  }
}

void print_export(const json::Value& record, Text& text) {
  if (const std::string path = text_of(record, "output"); !path.empty()) {
    text.field("written", path);
  } else {
    text.verbatim_lines(text_of(record, "text"));
  }
}

constinit const Command k_new = {
    .name = "new",
    .summary = "make a key",
    .options = k_make_options,
    .examples = k_new_examples,
    .run = make,
    .print = print_keys,
    .store = StoreUse::needed,
};
constinit const Command k_list = {
    .name = "list",
    .summary = "list the keys of this account",
    .examples = k_list_examples,
    .run = list,
    .print = print_keys,
};
constinit const Command k_show = {
    .name = "show",
    .summary = "show one public key",
    .options = k_show_options,
    .examples = k_show_examples,
    .run = show,
    .print = print_keys,
};
constinit const Command k_export = {
    .name = "export",
    .summary = "write a public key for other tools",
    .options = k_export_options,
    .examples = k_export_examples,
    .run = export_key,
    .print = print_export,
};
constinit const Command k_rotate = {
    .name = "rotate",
    .summary = "make a new key and keep the old one beside it",
    .options = k_make_options,
    .examples = k_rotate_examples,
    .run = rotate,
    .print = print_keys,
    .store = StoreUse::needed,
};
constexpr std::array<const Command*, 5> k_commands = {&k_new, &k_list, &k_show, &k_export, &k_rotate};

}  // namespace

constinit const Command k_evidence_key = {
    .name = "key",
    .summary = "make, show and export signing keys",
    .description = "Ed25519 keys with one role each, in files of mode 0600. The first bundle makes "
                   "what it needs. Secret key text never appears in output.",
    .commands = k_commands,
};

}  // namespace sourceos::cli

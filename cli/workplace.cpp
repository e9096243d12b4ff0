#include "cli/workplace.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bundle/secret.hpp"
#include "cli/report.hpp"
#include "cli/scrub.hpp"
#include "core/bytes.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

// A store that cannot be opened says what to do about it.
Error with_advice(Error error, const Context& context) {
  if (error.next.empty() && error.reason == "input-missing") {
    return std::move(error).with_next(context.command_line("evidence collect"));
  }
  if (error.next.empty() && (error.reason == "store-cloned" || error.reason == "log-rewound")) {
    return std::move(error).with_next(context.command_line("evidence log new --reason TEXT"));
  }
  return with_room_advice(std::move(error), context);
}

std::array<std::uint8_t, 32> to_key(std::string_view bytes) {
  std::array<std::uint8_t, 32> key{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), key.size()), key.begin());
  return key;
}

Result<redact::NamedText> read_named(const std::string& path) {
  SOURCEOS_TRY_ASSIGN(std::string text, host::read_file(path, limits::k_config_file_bytes_max));
  return redact::NamedText{path, std::move(text)};
}

// The store whose key makes the tags, or none: redaction works without.
std::unique_ptr<OpenStore> store_for_engine(const Context& context, bool may_make_store) {
  if (context.evidence == "none") {
    return nullptr;
  }
  for (const auto access : {bundle::StoreAccess::read, bundle::StoreAccess::write}) {
    auto opened = open_store(context, access);
    if (opened) {
      // Tags of a key that cannot be had would be tags of no key: better none of the store's.
      auto store = std::make_unique<OpenStore>(std::move(*opened));
      return store->store.derive("probe", "") ? std::move(store) : nullptr;
    }
    if (opened.error().kind != ErrorKind::not_found || !may_make_store) {
      return nullptr;
    }
  }
  return nullptr;
}

redact::KeySource keys_of(const bundle::Store& store) {
  return [&store](std::string_view label, std::string_view text) {
    const auto key = store.derive(label, text);
    return key ? to_key(key->view()) : std::array<std::uint8_t, 32>{};
  };
}

// The rule cache stays under the store's key, when there is one.
redact::KeySource tags_from(std::string tag_key, redact::KeySource others) {
  auto key = std::make_shared<bundle::SecretBytes>(bundle::SecretBytes::take(tag_key));
  return [key, others = std::move(others)](std::string_view label, std::string_view text) {
    return others && label.starts_with("rule-cache")
               ? others(label, text)
               : to_key(bundle::derive_key(*key, label, text).view());
  };
}

}  // namespace

std::filesystem::path store_root(const Context& context) {
  if (context.evidence.empty()) {
    return bundle::default_store_root(context.host.environment);
  }
  return std::filesystem::absolute(context.evidence);
}

bundle::KeyDirectory key_directory(const Context& context) {
  const host::Environment& environment = context.host.environment;
  return {environment.config_root / "keys",
          environment.test_seams ? bundle::KeyRealm::test : bundle::KeyRealm::production};
}

std::filesystem::path local_trust_file(const Context& context) {
  return context.host.environment.config_root / "trust.json";
}

std::filesystem::path verifier_memory(const Context& context) {
  return context.host.environment.state_root / "verifier";
}

std::filesystem::path rule_cache(const Context& context) {
  return context.host.environment.state_root / "cache";
}

Error with_room_advice(Error error, const Context& context) {
  if (error.next.empty() && error.reason == "no-space") {
    return std::move(error).with_next("df -h " + shown_path(context, store_root(context)));
  }
  return error;
}

Result<OpenStore> open_store(const Context& context, bundle::StoreAccess access) {
  if (context.evidence == "none") {
    return fail(ErrorKind::usage, "usage", "this needs a store; '--evidence none' says there is none");
  }
  bundle::StoreOptions options;
  options.root = store_root(context);
  options.access = access;
  std::unique_ptr<bundle::Signer> signer;
  if (access == bundle::StoreAccess::write) {
    SOURCEOS_TRY_ASSIGN(signer, key_directory(context).load_or_create(bundle::KeyRole::log,
                                                                     context.host.random));
    options.log_signer = signer.get();
  }
  auto store = bundle::Store::open(context.host, std::move(options));
  if (!store) {
    return fail(with_advice(std::move(store).error(), context));
  }
  return OpenStore{std::move(signer), std::move(*store)};
}

Result<OpenStore> open_standing_store(const Context& context) {
  // Any other fault of reading is writing's to repair or to tell.
  if (auto read = open_store(context, bundle::StoreAccess::read);
      !read && read.error().kind == ErrorKind::not_found) {
    return fail(std::move(read).error());
  }
  return open_store(context, bundle::StoreAccess::write);
}

Status extend_local_trust(const Context& context) {
  verify::TrustDocument document;
  document.local = true;
  if (host::describe(local_trust_file(context))) {
    SOURCEOS_TRY_ASSIGN(const std::string text, host::read_file(local_trust_file(context),
                                                                limits::k_config_file_bytes_max));
    SOURCEOS_TRY_ASSIGN(document, verify::parse_trust(text));
  }
  SOURCEOS_TRY_ASSIGN(const std::vector<bundle::KeyFile> keys, key_directory(context).list());
  for (const bundle::KeyFile& key : keys) {
    if (document.find(key.public_key) == nullptr) {
      verify::TrustedKey trusted;
      trusted.key = key.public_key;
      trusted.role = key.role;
      trusted.holder = "self";
      document.keys.push_back(std::move(trusted));
    }
  }
  return verify::save_local_trust(local_trust_file(context), document);
}

Status ensure_local_trust(const Context& context) {
  return host::describe(local_trust_file(context)) ? Status() : extend_local_trust(context);
}

bool looks_like_id(std::string_view operand) {
  return operand == "@last" || operand.starts_with("sha256:") || operand.starts_with("urn:") ||
         (operand.size() >= 8 && operand.size() <= 64 && is_lower_hex(operand));
}

Result<Located> locate(const Context& context, const std::string& operand) {
  Located located;
  if (!looks_like_id(operand)) {
    auto layout = bundle::open_layout(operand);
    if (!layout) {
      return fail(std::move(layout).error().with_next(context.command_line("evidence list")));
    }
    located.layout = std::move(*layout);
    return located;
  }
  SOURCEOS_TRY_ASSIGN(located.store, open_store(context, bundle::StoreAccess::read));
  auto id = located.store->store.find(operand);
  if (!id) {
    return fail(std::move(id).error().with_next(context.command_line("evidence list")));
  }
  located.id = *id;
  SOURCEOS_TRY_ASSIGN(located.layout, located.store->store.layout(located.id));
  return located;
}

Result<Engine> Engine::create(const Context& context, const EngineOptions& options) {
  Engine engine;
  engine.store_ = store_for_engine(context, options.may_make_store);
  const host::Environment& environment = context.host.environment;
  redact::PipelineOptions wanted;
  for (const std::string& path : options.rule_files) {
    SOURCEOS_TRY_ASSIGN(redact::NamedText file, read_named(path));
    wanted.rule_files.push_back(std::move(file));
  }
  for (const std::string& path : options.known_files) {
    SOURCEOS_TRY_ASSIGN(redact::NamedText file, read_named(path));
    wanted.known_values.push_back(std::move(file));
  }
  wanted.disabled_rules = options.disabled_rules;
  wanted.allow = options.allow;
  wanted.tag_scope = options.tag_scope;
  wanted.run_id = hex_encode(context.host.random.bytes(16));
  wanted.identity.user = environment.user;
  wanted.identity.host = environment.host_name;
  wanted.identity.home = environment.home.string();
  wanted.personal_data = options.personal_data;
  wanted.private_addresses = options.private_addresses;
  wanted.scalar = options.scalar;
  if (engine.store_) {
    wanted.cache_directory = rule_cache(context);
    wanted.keys = keys_of(engine.store_->store);
  }
  if (!options.tag_key.empty()) {
    wanted.run_id = std::string(32, '0');  // part of the tags of what is easily guessed
    wanted.keys = tags_from(options.tag_key, std::move(wanted.keys));
  }
  SOURCEOS_TRY_ASSIGN(engine.pipeline_, redact::Pipeline::create(std::move(wanted)));
  return engine;
}

std::string shown_path(const Context& context, const std::filesystem::path& path) {
  return home_as_variable(path.string(), context.host);
}

}  // namespace sourceos::cli

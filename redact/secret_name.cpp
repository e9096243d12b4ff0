// A name is cut into lower-case words (`DB_PASSWORD`, `dbPassword`, `db-password` are the same).
// The last word that speaks of a secret decides, unless a word behind it says that the name holds
// something about the secret (`password_file`, `token_type`), or a word before it says that it is
// another kind of key (`public_key`, `next_token`).
#include "redact/secret_name.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "redact/confirm.hpp"

namespace sourceos::redact {

namespace {

constexpr std::size_t k_words_max = 16;

using Words = std::vector<std::string>;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Words words_of(std::string_view name) {
  Words words(1);
  for (std::size_t at = 0; at < name.size() && words.size() < k_words_max; ++at) {
    const char c = name[at];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      if (!words.back().empty()) {
        words.emplace_back();
      }
      continue;
    }
    const bool hump = is_upper(c) && at > 0 &&
                      (is_lower(name[at - 1]) || (is_upper(name[at - 1]) && at + 1 < name.size() && is_lower(name[at + 1])));
    if (hump && !words.back().empty()) {
      words.emplace_back();
    }
    words.back() += is_upper(c) ? static_cast<char>(c + 32) : c;
  }
  for (std::string& word : words) {
    while (word.size() > 1 && is_digit(word.back())) {
      word.pop_back();
    }
  }
  std::erase_if(words, [](const std::string& word) { return word.empty(); });
  return words;
}

constexpr auto k_password_ends = std::to_array<std::string_view>({
    "password", "passwd",   "passphrase", "passcode", "passwort", "kennwort",  "pwd",      "pswd",       "psswd",
    "pswrd",    "psword",   "psswrd",     "pssword",  "paswd",    "paswrd",    "pasword",  "paasword",   "passworsd",
    "passwrd",  "passord",  "contrasena", "senha",    "wachtwoord", "motdepasse", "passw", "userpass",   "dbpass",
    "storepass", "keypass", "authtok", "passwords",  "sqlpass",  "smtppass", "rootpass",  "adminpass", "pincode", "passwrt", "loesenord", "salasana", "heslo", "haslo", "parola", "wachtwort", "psk", "presharedkey"});
constexpr auto k_pass_words = std::to_array<std::string_view>({"pass", "pw", "psw", "pwds", "userpwd", "rootpw", "bindpw", "userpw", "passwds", "upw", "dbpw", "mypw", "pass1", "pword", "pwrd", "passwrd"});
constexpr auto k_key_words = std::to_array<std::string_view>({
    "apikey", "secretkey", "accesskey", "privatekey", "authkey", "signingkey", "masterkey", "sharedkey",
    "accountkey", "licensekey", "encryptionkey", "apitoken", "passkey", "appkey", "storagekey", "servicekey", "clientkey", "hmackey", "appsecret", "authcode", "deploykey", "writekey",
    "readkey", "adminkey", "userkey", "serverkey", "webhookkey", "securitykey", "sessionkey", "aeskey"});
constexpr auto k_key_kinds = std::to_array<std::string_view>({
    "api",       "access",  "secret",  "private",    "auth",     "authentication", "authorization", "encryption",
    "encrypt",   "crypt",   "crypto",  "signing",    "sign",     "master",         "license",       "licence",
    "account",   "service", "storage", "shared",     "subscription", "app",        "application",   "client",
    "deploy",    "admin",   "server",  "integration", "activation", "webhook",     "hmac",          "aes",
    "session",   "cookie",  "certificate", "unseal",  "recovery",   "wep",      "wpa",            "consumer",      "publishable",
    "live",      "write",   "read",    "ingest",     "insert",   "query",          "management",    "record",
    "developer", "user",    "token",   "security"});
constexpr auto k_about = std::to_array<std::string_view>({
    "id",        "ids",       "name",      "names",     "url", "urls", "chars",     "file",      "files",     "filename",  "path",
    "paths",     "dir",       "directory", "uri",       "endpoint",  "endpoints", "host",      "type",
    "types",     "length",    "len",       "size",      "count",     "max",       "min",       "limit",
    "expiry",    "expires",   "expire",    "expiration", "expired",  "ttl",       "age",       "policy",
    "policies",  "reset",     "field",     "fields",    "label",     "placeholder", "hint",    "message",
    "error",     "errors",    "status",    "state",     "enabled",   "disabled",  "required",  "valid",
    "version",   "algorithm", "algorithms", "alg",      "method",    "methods",   "mode",      "format",
    "encoding",  "provider",  "manager",   "store",     "ref",       "reference", "arn",       "validator",
    "regex",     "pattern",   "column",    "index",     "usage",     "rotation",  "scope",     "scopes",
    "template",  "input",     "form",      "page",      "link",      "button",    "class",     "issuer",
    "audience",  "handler",   "callback",  "function",  "factory",   "date",      "time",      "at",
    "changed",   "updated",   "created",   "title",     "description", "ring",    "bucket",    "budget",
    "encryption", "encrypted", "requisite", "of", "reqd", "door", "stores", "managers", "chains", "hash", "hashes", "hashing", "hasher", "history", "generator",
    "stdin", "fd", "command", "cmd", "encoder", "checker", "verification", "protected", "protection", "fingerprint", "helper",  "prompt",    "strength"});
// What may follow a weak word: `KEY_BASE64`, `salt_value`.
constexpr auto k_after_weak = std::to_array<std::string_view>(
    {"value", "data", "base", "hex", "string", "str", "prod", "production", "dev", "staging", "live", "default", "raw", "b", "bytes"});
constexpr auto k_other_keys = std::to_array<std::string_view>({
    "public", "pub",    "primary", "foreign", "partition", "sort",   "cache",  "row",     "object", "index", "map",
    "dict",   "json",   "group",   "unique",  "composite", "lookup", "search", "hot",     "routing", "registry", "bucket",
    "schema", "sequence", "natural", "config", "socket", "label",  "annotation", "translation", "idempotency", "dedup", "event", "metric", "header", "no"});
constexpr auto k_other_tokens = std::to_array<std::string_view>({
    "next", "page", "continuation", "pagination", "cancellation", "max",   "min",    "num",     "total",
    "eos",  "bos",  "pad",          "unk",        "sep",          "cls",   "mask",   "stop",    "special",
    "public", "input", "output", "completion", "resume",    "cached",       "new",   "no",     "image"});
constexpr auto k_pass_parts = std::to_array<std::string_view>({"bypass",    "compass",  "trespass", "surpass",  "encompass", "underpass",
                                                        "overpass", "multipass", "lastpass", "keepass", "onepass", "buypass", "minipass",
                                                        "renderpass", "subpass", "lowpass", "highpass", "bandpass", "firstpass", "secondpass", "singlepass",
                                                        "allpass", "prepass", "shadowpass", "askpass"});
// What may pass, before the word: `first_pass`, `RenderPass`.
constexpr auto k_other_passes = std::to_array<std::string_view>(
    {"render", "sub", "first", "second", "last", "depth", "stencil", "low", "high", "band", "single", "two", "multi", "shadow",
     "optimization", "compiler", "function", "loop", "module", "ask", "check"});

bool is_password_word(std::string_view word) {
  if (text::is_one_of(word, k_pass_words) || word == "requirepass" || word == "masterauth") {
    return true;
  }
  if (std::ranges::any_of(k_password_ends, [word](std::string_view end) { return word.ends_with(end); })) {
    return true;
  }
  return word.size() > 5 && word.ends_with("pass") && !text::is_one_of(word, k_pass_parts);
}

// A word by itself; `before` is the one in front of it or empty.
NameMeaning meaning_of_word(std::string_view word, std::string_view before) {
  if (is_password_word(word)) {
    return {"password", NameStrength::password};
  }
  if (text::is_one_of(word, k_key_words) || word.ends_with("apikey")) {
    return {"api-key", NameStrength::strong};
  }
  if (word == "key" && before == "shared") {
    return {"password", NameStrength::password};  // `pre-shared-key`: people choose it
  }
  if (word == "key" || (word.size() > 5 && word.ends_with("key"))) {
    if (text::is_one_of(before, k_other_keys) || word == "monkey" || word == "hotkey" || word == "turkey" || word == "pubkey" ||
        word == "publickey" || word == "primarykey" || word == "hockey" || word == "jockey") {
      return {};
    }
    if (text::is_one_of(before, k_key_kinds)) {
      return {before == "private" ? "private-key" : "api-key", NameStrength::strong};
    }
    return {"key", NameStrength::weak};
  }
  if (word.ends_with("token") && word != "jsonwebtoken" && !text::is_one_of(before, k_other_tokens) && before != "key") {
    return {"token", NameStrength::strong};
  }
  static constexpr auto k_chosen_secrets = std::to_array<std::string_view>({"shared", "radius", "tacacs", "enable", "sip"});
  if (word == "secret" && text::is_one_of(before, k_chosen_secrets)) {
    return {"password", NameStrength::password};  // people choose it
  }
  if (word.ends_with("secret")) {
    return {"secret", NameStrength::strong};
  }
  if (word == "credential" || word == "credentials" || word == "cred" || word == "creds") {
    return {"credential", NameStrength::strong};
  }
  static constexpr auto k_weak = std::to_array<std::string_view>({
      "auth", "authorization", "authentication", "salt", "nonce", "hmac", "otp", "totp", "seed", "mnemonic", "jwt",
      "bearer", "pat", "cookie", "session", "sid", "phpsessid", "jsessionid", "sessionid", "signature", "sig",
      "passcodes", "api", "api"});
  if (word.size() > 6 && word.ends_with("salt")) {
    return {"token", NameStrength::weak};  // `passwordsalt`
  }
  if (text::is_one_of(word, k_weak)) {
    return {word == "sig" ? "signature" : word.ends_with("id") || word == "sid" ? "session" : "token",
            NameStrength::weak};
  }
  return {};
}

}  // namespace

NameMeaning meaning_of_name(std::string_view name) {
  const Words words = words_of(name);
  if (words.size() > 2 && words.back() == "id" && words[words.size() - 2] == "token" && words[words.size() - 3] == "root") {
    return {"token", NameStrength::strong};  // what one tool calls its first token
  }
  for (std::size_t at = words.size(); at-- > 0;) {
    const std::string_view before = at > 0 ? std::string_view(words[at - 1]) : std::string_view();
    // `pass-through`, `passThrough`: a way, not a password; `renderPass`: a round.
    if (words[at] == "pass" && ((at + 1 < words.size() && words[at + 1] == "through") || text::is_one_of(before, k_other_passes))) {
      continue;
    }
    const NameMeaning meaning = meaning_of_word(words[at], before);
    if (meaning.strength == NameStrength::none) {
      if (text::is_one_of(words[at], k_about)) {
        return {};
      }
      continue;
    }
    if (meaning.strength == NameStrength::weak && at + 1 < words.size() && !text::is_one_of(words[at + 1], k_after_weak)) {
      return {meaning.klass, NameStrength::faint};
    }
    return meaning;
  }
  return {};
}

bool is_about_something(std::string_view name) {
  static constexpr auto k_more = std::to_array<std::string_view>(
      {"sha", "digest", "checksum", "sum", "etag", "commit", "build", "revision", "rev", "image", "tag", "branch",
       "url", "region", "zone", "cluster", "user", "username", "email", "account", "project", "org", "team", "docs"});
  const Words words = words_of(name);
  return !words.empty() && (text::is_one_of(words.back(), k_about) || text::is_one_of(words.back(), k_more));
}

std::string_view class_of_name(std::string_view name) { return meaning_of_name(name).klass; }

}  // namespace sourceos::redact

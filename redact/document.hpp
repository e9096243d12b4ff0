// What a caller says about bytes that it hands to the pipeline, and what comes back beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/redacted.hpp"

namespace sourceos::redact {

// What the bytes claim to be. A claim that does not hold falls back to the text engine, never to
// "as it is". Every format is also read as text.
enum class Format : std::uint8_t {
  automatic,    // by the name in DocumentOptions::name, then by the first bytes
  text,
  json,         // container auth files, inspect output and image config are JSON; keys tell
  yaml,         // Kubernetes objects, kubeconfig
  xml,          // plists
  ini,          // git config, .npmrc, .pypirc, credentials files, TOML-like `key = value`
  unit,         // systemd units and drop-ins
  dotenv,       // NAME=value lines, env files, shell profiles
  netrc,
  pgpass,
  arguments,    // an argument vector, each argument ended by NUL or newline
  environment,  // NAME=value, each ended by NUL or newline
};

struct DocumentOptions {
  Format format = Format::automatic;
  std::string name;             // file name, only to tell the format
  std::string commitment_path;  // entry path; empty: no commitment is made (auth files, L-5)
  std::optional<std::uint64_t> size;  // streams: length of the original when known beforehand
  bool findings = true;
  bool hits = false;  // list every masked place (scan, explain)
  bool bytes = true;  // false: who asks wants to know what there is, not the redacted bytes
};

// How a masked place was found.
enum class Found : std::uint8_t {
  rule, known, identity, structured, key_block, encoded, shadow, undecoded, budget
};
[[nodiscard]] std::string_view to_string(Found found);

// One masked place. Says everything but the secret.
struct Hit {
  std::string rule;   // rule id, or "known", "structured.json", "key-block", ...
  std::string klass;
  std::string check;  // the check that decided, for `redact explain`
  std::string tag;    // 12 hex digits; empty where no tag may be shown
  bundle::Severity severity = bundle::Severity::high;
  Found found = Found::rule;
  std::uint8_t tier = 0;
  bool unsure = false;          // a checksum failed
  std::uint64_t from = 0;       // byte range in the original
  std::uint64_t to = 0;
  std::uint64_t masked_size = 0;  // bytes of what stands in its place
  std::uint64_t line = 1;       // counted from 1
  std::uint64_t column = 1;     // in characters of UTF-8, counted from 1
  bundle::RedactedText excerpt;  // the line around it, redacted
};

}  // namespace sourceos::redact

// What the screen looks for: tokens of issuers whose form tells them without any context.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sourceos::bundle::screen {

enum class Charset : std::uint8_t {
  alnum,        // letters, digits
  upper,        // capital letters, digits
  token,        // letters, digits, _ -
  word,         // letters, digits, _
  hex,          // lower-case hex
  base64,       // letters, digits, + / =
  bech32,       // capital letters, digits (age)
  dotted,       // token and '.'
};

enum class Before : std::uint8_t {
  no_word,      // no letter, digit or _ may stand right before the anchor
  anything,
  pem_begin,    // "-----BEGIN " and up to 12 capitals or spaces
  jwt_header,   // "eyJ" and base64url, right before
};

struct Rule {
  std::string_view name;
  std::string_view anchor;
  Charset charset;
  std::size_t tail_min;    // bytes of the set that must follow
  Before before = Before::no_word;
  bool is_exact = false;   // and no more than these
};

inline constexpr std::array k_rules = {
    Rule{"private-key", "PRIVATE KEY", Charset::base64, 24, Before::pem_begin},
    Rule{"openssh-key-body", "b3BlbnNzaC1rZXktdjE", Charset::base64, 40},
    Rule{"age-key", "AGE-SECRET-KEY-1", Charset::bech32, 58},
    Rule{"aws-key-id", "AKIA", Charset::upper, 16, Before::no_word, true},
    Rule{"aws-session-key-id", "ASIA", Charset::upper, 16, Before::no_word, true},
    Rule{"github-token", "ghp_", Charset::alnum, 36},
    Rule{"github-oauth", "gho_", Charset::alnum, 36},
    Rule{"github-user", "ghu_", Charset::alnum, 36},
    Rule{"github-server", "ghs_", Charset::alnum, 36},
    Rule{"github-refresh", "ghr_", Charset::alnum, 36},
    Rule{"github-fine-grained", "github_pat_", Charset::word, 60},
    Rule{"gitlab-token", "glpat-", Charset::token, 20},
    Rule{"gitlab-runner", "glrt-", Charset::token, 20},
    Rule{"gitlab-deploy", "gldt-", Charset::token, 20},
    Rule{"slack-bot", "xoxb-", Charset::token, 24},
    Rule{"slack-user", "xoxp-", Charset::token, 24},
    Rule{"slack-app", "xapp-", Charset::token, 24},
    Rule{"npm-token", "npm_", Charset::alnum, 36},
    Rule{"pypi-token", "pypi-" "AgEIcHlwaS5vcmc", Charset::token, 50},
    Rule{"openai-project-key", "sk-proj-", Charset::token, 40},
    Rule{"openai-key", "T3BlbkFJ", Charset::token, 20, Before::anything},
    Rule{"anthropic-key", "sk-ant-", Charset::token, 40},
    Rule{"stripe-live-key", "sk_live_", Charset::alnum, 24},
    Rule{"stripe-restricted-key", "rk_live_", Charset::alnum, 24},
    Rule{"google-api-key", "AIza", Charset::token, 35, Before::no_word, true},
    Rule{"google-oauth-secret", "GOCSPX-", Charset::token, 28},
    Rule{"jwt", ".eyJ", Charset::dotted, 40, Before::jwt_header},
    Rule{"digitalocean-token", "dop_v1_", Charset::hex, 64},
    Rule{"digitalocean-oauth", "doo_v1_", Charset::hex, 64},
    Rule{"vault-service-token", "hvs.", Charset::token, 24},
    Rule{"vault-batch-token", "hvb.", Charset::token, 100},
    Rule{"terraform-token", ".atlasv1.", Charset::token, 60, Before::anything},
    Rule{"pulumi-token", "pul-", Charset::hex, 40, Before::no_word, true},
    Rule{"grafana-service-account", "glsa_", Charset::word, 41},
    Rule{"rubygems-key", "rubygems_", Charset::hex, 48},
    Rule{"docker-hub-token", "dckr_pat_", Charset::token, 27},
    Rule{"tailscale-key", "tskey-", Charset::token, 20},
    Rule{"shopify-token", "shpat_", Charset::hex, 32},
    Rule{"linear-key", "lin_api_", Charset::alnum, 40},
    Rule{"databricks-token", "dapi", Charset::hex, 32, Before::no_word, true},
    Rule{"new-relic-key", "NRAK-", Charset::upper, 27},
    Rule{"postman-key", "PMAK-", Charset::token, 59},
    Rule{"doppler-token", "dp.pt.", Charset::alnum, 40},
    Rule{"azure-storage-key", "AccountKey=", Charset::base64, 86},
};

// In a token's tail: it is one of a text that explains.
inline constexpr std::array<std::string_view, 2> k_stand_ins = {"EXAMPLE", "example"};

}  // namespace sourceos::bundle::screen

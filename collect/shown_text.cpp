#include "collect/shown_text.hpp"

#include <array>

#include <fmt/format.h>

#include "core/text.hpp"
#include "redact/pipeline.hpp"

namespace sourceos::collect {

namespace {

using bundle::Literal;

// Collectors, entry kinds, media types and subjects: spelled here so that an account called
// `podman` or `tools` does not mask them.
constexpr std::array k_words = {
    Literal("host"),          Literal("tools"),          Literal("git"),
    Literal("podman"),        Literal("systemd"),        Literal("launchd"),
    Literal("nix"),           Literal("mounts"),         Literal("auth"),
    Literal("logs"),          Literal("files"),          Literal("command"),
    Literal("session"),       Literal("host-facts"),     Literal("tool-versions"),
    Literal("git-state"),     Literal("probe-output"),   Literal("image-inspect"),
    Literal("container-inspect"), Literal("machine-inspect"), Literal("service-definition"),
    Literal("service-status"), Literal("auth-redacted"), Literal("nix-state"),
    Literal("mount-state"),   Literal("log"),            Literal("file"),
    Literal("command-output"), Literal("log-scan"),      Literal("check-report"),
    Literal("application/json"), Literal("text/plain"),  Literal("application/octet-stream"),
    Literal("application/jsonl"), Literal("sourceos"),   Literal("sourceosctl"),
    Literal("sourceos-agent"), Literal("evidence"),      Literal("collect"),
    Literal("local"),         Literal("repository"),     Literal("directory"),
    Literal("plan"),          Literal("policy-decision"), Literal("mount-evidence"),
    Literal("fingerprint"),   Literal("lifecycle-action"), Literal("transcript"),
    Literal("quarantine-manifest"), Literal("remediation"), Literal("agentplane-export"),
    Literal("agent"),         Literal("agent-machine"),  Literal("workspace"),
    Literal("machine"),       Literal("profile"),        Literal("contracts"),
    Literal("doctor"),        Literal("preflight"),      Literal("status"),
    Literal("install"),       Literal("stage"),          Literal("start"),
    Literal("stop"),          Literal("restart"),        Literal("quarantine"),
    Literal("uninstall"),     Literal("activate"),       Literal("list"),
    Literal("scan"),          Literal("init"),           Literal("shell"),
    Literal("run"),           Literal("inspect"),        Literal("export"),
    Literal("validate"),      Literal("local-runtime"),  Literal("enable"),
    Literal("disable"),       Literal("create"),         Literal("remove"),
    Literal("reload"),        Literal("deny"),           Literal("warn"),
};

}  // namespace

std::string percent_encode_unprintable(std::string_view raw) {
  const auto is_plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F && c != '%';
  };
  std::string out;
  out.reserve(raw.size());
  const bool is_valid = text::is_utf8(raw);
  for (const char c : raw) {
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    if (is_plain(c) && (is_ascii || is_valid)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bundle::RedactedText shown_text(const redact::Pipeline& pipeline, std::string_view raw) {
  return pipeline.text(percent_encode_unprintable(raw));
}

std::optional<bundle::RedactedText> shown_text(const redact::Pipeline& pipeline,
                                               const std::optional<std::string>& raw) {
  if (!raw) {
    return std::nullopt;
  }
  return shown_text(pipeline, std::string_view(*raw));
}

std::vector<bundle::RedactedText> shown_texts(const redact::Pipeline& pipeline,
                                              const std::vector<std::string>& raw) {
  std::vector<bundle::RedactedText> out;
  out.reserve(raw.size());
  for (const std::string& one : raw) {
    out.push_back(shown_text(pipeline, std::string_view(one)));
  }
  return out;
}

bundle::RedactedText known_word(const redact::Pipeline& pipeline, std::string_view word) {
  for (const Literal& literal : k_words) {
    if (literal.view() == word) {
      return literal;
    }
  }
  return shown_text(pipeline, word);
}

}  // namespace sourceos::collect

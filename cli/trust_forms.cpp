#include "cli/trust_forms.hpp"

#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "core/json/json.hpp"
#include "core/time.hpp"
#include "verify/trust.hpp"

namespace sourceos::cli {

namespace {

json::Value time_or_null(const std::optional<UtcTime>& time) {
  return time ? json::Value(format_seconds(*time)) : json::Value();
}

json::Value key_row(const verify::TrustedKey& key) {
  json::Value row = {{"role", bundle::to_string(key.role)},
                     {"holder", key.holder},
                     {"keyId", bundle::key_id(key.key)},
                     {"spkiSha256", bundle::spki_digest(key.key).text()},
                     {"validFrom", time_or_null(key.valid_from)},
                     {"validUntil", time_or_null(key.valid_until)}};
  row["revoked"] = nullptr;
  if (key.revocation) {
    row["revoked"] = {{"reason", to_string(key.revocation->reason)},
                      {"at", format_seconds(key.revocation->revoked_at)}};
    if (const auto& last = key.revocation->last_good) {
      row["revoked"]["lastGood"] = {{"logId", last->log_id}, {"size", last->size}, {"root", last->root.text()}};
    }
  }
  return row;
}

}  // namespace

json::Value trust_record(std::string_view name, const verify::TrustDocument& document,
                         const std::filesystem::path& path, const Context& context) {
  json::Value record = new_record(name);
  record["file"] = shown_path(context, path);
  record["version"] = document.version;
  record["local"] = document.local;
  record["expires"] = time_or_null(document.expires);
  record["thresholds"] = {{"bundle", document.bundle_threshold}, {"root", document.root_threshold}};
  record["rootFingerprint"] = nullptr;
  record["rootWords"] = nullptr;
  // A plan may be of a file whose root key there is not yet.
  if (!document.keys_of(bundle::KeyRole::root).empty()) {
    const bundle::Digest fingerprint = document.root_fingerprint();
    record["rootFingerprint"] = fingerprint.text();
    record["rootWords"] = verify::fingerprint_words(fingerprint);
  }
  record["keys"] = json::Value::array();
  for (const verify::TrustedKey& key : document.keys) {
    record["keys"].push_back(key_row(key));
  }
  return record;
}

void print_trust_record(const json::Value& record, Text& text) {
  text.field(flag_of(record, "planned") ? "would write" : "file", text_of(record, "file"));
  text.field("version", number(number_of(record, "version")));
  if (flag_of(record, "local")) {
    text.field("kind", "local: trusts this account's own keys");
  } else {
    text.field("expires", part_of(record, "expires"));
    if (const std::string root = text_of(record, "rootFingerprint"); !root.empty()) {
      text.field("root", root);
      text.field("in words", text_of(record, "rootWords"));
    }
  }
  std::vector<std::vector<Cell>> rows;
  for (const json::Value& key : part_of(record, "keys")) {
    const json::Value& revoked = part_of(key, "revoked");
    rows.push_back({text_of(key, "role"), text_of(key, "keyId"), text_of(key, "holder"),
                    part_of(key, "validUntil"),
                    revoked.is_object() ? Cell(fmt::format("revoked {}: {}", text_of(revoked, "at"),
                                                           text_of(revoked, "reason")), Tone::bad)
                                        : Cell("", Tone::plain)});
  }
  text.gap().table({"role", "key id", "holder", "valid until", ""}, rows);
  if (const json::Value& outside = part_of(record, "outside"); outside.is_array()) {
    text.gap().line(counted(outside.size(), "bundle", "bundles") + " of the store no longer count",
                    outside.empty() ? Tone::plain : Tone::warning);
  }
}

}  // namespace sourceos::cli

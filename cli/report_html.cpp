#include "cli/report_html.hpp"

#include <fmt/format.h>

#include "bundle/digest.hpp"
#include "bundle/view.hpp"
#include "cli/log_time.hpp"
#include "cli/report/assets.hpp"
#include "core/bytes.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "verify/verdict.hpp"

namespace sourceos::cli {

namespace {

// A page is read by people: it shows the beginning of texts and of long lists, and says so.
constexpr std::size_t k_page_entries_max = 20'000;
constexpr std::uint64_t k_preview_bytes_max = 64 * limits::k_kib;
constexpr std::uint64_t k_previews_bytes_max = 16 * limits::k_mib;

std::string sentence_of(const verify::Verdict& verdict) {
  switch (verdict.decision) {
    case verify::Decision::failed:
      return fmt::format("A check failed: {}. Do not rely on this bundle.", verdict.reason);
    case verify::Decision::unverifiable:
      return fmt::format("It cannot be told who vouches for this bundle: {}.", verdict.reason);
    case verify::Decision::verified:
      break;
  }
  std::string words = verdict.independent
                          ? "Every byte is what trusted keys signed."
                          : "Every byte is what was signed, by keys of the account that made it: no "
                            "independent party vouches for it.";
  if (!verdict.anchor.empty()) {
    words += fmt::format(" Its place among other bundles: {}.", verdict.anchor);
  }
  return words;
}

json::Value verdict_data(const verify::Verdict& verdict) {
  json::Value data = {{"verdict", to_string(verdict.decision)},
                      {"words", verdict.words},
                      {"reason", verdict.reason},
                      {"sentence", sentence_of(verdict)}};
  const std::pair<const char*, verify::Axis> axes[] = {{"Integrity", verdict.integrity},
                                                       {"Trust", verdict.trust},
                                                       {"Completeness", verdict.completeness},
                                                       {"Safety", verdict.safety},
                                                       {"Sequence", verdict.sequence}};
  data["axes"] = json::Value::array();
  for (const auto& [name, axis] : axes) {
    data["axes"].push_back({{"name", name}, {"state", to_string(axis)}});
  }
  data["checks"] = json::Value::array();
  for (const verify::CheckResult& check : verdict.checks) {
    data["checks"].push_back({{"name", check.name},
                              {"status", to_string(check.outcome)},
                              {"reason", check.reason},
                              {"detail", check.member.empty() ? check.detail
                                                              : check.member + " " + check.detail}});
  }
  return data;
}

json::Value findings_data(const json::Value& record) {
  json::Value findings = record.at("findings");
  const auto finished = parse_time(record.at("finishedAt").get_ref<const std::string&>());
  for (json::Value& finding : findings) {
    const auto time = finished ? log_time(finding.value("excerptRedacted", ""), *finished) : std::nullopt;
    finding["time"] = time ? json::Value(format_seconds(*time)) : json::Value();
  }
  return findings;
}

bool is_shown_as_text(const bundle::IndexLine& line) {
  return line.media_type.starts_with("text/") || line.media_type == "application/json" ||
         line.media_type.ends_with("+json") || line.media_type.ends_with("xml");
}

json::Value entry_data(const bundle::IndexLine& line) {
  json::Value entry = {{"path", line.path},           {"kind", line.kind},
                       {"mediaType", line.media_type}, {"collector", line.collector},
                       {"at", line.at},               {"size", line.size},
                       {"sha256", line.sha256.hex()}, {"preview", nullptr},
                       {"previewNote", ""}};
  json::Value rules = json::Value::array();
  for (const bundle::NamedCount& rule : line.redaction.rules) {
    rules.push_back({{"name", rule.name}, {"value", rule.value}});
  }
  entry["redaction"] = {{"rules", std::move(rules)},
                        {"known", line.redaction.known},
                        {"complete", line.redaction.complete},
                        {"limits", line.redaction.limits}};
  entry["source"] = nullptr;
  if (line.source) {
    entry["source"] = {{"pathRef", line.source->path_ref}, {"mtime", line.source->mtime}};
  }
  return entry;
}

// The beginning of a text entry, as long as the page has room for it.
Status add_preview(json::Value& entry, const bundle::View& view, const bundle::IndexLine& line,
                   std::uint64_t& room) {
  if (room == 0) {
    entry["previewNote"] = "This page has no room for its text.";
    return {};
  }
  SOURCEOS_TRY_ASSIGN(const std::string start,
                      view.read_start(line, std::min(room, k_preview_bytes_max)));
  if (!is_shown_as_text(line) && !text::is_utf8(start)) {
    entry["previewNote"] = "This is no text.";
    return {};
  }
  room -= start.size();
  entry["preview"] = start;
  if (start.size() < line.size) {
    entry["previewNote"] = fmt::format("The first {} of {}.", text::human_bytes(start.size()),
                                       text::human_bytes(line.size));
  }
  return {};
}

Status add_entries(json::Value& data, const bundle::View& view) {
  std::uint64_t count = 0;
  std::uint64_t room = k_previews_bytes_max;
  json::Value entries = json::Value::array();
  Status status;
  SOURCEOS_TRY(view.for_each_entry([&](const bundle::IndexLine& line) {
    if (++count > k_page_entries_max) {
      return true;
    }
    json::Value entry = entry_data(line);
    status = add_preview(entry, view, line, room);
    entries.push_back(std::move(entry));
    return status.has_value();
  }));
  SOURCEOS_TRY(std::move(status));
  data["entriesNote"] = "";
  if (count > k_page_entries_max) {
    data["entriesNote"] = fmt::format("This page lists the first {}.", k_page_entries_max);
  }
  data["entries"] = std::move(entries);
  data["entryTotal"] = count;
  return {};
}

// Keys are ours, values may be anybody's.
void show_strings(json::Value& value) {
  if (value.is_string()) {
    value = text::for_display(value.get_ref<const std::string&>());
  } else if (value.is_structured()) {
    for (json::Value& part : value) {
      show_strings(part);
    }
  }
}

std::string csp_hash(std::string_view text) {
  return "'sha256-" + base64_encode(bundle::sha256(text).bytes()) + "'";
}

}  // namespace

Result<json::Value> page_data(const bundle::View& view, const verify::Verdict& verdict,
                              const PageFrame& frame) {
  json::Value data = {{"program", frame.program},
                      {"verifyCommand", frame.verify_command},
                      {"bundleId", view.id().text()},
                      {"verdict", verdict_data(verdict)},
                      {"record", view.record()},
                      {"findings", findings_data(view.record())}};
  SOURCEOS_TRY(add_entries(data, view));
  show_strings(data);
  return data;
}

std::string json_for_html(const json::Value& data) {
  const std::string plain = data.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::string out;
  out.reserve(plain.size());
  for (const char c : plain) {
    if (c == '<' || c == '>' || c == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string write_page(const json::Value& data) {
  std::string page = "<!doctype html>\n<html lang=\"en\">\n<head>\n";
  page += fmt::format(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; "
      "script-src {}; img-src data:; base-uri 'none'; form-action 'none'\">\n",
      csp_hash(k_page_css), csp_hash(k_page_js));
  page +=
      "<meta charset=\"utf-8\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Evidence bundle</title>\n<style>";
  page += k_page_css;
  page +=
      "</style>\n</head>\n<body>\n<header id=\"head\"></header>\n"
      "<nav id=\"nav\" aria-label=\"Sections\"></nav>\n<main id=\"main\">\n"
      "<p id=\"waiting\">The contents of this page are shown by the script in it, which needs no "
      "network.</p>\n</main>\n"
      "<footer>A view of one evidence bundle. What counts is the bundle itself and the command "
      "above.</footer>\n"
      "<script type=\"application/json\" id=\"data\">";
  page += json_for_html(data);
  page += "</script>\n<script>";
  page += k_page_js;
  page += "</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace sourceos::cli

// Versions of the tools that the toolkit works with, and which program answers (security S-26).
// The session adds the toolkit's own row.
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace sourceos::collect {

namespace {

constexpr std::array<std::string_view, 3> k_always = {"podman", "git", "nix"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The first word that begins with a digit: "podman version 4.3.1", "systemd 252 (252.36)".
std::optional<std::string> version_in(std::string_view output) {
  const auto lines = text::lines(output);
  if (lines.empty()) {
    return std::nullopt;
  }
  for (const std::string_view word : text::split(lines.front(), ' ')) {
    if (!word.empty() && is_digit(word.front())) {
      return std::string(word.substr(0, word.find_first_of(",:;")));
    }
  }
  return std::nullopt;
}

json::Value text_or_null(const std::optional<std::string>& value) {
  return value ? json::Value(json_text(*value)) : json::Value(nullptr);
}

std::string_view word_of(ToolStatus status) {
  switch (status) {
    case ToolStatus::found: return "found";
    case ToolStatus::missing: return "missing";
    case ToolStatus::error: return "error";
  }
  return "";
}

class ToolsCollector : public Collector {
 public:
  std::string_view name() const override { return "tools"; }
  std::string_view summary() const override {
    return "versions of podman, git, nix and others, and which programs answer";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    Probes probes(sink);
    std::vector<std::string> names(k_always.begin(), k_always.end());
    names.emplace_back(context.host.environment.adapter == "macos" ? "launchctl" : "systemctl");
    for (std::string& name : list_option(context, "names")) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
    json::Value rows = json::Value::array();
    for (const std::string& name : names) {
      SOURCEOS_TRY(context.check());
      add(ask_one(context, probes, name), rows, sink);
    }
    json::Value document = {
        {"type", "ToolVersions"}, {"tools", std::move(rows)}, {"probes", probes.rows()}};
    SOURCEOS_TRY(sink.add_json({"host", "tools.json"}, EntryKind::tool_versions, document));
    return CollectorOutcome{};
  }

 private:
  static ToolRow ask_one(const CollectContext& context, Probes& probes, const std::string& name) {
    ToolRow row;
    row.name = name;
    if (auto tool = context.tools.find(name)) {
      row.tool = std::move(*tool);
    }
    if (!flag_option(context, "versions", true)) {
      row.status = row.tool ? ToolStatus::found : ToolStatus::missing;
      return row;
    }
    // launchctl has versions of its own word: `launchctl version`.
    const std::string option = name == "launchctl" ? "version" : "--version";
    const auto answer = host::ask(context.host.processes, {name, option},
                                  context.time_left_ms(limits::k_probe_timeout_ms));
    const auto output = probes.note(name, answer);
    if (output) {
      row.status = ToolStatus::found;
      row.version = version_in(*output);
    } else if (answer && answer->outcome.end == host::ProcessEnd::missing && !row.tool) {
      row.status = ToolStatus::missing;
    } else {
      row.status = ToolStatus::error;
    }
    return row;
  }

  static void add(ToolRow row, json::Value& rows, ArtifactSink& sink) {
    json::Value value = {{"name", json_text(row.name)},
                         {"version", text_or_null(row.version)},
                         {"status", word_of(row.status)},
                         {"path", nullptr},
                         {"owner", nullptr},
                         {"shadows", nullptr}};
    if (row.tool) {
      value["path"] = json_text(row.tool->path.string());
      value["owner"] = host::to_string(row.tool->owner);
      if (!row.tool->shadowed.empty()) {
        value["shadows"] = json_text(row.tool->shadowed.string());
        sink.find({"tool-shadowed", FindingSeverity::medium, {"host", "tools.json"},
                   row.name + ": '" + row.tool->path.string() + "' stands before '" +
                       row.tool->shadowed.string() + "'"});
      }
    }
    rows.push_back(std::move(value));
    sink.tool(std::move(row));
  }
};

}  // namespace

const Collector& tools_collector() {
  static const ToolsCollector collector;
  return collector;
}

}  // namespace sourceos::collect

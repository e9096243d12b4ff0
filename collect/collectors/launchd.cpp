// launchd on macOS: property lists of the account's agents and the host's daemons, the disabled
// overrides, and of each service how often it ran and how it ended.
#include "host/tools/launchd.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/tools/plist.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

constexpr std::size_t k_plists_max = 500;

struct Definition {
  std::string place;  // "user-agents", "agents", "daemons"
  std::filesystem::path path;
  std::string name;
};

struct Place {
  const char* name;
  std::filesystem::path directory;
};

std::vector<Place> places(const host::Environment& environment) {
  return {{"user-agents", environment.home / "Library/LaunchAgents"},
          {"agents", host::system_path(environment, "/Library/LaunchAgents")},
          {"daemons", host::system_path(environment, "/Library/LaunchDaemons")}};
}

std::vector<Definition> list_definitions(const host::Environment& environment) {
  std::vector<Definition> found;
  for (const Place& place : places(environment)) {
    const auto directory = host::open_directory(place.directory);
    if (!directory) {
      continue;
    }
    const auto entries = host::list_directory(*directory, k_plists_max);
    for (const auto& entry : entries ? *entries : std::vector<host::DirectoryEntry>{}) {
      if (entry.name.ends_with(".plist")) {
        found.push_back({place.name, place.directory / entry.name, entry.name});
      }
    }
  }
  return found;
}

json::Value text_member(const host::PlistValue& plist, std::string_view name) {
  const host::PlistValue* value = plist.find(name);
  return value != nullptr && value->kind == host::PlistKind::string
             ? json::Value(json_text(value->text))
             : json::Value(nullptr);
}

// "true", "false", "dictionary" or null when absent: a dictionary may restart a service too.
json::Value keep_alive(const host::PlistValue& plist) {
  const host::PlistValue* value = plist.find("KeepAlive");
  if (value == nullptr) {
    return nullptr;
  }
  return value->kind == host::PlistKind::dictionary ? "dictionary"
         : value->is_true()                         ? "true"
                                                    : "false";
}

json::Value program_words(const host::PlistValue& plist) {
  json::Value words = json::Value::array();
  const host::PlistValue* program = plist.find("Program");
  const host::PlistValue* arguments = plist.find("ProgramArguments");
  if (arguments != nullptr) {
    for (const host::PlistValue& word : arguments->items) {
      words.push_back(json_text(word.text));
    }
  } else if (program != nullptr) {
    words.push_back(json_text(program->text));
  }
  return words;
}

template <class T>
json::Value value_or_null(const std::optional<T>& value) {
  return value ? json::Value(*value) : json::Value(nullptr);
}

class Look {
 public:
  Look(const CollectContext& context, ArtifactSink& sink)
      : context_(context),
        sink_(sink),
        launchd_(context.host.processes, context.host.environment.domain_uid),
        probes_(sink) {}

  Status run() {
    const auto labels = list_option(context_, "labels");
    json::Value services = json::Value::array();
    for (const Definition& definition : list_definitions(context_.host.environment)) {
      SOURCEOS_TRY(context_.check());
      SOURCEOS_TRY_ASSIGN(json::Value row, look_at(definition, labels));
      if (!row.is_null()) {
        services.push_back(std::move(row));
      }
    }
    json::Value overrides = json::Value::array();
    const auto disabled = probes_.note("print-disabled", launchd_.print_disabled(time()));
    for (const auto& row : host::parse_launchd_disabled(disabled.value_or(""))) {
      overrides.push_back({{"label", json_text(row.label)}, {"disabled", row.disabled}});
    }
    SOURCEOS_TRY(probes_.keep("list", launchd_.list(time()),
                              {{"launchd", "list.txt"}, EntryKind::service_status, MediaType::text,
                               ContentHint::text}));
    const json::Value document = {{"type", "LaunchdFacts"},
                                  {"services", std::move(services)},
                                  {"overrides", std::move(overrides)},
                                  {"probes", probes_.rows()}};
    return sink_.add_json({"launchd", "launchd.json"}, EntryKind::service_status, document);
  }

  [[nodiscard]] bool is_missing() const { return probes_.is_missing(); }

 private:
  [[nodiscard]] std::uint64_t time() const {
    return context_.time_left_ms(limits::k_probe_timeout_ms);
  }

  // Null when labels were named and this is none of them.
  Result<json::Value> look_at(const Definition& definition,
                              const std::vector<std::string>& labels) {
    const auto facts = host::describe(definition.path);
    const auto opened = host::open_regular(definition.path);
    const auto content = opened ? host::read_all(*opened, limits::k_config_file_bytes_max)
                                : Result<std::string>(fail(opened.error()));
    const auto plist = content ? host::parse_plist(*content)
                               : Result<host::PlistValue>(fail(content.error()));
    const std::string stem = definition.name.substr(0, definition.name.size() - 6);
    const json::Value label = plist ? text_member(*plist, "Label") : json::Value(nullptr);
    const std::string shown = label.is_string() ? label.get<std::string>() : stem;
    if (!labels.empty() && std::find(labels.begin(), labels.end(), shown) == labels.end()) {
      return json::Value(nullptr);
    }
    json::Value row = {{"place", definition.place},
                       {"path", json_text(definition.path.string())},
                       {"label", label},
                       {"parsed", plist.has_value()},
                       {"uid", nullptr},
                       {"mode", nullptr}};
    if (facts) {
      row["uid"] = facts->uid;
      row["mode"] = fmt::format("{:04o}", facts->mode);
    }
    if (content) {
      SOURCEOS_TRY(keep_definition(definition, *content));
    }
    describe(plist ? *plist : host::PlistValue{}, row);
    look_at_service(shown, row);
    return row;
  }

  static void describe(const host::PlistValue& plist, json::Value& row) {
    const host::PlistValue* run_at_load = plist.find("RunAtLoad");
    row["runAtLoad"] = run_at_load != nullptr && run_at_load->is_true();
    row["keepAlive"] = keep_alive(plist);
    row["program"] = program_words(plist);
    row["standardOutPath"] = text_member(plist, "StandardOutPath");
    row["standardErrorPath"] = text_member(plist, "StandardErrorPath");
  }

  void look_at_service(const std::string& label, json::Value& row) {
    const auto printed = probes_.note("print", launchd_.print(label, time()));
    const host::LaunchdService service = host::parse_launchd_print(printed.value_or(""));
    row["loaded"] = printed.has_value();
    row["loadedFrom"] = service.path ? json::Value(json_text(*service.path)) : nullptr;
    row["state"] = service.state ? json::Value(json_text(*service.state)) : nullptr;
    row["runs"] = value_or_null(service.runs);
    row["lastExit"] = service.last_exit ? json::Value(json_text(*service.last_exit)) : nullptr;
  }

  // A binary plist is kept as XML: text is what redaction and people read.
  Status keep_definition(const Definition& definition, const std::string& content) {
    Artifact artifact;
    artifact.path = {"launchd", definition.place, definition.name};
    artifact.kind = EntryKind::service_definition;
    artifact.media_type = MediaType::text;
    artifact.hint = ContentHint::plist;
    std::string bytes = content;
    if (host::is_binary_plist(content)) {
      if (auto xml = host::plist_as_xml(content)) {
        bytes = std::move(*xml);
      }
    }
    sink_.teach({bytes, ContentHint::plist, Teacher::operator_source});
    artifact.content = std::move(bytes);
    return sink_.add(std::move(artifact));
  }

  const CollectContext& context_;
  ArtifactSink& sink_;
  host::Launchd launchd_;
  Probes probes_;
};

class LaunchdCollector : public Collector {
 public:
  std::string_view name() const override { return "launchd"; }
  std::string_view summary() const override {
    return "launchd agents and daemons: definitions, overrides, state, run counts (macOS)";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    if (context.host.environment.adapter != "macos") {
      return CollectorOutcome::skipped("not-applicable");
    }
    Look look(context, sink);
    SOURCEOS_TRY(look.run());
    return look.is_missing() ? CollectorOutcome{CollectorState::failed, "launchctl-missing"}
                             : CollectorOutcome{};
  }
};

}  // namespace

const Collector& launchd_collector() {
  static const LaunchdCollector collector;
  return collector;
}

}  // namespace sourceos::collect

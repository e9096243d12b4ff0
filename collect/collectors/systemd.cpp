// State of the service managers, the units that failed, and of each named unit its state, its
// definition with drop-ins, and the end of its journal.
#include "host/tools/systemd.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "collect/collectors/stream_source.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <fmt/format.h>

namespace sourceos::collect {

namespace {

constexpr std::uint64_t k_journal_lines = 200;  // of the excerpt; all of it: collector `logs`

// Owner and mode of a unit's file; a link (NixOS, aliases, masked units) with its target.
json::Value file_row(const host::Environment& environment, const std::string& path) {
  json::Value row = {{"path", json_text(path)}, {"kind", "missing"}, {"target", nullptr},
                     {"mode", nullptr},         {"uid", nullptr}};
  const std::filesystem::path real = host::system_path(environment, path);
  const auto facts = host::describe(real);
  if (!facts) {
    return row;
  }
  row["mode"] = fmt::format("{:04o}", facts->mode);
  row["uid"] = facts->uid;
  row["kind"] = facts->kind == host::FileKind::regular ? "regular" : "special";
  if (facts->kind == host::FileKind::link) {
    std::error_code error;
    row["kind"] = "link";
    row["target"] = json_text(std::filesystem::read_symlink(real, error).string());
  }
  return row;
}

class ScopeLook {
 public:
  ScopeLook(const CollectContext& context, ArtifactSink& sink, host::SystemdScope scope)
      : context_(context),
        sink_(sink),
        word_(host::to_string(scope)),
        systemd_(context.host.processes, scope),
        probes_(sink) {}

  Result<json::Value> look(const std::vector<std::string>& units) {
    json::Value document = {{"scope", word_},
                            {"state", nullptr},
                            {"reachable", false},
                            {"failedUnits", json::Value::array()},
                            {"units", json::Value::array()}};
    const auto state = systemd_.state(time());
    // "degraded" is an answer, though the exit status is 1.
    (void)probes_.note("state", state);
    if (state && !host::is_manager_unreachable(state->outcome) && !probes_.is_missing()) {
      reachable_ = true;
      document["state"] = json_text(text::trim(state->outcome.output));
      const auto failed = probes_.note("failed-units", systemd_.failed_units(time()));
      for (const std::string& unit : host::parse_unit_names(failed.value_or(""))) {
        document["failedUnits"].push_back(json_text(unit));
      }
      for (const std::string& unit : units) {
        SOURCEOS_TRY(context_.check());
        SOURCEOS_TRY_ASSIGN(json::Value row, look_at_unit(unit));
        document["units"].push_back(std::move(row));
      }
    }
    document["reachable"] = reachable_;
    document["probes"] = probes_.rows();
    return document;
  }

  [[nodiscard]] bool is_reachable() const { return reachable_; }
  [[nodiscard]] bool is_missing() const { return probes_.is_missing(); }

 private:
  [[nodiscard]] std::uint64_t time() const {
    return context_.time_left_ms(limits::k_probe_timeout_ms);
  }

  Result<json::Value> look_at_unit(const std::string& unit) {
    json::Value row = {{"unit", json_text(unit)},
                       {"properties", json::Value::array()},
                       {"files", json::Value::array()}};
    const auto shown = probes_.note("show", systemd_.show(unit, time()));
    const auto properties = host::parse_unit_properties(shown.value_or(""));
    for (const host::UnitProperty& property : properties) {
      row["properties"].push_back(
          {{"name", json_text(property.name)}, {"value", json_text(property.value)}});
    }
    const auto& environment = context_.host.environment;
    if (const auto path = host::find_property(properties, "FragmentPath"); !path.empty()) {
      row["files"].push_back(file_row(environment, std::string(path)));
    }
    for (const std::string& path :
         host::parse_path_list(host::find_property(properties, "DropInPaths"))) {
      row["files"].push_back(file_row(environment, path));
    }
    SOURCEOS_TRY(keep_definition(unit));
    SOURCEOS_TRY(add_journal(unit));
    return row;
  }

  // As systemd reads it, links followed: on some systems each unit file is a link.
  Status keep_definition(const std::string& unit) {
    SOURCEOS_TRY_ASSIGN(
        const auto definition,
        probes_.keep("definition", systemd_.definition(unit, time()),
                     {{"systemd", std::string(word_), unit, "definition"},
                      EntryKind::service_definition, MediaType::text, ContentHint::unit_file}));
    if (definition) {
      sink_.teach({*definition, ContentHint::unit_file, Teacher::operator_source});
    }
    return {};
  }

  Status add_journal(const std::string& unit) {
    const std::uint64_t lines = number_option(context_, "journal_lines", k_journal_lines);
    if (lines == 0) {
      return {};
    }
    Artifact artifact;
    artifact.path = {"systemd", std::string(word_), unit, "journal.log"};
    artifact.kind = EntryKind::log;
    artifact.media_type = MediaType::text;
    artifact.hint = ContentHint::text;
    artifact.keep = Keep::head_and_tail;
    artifact.content = std::make_unique<StreamSource>(
        context_.host.processes,
        systemd_.journal(unit, host::JournalForm::text, lines, {}, stream_timeout_ms(context_)));
    return sink_.add(std::move(artifact));
  }

  const CollectContext& context_;
  ArtifactSink& sink_;
  std::string_view word_;
  host::Systemd systemd_;
  Probes probes_;
  bool reachable_ = false;
};

class SystemdCollector : public Collector {
 public:
  std::string_view name() const override { return "systemd"; }
  std::string_view summary() const override {
    return "service managers, failed units, and state, definition, drop-ins, journal of named units";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    if (context.host.environment.adapter != "linux") {
      return CollectorOutcome::skipped("not-applicable");
    }
    ScopeLook user_look(context, sink, host::SystemdScope::user);
    ScopeLook system_look(context, sink, host::SystemdScope::system);
    const auto user_units = list_option(context, "user_units");
    const auto system_units = list_option(context, "system_units");
    json::Value document = {{"type", "SystemdFacts"}, {"scopes", json::Value::array()}};
    SOURCEOS_TRY_ASSIGN(json::Value user_row, user_look.look(user_units));
    document["scopes"].push_back(std::move(user_row));
    if (!user_look.is_missing()) {
      SOURCEOS_TRY_ASSIGN(json::Value system_row, system_look.look(system_units));
      document["scopes"].push_back(std::move(system_row));
    }
    SOURCEOS_TRY(sink.add_json({"systemd", "systemd.json"}, EntryKind::service_status, document));
    if (user_look.is_missing()) {
      return CollectorOutcome::skipped("systemctl-missing");
    }
    const bool user_lacks =
        !user_look.is_reachable() && (!user_units.empty() || !system_look.is_reachable());
    if (user_lacks) {
      return CollectorOutcome{CollectorState::failed, "systemd-user-unavailable"};
    }
    const bool system_lacks = !system_look.is_reachable() && !system_units.empty();
    return system_lacks ? CollectorOutcome{CollectorState::failed, "systemd-system-unavailable"}
                        : CollectorOutcome{};
  }
};

}  // namespace

const Collector& systemd_collector() {
  static const SystemdCollector collector;
  return collector;
}

}  // namespace sourceos::collect

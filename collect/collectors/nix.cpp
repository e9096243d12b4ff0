// Nix profiles: generation, store path and what they were made from. Nothing is evaluated.
#include "host/tools/nix.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "core/json/json.hpp"

namespace sourceos::collect {

namespace {

Status keep_sources(const host::NixProfile& profile, ArtifactSink& sink) {
  for (host::NixSource& source : host::read_nix_sources(profile)) {
    Artifact artifact;
    artifact.path = {"nix", profile.name, source.name};
    artifact.kind = EntryKind::nix_state;
    const bool is_json = source.name.ends_with(".json");
    artifact.media_type = is_json ? MediaType::json : MediaType::text;
    artifact.hint = is_json ? ContentHint::json : ContentHint::text;
    artifact.content = std::move(source.content);
    SOURCEOS_TRY(sink.add(std::move(artifact)));
  }
  return {};
}

class NixCollector : public Collector {
 public:
  std::string_view name() const override { return "nix"; }
  std::string_view summary() const override {
    return "Nix profiles: generation, store path, what they were made from";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const host::Environment& environment = context.host.environment;
    const auto profiles = host::read_nix_profiles(environment);
    if (profiles.empty() && !host::has_nix_store(environment)) {
      return CollectorOutcome::skipped("nix-missing");
    }
    json::Value document = {{"type", "NixState"}, {"profiles", json::Value::array()}};
    for (const host::NixProfile& profile : profiles) {
      json::Value row = {{"name", profile.name},
                         {"path", json_text(profile.path.string())},
                         {"generation", nullptr},
                         {"storePath", nullptr}};
      if (profile.generation) {
        row["generation"] = *profile.generation;
      }
      if (profile.store_path) {
        row["storePath"] = json_text(*profile.store_path);
      }
      document["profiles"].push_back(std::move(row));
      SOURCEOS_TRY(keep_sources(profile, sink));
    }
    SOURCEOS_TRY(sink.add_json({"nix", "nix.json"}, EntryKind::nix_state, document));
    return CollectorOutcome{};
  }
};

}  // namespace

const Collector& nix_collector() {
  static const NixCollector collector;
  return collector;
}

}  // namespace sourceos::collect

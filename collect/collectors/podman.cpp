// Podman as it answers: information, machines, connections, containers, images, and inspections of
// the containers and images that were named.
#include "host/tools/podman.hpp"

#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"

namespace sourceos::collect {

namespace {

class PodmanCollector : public Collector {
 public:
  std::string_view name() const override { return "podman"; }
  std::string_view summary() const override {
    return "podman info, machines, connections, containers, images, inspections of named ones";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const host::Podman podman(context.host.processes, text_option(context, "connection"));
    Probes probes(sink);
    const auto time = [&] { return context.time_left_ms(limits::k_probe_timeout_ms); };
    SOURCEOS_TRY_ASSIGN(const auto info,
                        probes.keep("info", podman.info(time()), {{"podman", "info.json"}}));
    if (!probes.is_missing()) {
      SOURCEOS_TRY(probes.keep("connections", podman.connections(time()),
                               {{"podman", "connections.json"}}));
      SOURCEOS_TRY(keep_machines(podman, context, probes));
      SOURCEOS_TRY(probes.keep("containers", podman.containers(time()),
                               {{"podman", "containers.json"}}));
      SOURCEOS_TRY(probes.keep("images", podman.images(time()), {{"podman", "images.json"}}));
      SOURCEOS_TRY(inspect_containers(podman, context, probes, sink));
      SOURCEOS_TRY(inspect_images(podman, context, probes, sink));
    }
    const json::Value document = {{"type", "PodmanFacts"},
                                  {"reachable", info.has_value()},
                                  {"probes", probes.rows()}};
    SOURCEOS_TRY(sink.add_json({"podman", "podman.json"}, EntryKind::probe_output, document));
    if (probes.is_missing()) {
      return CollectorOutcome::skipped("podman-missing");
    }
    return info ? CollectorOutcome{} : CollectorOutcome{CollectorState::failed, "podman-unreachable"};
  }

 private:
  static Status keep_machines(const host::Podman& podman, const CollectContext& context,
                              Probes& probes) {
    const auto time = [&] { return context.time_left_ms(limits::k_probe_timeout_ms); };
    SOURCEOS_TRY_ASSIGN(const auto list,
                        probes.keep("machines", podman.machines(time()),
                                    {{"podman", "machines.json"}, EntryKind::machine_inspect}));
    const auto machines = host::parse_podman_machines(list.value_or("[]"));
    for (const host::PodmanMachine& machine :
         machines ? *machines : std::vector<host::PodmanMachine>{}) {
      SOURCEOS_TRY(context.check());
      // The name has a '*' behind it when it is the default one.
      const std::string name = machine.name.substr(0, machine.name.find('*'));
      SOURCEOS_TRY(probes.keep(
          "machine-inspect", podman.inspect_machine(name, time()),
          {{"podman", "machines", name + ".json"}, EntryKind::machine_inspect}));
    }
    return {};
  }

  static Status inspect_containers(const host::Podman& podman, const CollectContext& context,
                                   Probes& probes, ArtifactSink& sink) {
    for (const std::string& name : list_option(context, "containers")) {
      SOURCEOS_TRY(context.check());
      SOURCEOS_TRY_ASSIGN(
          const auto output,
          probes.keep("container-inspect",
                      podman.inspect_container(
                          name, context.time_left_ms(limits::k_probe_timeout_ms)),
                      {{"podman", "inspect", "containers", name + ".json"},
                       EntryKind::container_inspect, MediaType::json, ContentHint::inspect}));
      if (output) {
        sink.teach({*output, ContentHint::inspect, Teacher::hostile_source});
      }
    }
    return {};
  }

  static Status inspect_images(const host::Podman& podman, const CollectContext& context,
                               Probes& probes, ArtifactSink& sink) {
    for (const std::string& reference : list_option(context, "images")) {
      SOURCEOS_TRY(context.check());
      SOURCEOS_TRY_ASSIGN(
          const auto output,
          probes.keep("image-inspect",
                      podman.inspect_image(reference,
                                           context.time_left_ms(limits::k_probe_timeout_ms)),
                      {{"podman", "inspect", "images", reference + ".json"},
                       EntryKind::image_inspect, MediaType::json, ContentHint::inspect}));
      ImageFacts facts;
      facts.reference = reference;
      facts.present = output.has_value();
      if (output) {
        sink.teach({*output, ContentHint::inspect, Teacher::hostile_source});
        if (auto image = host::parse_podman_image(*output)) {
          facts.image_id = image->id;
          facts.digest = image->digest;
        }
      }
      sink.image(std::move(facts));
    }
    return {};
  }
};

}  // namespace

const Collector& podman_collector() {
  static const PodmanCollector collector;
  return collector;
}

}  // namespace sourceos::collect

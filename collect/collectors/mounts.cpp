// What is really mounted, as the kernel tells it (Linux: /proc/self/mountinfo, see proc(5); macOS:
// the output of `mount`).
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"
#include "host/tools/mount_table.hpp"

namespace sourceos::collect {

namespace {

constexpr std::size_t k_rows_max = 10'000;

json::Value row_of(const host::MountTableRow& row) {
  return {{"mountPoint", json_text(row.point)}, {"root", json_text(row.root)},
          {"options", json_text(row.options)},  {"type", json_text(row.type)},
          {"source", json_text(row.source)},    {"superOptions", json_text(row.super_options)}};
}

class MountsCollector : public Collector {
 public:
  std::string_view name() const override { return "mounts"; }
  std::string_view summary() const override { return "what is really mounted"; }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    if (context.host.environment.adapter == "macos") {
      return collect_macos(context, sink);
    }
    SOURCEOS_TRY_ASSIGN(
        const std::string table,
        host::read_file(host::system_path(context.host.environment, "/proc/self/mountinfo"),
                        host::k_mount_table_bytes_max));
    json::Value rows = json::Value::array();
    bool truncated = false;
    for (const host::MountTableRow& row : host::parse_mount_table(table)) {
      if (row.type.empty()) {
        continue;
      }
      truncated = rows.size() >= k_rows_max;
      if (truncated) {
        break;
      }
      rows.push_back(row_of(row));
    }
    const json::Value document = {
        {"type", "MountState"}, {"mounts", std::move(rows)}, {"truncated", truncated}};
    SOURCEOS_TRY(sink.add_json({"mounts", "mounts.json"}, EntryKind::mount_state, document));
    return truncated ? CollectorOutcome::truncated("limit") : CollectorOutcome{};
  }

 private:
  static Result<CollectorOutcome> collect_macos(const CollectContext& context,
                                                ArtifactSink& sink) {
    Probes probes(sink);
    SOURCEOS_TRY_ASSIGN(
        const auto output,
        probes.keep("mount",
                    host::ask(context.host.processes, {"mount"},
                              context.time_left_ms(limits::k_probe_timeout_ms)),
                    {{"mounts", "mounts.txt"}, EntryKind::mount_state, MediaType::text,
                     ContentHint::text}));
    return output ? CollectorOutcome{} : CollectorOutcome{CollectorState::failed, "mount-failed"};
  }
};

}  // namespace

const Collector& mounts_collector() {
  static const MountsCollector collector;
  return collector;
}

}  // namespace sourceos::collect

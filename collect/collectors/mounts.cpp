// What is really mounted, as the kernel tells it (Linux: /proc/self/mountinfo, see proc(5); macOS:
// the output of `mount`).
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <algorithm>

namespace sourceos::collect {

namespace {

constexpr std::uint64_t k_table_bytes_max = 8 * limits::k_mib;
constexpr std::size_t k_rows_max = 10'000;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Space, tab, newline and backslash are written as \ooo.
std::string unescape(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size() && is_octal(field[i + 1]) &&
        is_octal(field[i + 2]) && is_octal(field[i + 3])) {
      out += static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 +
                               (field[i + 3] - '0'));
      i += 3;
    } else {
      out += field[i];
    }
  }
  return out;
}

// Fields: id, parent, device, root, mount point, options, optional fields, "-", type, source,
// super options. Null for a line of another form.
json::Value row_of(std::string_view line) {
  const auto fields = text::split(line, ' ');
  const auto dash = std::find(fields.begin(), fields.end(), "-");
  if (fields.size() < 6 || fields.end() - dash < 4) {
    return nullptr;
  }
  return {{"mountPoint", json_text(unescape(fields[4]))}, {"root", json_text(unescape(fields[3]))},
          {"options", json_text(fields[5])},              {"type", json_text(dash[1])},
          {"source", json_text(unescape(dash[2]))},       {"superOptions", json_text(dash[3])}};
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
                        k_table_bytes_max));
    json::Value rows = json::Value::array();
    const auto lines = text::lines(table);
    for (const std::string_view line : lines) {
      json::Value row = row_of(line);
      if (!row.is_null() && rows.size() < k_rows_max) {
        rows.push_back(std::move(row));
      }
    }
    const bool truncated = lines.size() > k_rows_max;
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

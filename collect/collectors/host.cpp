// Operating system, kernel, architecture, limits, memory and uptime, from files below the host's
// root on Linux, from sw_vers and uname on macOS.
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/probe.hpp"
#include "core/json/json.hpp"
#include "core/text.hpp"
#include "host/environment.hpp"
#include "host/files.hpp"

#include <charconv>

namespace sourceos::collect {

namespace {

constexpr std::uint64_t k_small_file_bytes_max = 256 * limits::k_kib;

// A file of the system itself: links are followed, /etc/os-release is one on most systems.
std::string read_small(const host::Environment& environment, std::string_view path) {
  std::error_code error;
  const auto file = std::filesystem::canonical(host::system_path(environment, path), error);
  return host::read_file(file, k_small_file_bytes_max).value_or(std::string());
}

// PRETTY_NAME of os-release, without its quotes.
std::string os_release_name(std::string_view content) {
  for (const std::string_view line : text::lines(content)) {
    constexpr std::string_view k_name = "PRETTY_NAME=";
    if (line.starts_with(k_name)) {
      std::string_view value = line.substr(k_name.size());
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      return std::string(value);
    }
  }
  return {};
}

json::Value number_or_null(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end != digits.data() ? json::Value(number) : json::Value(nullptr);
}

// "MemTotal:       25276510208 kB"
json::Value memory_kib(std::string_view meminfo, std::string_view name) {
  for (const std::string_view line : text::lines(meminfo)) {
    if (line.starts_with(name)) {
      return number_or_null(text::trim(line.substr(name.size())));
    }
  }
  return nullptr;
}

std::uint64_t count_processors(std::string_view cpuinfo) {
  std::uint64_t count = 0;
  for (const std::string_view line : text::lines(cpuinfo)) {
    count += line.starts_with("processor") ? 1U : 0U;
  }
  return count;
}

// Columns of /proc/self/limits: name (26 bytes), soft, hard, unit.
json::Value limit_rows(std::string_view content) {
  constexpr std::size_t k_name_bytes = 26;
  json::Value rows = json::Value::array();
  auto lines = text::lines(content);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].size() <= k_name_bytes) {
      continue;
    }
    std::vector<std::string> words;
    for (const std::string_view word : text::split(lines[i].substr(k_name_bytes), ' ')) {
      if (!word.empty()) {
        words.emplace_back(word);
      }
    }
    if (words.size() >= 2) {
      rows.push_back({{"name", json_text(text::trim(lines[i].substr(0, k_name_bytes)))},
                      {"soft", json_text(words[0])},
                      {"hard", json_text(words[1])}});
    }
  }
  return rows;
}

struct Answers {
  HostFacts facts;
  json::Value document;
};

Answers look_at_linux(const host::Environment& environment) {
  Answers answers;
  answers.facts.os_version = os_release_name(read_small(environment, "/etc/os-release"));
  answers.facts.kernel =
      std::string(text::trim(read_small(environment, "/proc/sys/kernel/osrelease")));
  answers.facts.machine_id = std::string(text::trim(read_small(environment, "/etc/machine-id")));
  const std::string meminfo = read_small(environment, "/proc/meminfo");
  const std::string uptime = read_small(environment, "/proc/uptime");
  answers.document = {
      {"uptimeSeconds", number_or_null(uptime)},
      {"processors", count_processors(read_small(environment, "/proc/cpuinfo"))},
      {"memoryKib", memory_kib(meminfo, "MemTotal:")},
      {"memoryAvailableKib", memory_kib(meminfo, "MemAvailable:")},
      {"limits", limit_rows(read_small(environment, "/proc/self/limits"))},
  };
  return answers;
}

Answers look_at_macos(const CollectContext& context, Probes& probes) {
  const auto word = [&](std::string_view id, std::vector<std::string> argv) {
    const auto answer = host::ask(context.host.processes, std::move(argv),
                                  context.time_left_ms(limits::k_probe_timeout_ms));
    return std::string(text::trim(probes.note(id, answer).value_or("")));
  };
  Answers answers;
  answers.facts.os_version = "macOS " + word("os-version", {"sw_vers", "-productVersion"});
  answers.facts.kernel = word("kernel", {"uname", "-r"});
  answers.document = {
      {"uptimeSeconds", nullptr},
      {"processors", number_or_null(word("processors", {"sysctl", "-n", "hw.ncpu"}))},
      {"memoryKib", nullptr},
      {"memoryAvailableKib", nullptr},
      {"limits", json::Value::array()},
  };
  return answers;
}

class HostCollector : public Collector {
 public:
  std::string_view name() const override { return "host"; }
  std::string_view summary() const override {
    return "operating system, kernel, architecture, limits, uptime";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const host::Environment& environment = context.host.environment;
    Probes probes(sink);
    Answers answers = environment.adapter == "macos" ? look_at_macos(context, probes)
                                                     : look_at_linux(environment);
    HostFacts& facts = answers.facts;
    facts.host_adapter = environment.adapter;
    facts.architecture = environment.architecture;
    json::Value document = std::move(answers.document);
    document["type"] = "HostFacts";
    document["hostAdapter"] = facts.host_adapter;
    document["arch"] = facts.architecture;
    document["osVersion"] = json_text(facts.os_version);
    document["kernel"] = json_text(facts.kernel);
    document["searchPathSkipped"] = json::Value::array();
    for (const std::string& path : context.tools.skipped()) {
      document["searchPathSkipped"].push_back(json_text(path));
    }
    document["probes"] = probes.rows();
    sink.host(std::move(facts));
    SOURCEOS_TRY(sink.add_json({"host", "host.json"}, EntryKind::host_facts, document));
    return CollectorOutcome{};
  }
};

}  // namespace

const Collector& host_collector() {
  static const HostCollector collector;
  return collector;
}

}  // namespace sourceos::collect

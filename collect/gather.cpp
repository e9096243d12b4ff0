#include "collect/gather.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "collect/registry.hpp"
#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "host/files.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::collect {

namespace {

// A collector may sleep in a system call of its own after its time is up; it gets this much more
// before it is left behind.
constexpr std::uint64_t k_grace_ms = 2'000;

// All that a running collector touches. It is shared with the thread, so that one that is left
// behind still has everything it refers to.
struct Run {
  const Collector* collector = nullptr;
  json::Value options;
  std::unique_ptr<CollectContext> context;
  ArtifactSink sink;
  std::uint64_t started_boot_ms = 0;

  std::mutex mutex;
  std::condition_variable ended;
  bool is_done = false;
  std::uint64_t elapsed_ms = 0;
  Result<CollectorOutcome> result = CollectorOutcome{};

  explicit Run(std::size_t entries_max) : sink(entries_max) {}
};

void run_collector(const std::shared_ptr<Run>& run) {
  Result<CollectorOutcome> result = run->collector->collect(*run->context, run->sink);
  const std::lock_guard lock(run->mutex);
  run->result = std::move(result);
  run->elapsed_ms = run->context->host.clock.boot_ms() - run->started_boot_ms;
  run->is_done = true;
  run->ended.notify_all();
}

Result<std::shared_ptr<Run>> start(host::Host& host, host::ToolFinder& tools,
                                   const PlannedCollector& planned,
                                   const std::filesystem::path& scratch) {
  auto run = std::make_shared<Run>(planned.limits.entries_max);
  const CollectorRow* row = find_collector(planned.name);
  if (row == nullptr) {
    return fail(ErrorKind::usage, "usage", fmt::format("unknown collector '{}'", planned.name));
  }
  run->collector = row->collector;
  SOURCEOS_TRY_ASSIGN(run->options, json::parse(planned.options_json));
  SOURCEOS_TRY(check_options(*row, run->options));
  const std::filesystem::path directory = scratch / planned.name;
  SOURCEOS_TRY(host::make_directories(directory, 0700));
  run->started_boot_ms = host.clock.boot_ms();
  run->context = std::make_unique<CollectContext>(CollectContext{
      .host = host,
      .tools = tools,
      .options = run->options,
      .scratch = directory,
      .directory = std::filesystem::current_path(),
      .deadline = std::chrono::steady_clock::now() +
                  std::chrono::milliseconds(planned.limits.timeout_ms),
      .timeout_ms = planned.limits.timeout_ms,
      .bytes_max = planned.limits.bytes_max,
      .entries_max = planned.limits.entries_max,
  });
  return run;
}

CollectorOutcome outcome_of(const Result<CollectorOutcome>& result) {
  if (result) {
    return *result;
  }
  const bool is_timeout = result.error().kind == ErrorKind::timeout;
  return {is_timeout ? CollectorState::timeout : CollectorState::failed, result.error().reason};
}

// Waits for the run until `until` or an interrupt; true when it is done.
bool wait_for(const host::Host& host, Run& run, std::chrono::steady_clock::time_point until) {
  constexpr auto k_slice = std::chrono::milliseconds(50);
  std::unique_lock lock(run.mutex);
  while (!run.is_done && !host.is_interrupted() && std::chrono::steady_clock::now() < until) {
    run.ended.wait_for(lock, k_slice);
  }
  return run.is_done;
}

// Collectors look at the interrupt too: they get a moment to end before the caller tears down what
// they refer to. One that hangs in the system is left behind.
void let_end(const std::vector<std::shared_ptr<Run>>& runs) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(k_grace_ms);
  for (const std::shared_ptr<Run>& run : runs) {
    std::unique_lock lock(run->mutex);
    run->ended.wait_until(lock, until, [&] { return run->is_done; });
  }
}

Gathered collect_result(const host::Host& host, const PlannedCollector& planned, Run& run,
                        std::chrono::steady_clock::time_point until) {
  Gathered gathered{.name = planned.name, .is_required = planned.is_required,
                    .limits = planned.limits, .outcome = {}, .message = {}, .collection = {}};
  if (wait_for(host, run, until)) {
    const std::lock_guard lock(run.mutex);
    gathered.outcome = outcome_of(run.result);
    gathered.message = run.result ? std::string() : run.result.error().read_out();
    gathered.elapsed_ms = run.elapsed_ms;
  } else {
    gathered.outcome = {CollectorState::timeout, "timeout"};
    gathered.elapsed_ms = run.context->host.clock.boot_ms() - run.started_boot_ms;
  }
  gathered.collection = run.sink.take();
  return gathered;
}

}  // namespace

Result<std::vector<Gathered>> gather(host::Host& host, host::ToolFinder& tools, const Plan& plan,
                                     const std::filesystem::path& scratch) {
  std::vector<std::shared_ptr<Run>> runs;
  const auto started = std::chrono::steady_clock::now();
  for (const PlannedCollector& planned : plan.collectors) {
    SOURCEOS_TRY_ASSIGN_CONTEXT(std::shared_ptr<Run> run, start(host, tools, planned, scratch),
                                fmt::format("collector '{}'", planned.name));
    runs.push_back(std::move(run));
  }
  for (const std::shared_ptr<Run>& run : runs) {
    std::thread(run_collector, run).detach();
  }
  std::vector<Gathered> gathered;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const PlannedCollector& planned = plan.collectors[i];
    const auto until = started + std::chrono::milliseconds(planned.limits.timeout_ms + k_grace_ms);
    gathered.push_back(collect_result(host, planned, *runs[i], until));
    if (host.is_interrupted()) {
      let_end(runs);
      return fail(ErrorKind::interrupted, "interrupted", "interrupted while collecting");
    }
  }
  return gathered;
}

}  // namespace sourceos::collect

// An explicit argument vector with its output and exit code (`--exec -- ARGV`). The program runs
// when its output is read, so that none of it waits in memory; how it ended is an entry after it.
#include "collect/collectors/builtin.hpp"
#include "collect/collectors/options.hpp"
#include "collect/collectors/stream_source.hpp"
#include "core/json/canonical.hpp"
#include "core/json/json.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>

namespace sourceos::collect {

namespace {

// After the program's own time limit: for it to be killed and read out.
constexpr std::chrono::milliseconds k_grace(10'000);

// How the program ended, told by the thread that read its output.
class Ending {
 public:
  void tell(json::Value words) {
    {
      const std::scoped_lock lock(mutex_);
      words_ = std::move(words);
    }
    told_.notify_all();
  }

  json::Value wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, time, [&] { return !words_.is_null(); });
    return words_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  json::Value words_;
};

json::Value words_of(const Result<host::ProcessOutcome>& outcome) {
  json::Value words = {{"status", "failed"}, {"exitCode", nullptr}, {"signal", nullptr}};
  if (!outcome) {
    words["status"] = json_text(outcome.error().reason);
    return words;
  }
  switch (outcome->end) {
    case host::ProcessEnd::exited:
      words["status"] = "exited";
      words["exitCode"] = outcome->status;
      break;
    case host::ProcessEnd::signalled:
      words["status"] = "signalled";
      words["signal"] = outcome->status;
      break;
    case host::ProcessEnd::timed_out:
      words["status"] = "timeout";
      words["exitCode"] = 124;
      break;
    case host::ProcessEnd::missing:
      words["status"] = "missing";
      words["exitCode"] = 127;
      break;
  }
  return words;
}

// The facts document, made when the program has ended.
class EndingSource : public ByteSource {
 public:
  EndingSource(std::shared_ptr<Ending> ending, json::Value document,
               std::chrono::milliseconds time)
      : ending_(std::move(ending)), document_(std::move(document)), time_(time) {}

  Result<std::optional<std::uint64_t>> open() override {
    const json::Value words = ending_->wait(time_);
    for (const auto& [name, value] : words.items()) {
      document_[name] = value;
    }
    SOURCEOS_TRY_ASSIGN(bytes_, json::write_canonical(document_));
    return bytes_.size();
  }

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    const std::size_t count = std::min(size, bytes_.size() - at_);
    std::memcpy(buffer, bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

  Result<SourceEnd> finish() override { return SourceEnd{}; }

 private:
  std::shared_ptr<Ending> ending_;
  json::Value document_;
  std::chrono::milliseconds time_;
  std::string bytes_;
  std::size_t at_ = 0;
};

class CommandCollector : public Collector {
 public:
  std::string_view name() const override { return "command"; }
  std::string_view summary() const override {
    return "an argument vector that is run, with its output and exit code";
  }

  Result<CollectorOutcome> collect(const CollectContext& context,
                                   ArtifactSink& sink) const override {
    const auto argv = list_option(context, "argv");
    if (argv.empty()) {
      return CollectorOutcome::skipped("no-command");
    }
    json::Value document = {{"type", "CommandResult"},
                            {"argv", json::Value::array()},
                            {"status", "unknown"},
                            {"exitCode", nullptr},
                            {"signal", nullptr}};
    for (const std::string& word : argv) {
      document["argv"].push_back(json_text(word));
    }
    host::ProcessRequest request;
    request.argv = argv;
    request.working_directory = context.directory.string();
    request.timeout_ms = stream_timeout_ms(context);
    request.join_error_output = true;
    const auto ending = std::make_shared<Ending>();
    SOURCEOS_TRY(add(sink, {"command", "output"}, MediaType::text, ContentHint::text,
                     std::make_unique<StreamSource>(
                         context.host.processes, std::move(request),
                         [ending](const auto& outcome) { ending->tell(words_of(outcome)); },
                         StreamSource::OtherEnd::is_answer)));
    const auto time = std::chrono::milliseconds(context.timeout_ms) + k_grace;
    SOURCEOS_TRY(add(sink, {"command", "result.json"}, MediaType::json, ContentHint::json,
                     std::make_unique<EndingSource>(ending, std::move(document), time)));
    return CollectorOutcome{};
  }

 private:
  static Status add(ArtifactSink& sink, std::vector<std::string> path, MediaType media_type,
                    ContentHint hint, std::unique_ptr<ByteSource> source) {
    Artifact artifact;
    artifact.path = std::move(path);
    artifact.kind = EntryKind::command_output;
    artifact.media_type = media_type;
    artifact.hint = hint;
    artifact.content = std::move(source);
    return sink.add(std::move(artifact));
  }
};

}  // namespace

const Collector& command_collector() {
  static const CommandCollector collector;
  return collector;
}

}  // namespace sourceos::collect

#include "collect/collectors/stream_source.hpp"

#include <algorithm>
#include <utility>

namespace sourceos::collect {

namespace {

bool has_ended(const host::ProcessOutcome& outcome) {
  return outcome.end == host::ProcessEnd::exited || outcome.end == host::ProcessEnd::signalled;
}

}  // namespace

StreamSource::StreamSource(host::ProcessRunner& runner, host::ProcessRequest request, Ended ended,
                           OtherEnd other_end)
    : runner_(runner), request_(std::move(request)), ended_(std::move(ended)), other_end_(other_end) {}

StreamSource::~StreamSource() {
  tell(fail(ErrorKind::interrupted, "not-read", "the output was not read"));
}

void StreamSource::tell(const Result<host::ProcessOutcome>& outcome) {
  if (const Ended ended = std::exchange(ended_, nullptr)) {
    ended(outcome);
  }
}

Result<std::optional<std::uint64_t>> StreamSource::open() { return std::nullopt; }

Result<std::size_t> StreamSource::read(char* buffer, std::size_t size) {
  if (!std::exchange(is_started_, true)) {
    auto stream = runner_.start(request_);
    if (!stream) {
      tell(fail(std::move(stream).error()));
      return 0;
    }
    stream_ = std::move(*stream);
  }
  return stream_ ? stream_->read(buffer, size) : 0;
}

Result<SourceEnd> StreamSource::finish() {
  SourceEnd end;
  end.cut = "failed";
  if (!stream_) {
    return end;
  }
  const auto outcome = stream_->finish();
  stream_.reset();
  tell(outcome);
  if (outcome && outcome->end == host::ProcessEnd::timed_out) {
    end.cut = "timeout";
  } else if (outcome && outcome->end == host::ProcessEnd::missing) {
    end.cut = "program-missing";
  } else if (outcome && (outcome->ok() || (other_end_ == OtherEnd::is_answer && has_ended(*outcome)))) {
    end.cut.clear();
  }
  return end;
}

std::uint64_t stream_timeout_ms(const CollectContext& context) {
  constexpr std::uint64_t k_margin_ms = 2'000;
  return std::max<std::uint64_t>(
      context.timeout_ms - std::min(context.timeout_ms / 10, k_margin_ms), 1);
}

}  // namespace sourceos::collect

#include "collect/collectors/stream_source.hpp"

#include <utility>

namespace sourceos::collect {

StreamSource::StreamSource(host::ProcessRunner& runner, host::ProcessRequest request, Ended ended)
    : runner_(runner), request_(std::move(request)), ended_(std::move(ended)) {}

StreamSource::~StreamSource() {
  tell(fail(ErrorKind::interrupted, "not-read", "the output was not read"));
}

void StreamSource::tell(const Result<host::ProcessOutcome>& outcome) {
  if (const Ended ended = std::exchange(ended_, nullptr)) {
    ended(outcome);
  }
}

Result<std::optional<std::uint64_t>> StreamSource::open() {
  auto stream = runner_.start(request_);
  if (!stream) {
    tell(fail(stream.error()));
    return fail(std::move(stream).error());
  }
  stream_ = std::move(*stream);
  return std::nullopt;
}

Result<std::size_t> StreamSource::read(char* buffer, std::size_t size) {
  return stream_->read(buffer, size);
}

Result<SourceEnd> StreamSource::finish() {
  auto outcome = stream_->finish();
  stream_.reset();
  tell(outcome);
  if (!outcome) {
    return fail(std::move(outcome).error());
  }
  SourceEnd end;
  if (outcome->end == host::ProcessEnd::timed_out) {
    end.cut = "timeout";
  } else if (!outcome->ok()) {
    end.cut = "failed";
  }
  return end;
}

}  // namespace sourceos::collect

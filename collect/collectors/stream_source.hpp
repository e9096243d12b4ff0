// The output of a program as an entry: started by the first read, so that nothing of it waits in
// memory or on disk before redaction, and on the thread that reads to the end, since the program
// dies with the thread that started it (host/posix_process_runner.hpp).
#pragma once

#include <functional>
#include <memory>

#include "collect/collector.hpp"
#include "host/process_runner.hpp"

namespace sourceos::collect {

class StreamSource : public ByteSource {
 public:
  // Told how the program ended, once; also when it could not be started or was not read to its end.
  using Ended = std::function<void(const Result<host::ProcessOutcome>&)>;

  // Whether an end with another status than 0, or by a signal, means that output is missing.
  enum class OtherEnd { is_cut, is_answer };

  StreamSource(host::ProcessRunner& runner, host::ProcessRequest request, Ended ended = {},
               OtherEnd other_end = OtherEnd::is_cut);
  ~StreamSource() override;

  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override;
  // A program that cannot be started has an empty output and the cut "failed", or
  // "program-missing" when there is none of that name.
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override;
  [[nodiscard]] Result<SourceEnd> finish() override;

 private:
  void tell(const Result<host::ProcessOutcome>& outcome);

  host::ProcessRunner& runner_;
  host::ProcessRequest request_;
  Ended ended_;
  OtherEnd other_end_;
  std::unique_ptr<host::ProcessStream> stream_;
  bool is_started_ = false;
};

// A little less than the collector's own time, so that what a slow program wrote until then is
// kept before the reader gives up.
[[nodiscard]] std::uint64_t stream_timeout_ms(const CollectContext& context);

}  // namespace sourceos::collect

// The output of a program as an entry: started when it is read, so that nothing of it is kept in
// memory or on disk before redaction.
#pragma once

#include <functional>
#include <memory>

#include "collect/collector.hpp"
#include "host/process_runner.hpp"

namespace sourceos::collect {

class StreamSource : public ByteSource {
 public:
  // Told how the program ended, once; also when it could not be started or was left unread.
  using Ended = std::function<void(const Result<host::ProcessOutcome>&)>;

  StreamSource(host::ProcessRunner& runner, host::ProcessRequest request, Ended ended = {});
  ~StreamSource() override;

  [[nodiscard]] Result<std::optional<std::uint64_t>> open() override;
  [[nodiscard]] Result<std::size_t> read(char* buffer, std::size_t size) override;
  [[nodiscard]] Result<SourceEnd> finish() override;

 private:
  void tell(const Result<host::ProcessOutcome>& outcome);

  host::ProcessRunner& runner_;
  host::ProcessRequest request_;
  Ended ended_;
  std::unique_ptr<host::ProcessStream> stream_;
};

}  // namespace sourceos::collect

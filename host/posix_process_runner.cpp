#include "host/posix_process_runner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "host/answered_stream.hpp"
#include "host/posix_process.hpp"
#include "host/spawn.hpp"
#include "host/tool_finder.hpp"

namespace sourceos::host {

namespace {

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(system_error(errno, "make a pipe"));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Only our end: O_NONBLOCK belongs to the open file description, and each end has its own.
void make_non_blocking(const Descriptor& descriptor) {
  ::fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);
}

struct ChildEnds {
  Descriptor input;
  Descriptor output;
  Descriptor error_output;  // empty when joined
};

struct Streams {
  ChildPipes ours;
  ChildEnds theirs;
};

Status connect_input(const ProcessRequest& request, Streams& streams) {
  if (request.input.empty()) {
    streams.theirs.input = Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return streams.theirs.input ? Status{} : fail(system_error(errno, "open '/dev/null'"));
  }
  SOURCEOS_TRY_ASSIGN(Pipe pipe, make_pipe());
  make_non_blocking(pipe.write_end);
  streams.theirs.input = std::move(pipe.read_end);
  streams.ours.input = std::move(pipe.write_end);
  return {};
}

Status connect_output(Descriptor& ours, Descriptor& theirs) {
  SOURCEOS_TRY_ASSIGN(Pipe pipe, make_pipe());
  make_non_blocking(pipe.read_end);
  ours = std::move(pipe.read_end);
  theirs = std::move(pipe.write_end);
  return {};
}

Result<Streams> connect(const ProcessRequest& request) {
  Streams streams;
  SOURCEOS_TRY(connect_input(request, streams));
  SOURCEOS_TRY(connect_output(streams.ours.output, streams.theirs.output));
  if (!request.join_error_output) {
    SOURCEOS_TRY(connect_output(streams.ours.error_output, streams.theirs.error_output));
  }
  return streams;
}

std::vector<std::string> environment_lines(const Variables& base, const Variables& added) {
  std::vector<std::string> lines;
  const auto is_replaced = [&](const std::string& name) {
    return std::ranges::any_of(added, [&](const auto& other) { return other.first == name; });
  };
  for (const auto& [name, value] : base) {
    if (!is_replaced(name)) {
      lines.push_back(name + "=" + value);
    }
  }
  for (const auto& [name, value] : added) {
    lines.push_back(name + "=" + value);
  }
  return lines;
}

std::unexpected<Error> spawn_error(const Spawned& spawned, const ProcessRequest& request) {
  switch (spawned.step) {
    case SpawnStep::fork: return fail(system_error(spawned.errno_value, "make a process"));
    case SpawnStep::working_directory:
      return fail(system_error(
          spawned.errno_value, fmt::format("enter directory '{}'", request.working_directory)));
    case SpawnStep::execute: break;
  }
  return fail(
      system_error(spawned.errno_value, fmt::format("start '{}'", request.argv.front())));
}

// The path to start; not_found when there is no such program.
Result<std::string> find_program(const ProcessRequest& request, ToolFinder& tools) {
  if (request.argv.empty()) {
    return fail(ErrorKind::internal, "no-program", "expected an argument vector, there is none");
  }
  const std::string& name = request.argv.front();
  if (name.starts_with('/')) {
    return name;
  }
  if (name.find('/') != std::string::npos) {
    return fail(ErrorKind::usage, "program-not-absolute",
                fmt::format("expected an absolute path or a plain name of a program, there is "
                            "'{}'",
                            name));
  }
  SOURCEOS_TRY_ASSIGN(const Tool tool, tools.find(name));
  return tool.path.native();
}

}  // namespace

PosixProcessRunner::PosixProcessRunner(Variables variables, ToolFinder& tools,
                                       const volatile int* interrupted)
    : variables_(std::move(variables)), tools_(tools), interrupted_(interrupted) {}

Result<std::unique_ptr<ProcessStream>> PosixProcessRunner::start(const ProcessRequest& request) {
  const auto missing = [] { return std::make_unique<AnsweredStream>(missing_program()); };
  Result<std::string> program = find_program(request, tools_);
  if (!program) {
    if (program.error().kind == ErrorKind::not_found) {
      return missing();
    }
    return fail(std::move(program).error());
  }
  SOURCEOS_TRY_ASSIGN(Streams streams, connect(request));
  SpawnPlan plan;
  plan.program = std::move(*program);
  plan.argv = request.argv;
  plan.environment = environment_lines(variables_, request.environment);
  plan.working_directory = request.working_directory;
  plan.input = streams.theirs.input.get();
  plan.output = streams.theirs.output.get();
  plan.error_output =
      (streams.theirs.error_output ? streams.theirs.error_output : streams.theirs.output).get();
  const Spawned spawned = spawn(plan);
  if (spawned.pid < 0) {
    if (spawned.step == SpawnStep::execute && spawned.errno_value == ENOENT) {
      return missing();
    }
    return spawn_error(spawned, request);
  }
  return std::make_unique<PosixProcess>(spawned.pid, std::move(streams.ours), request,
                                        interrupted_);
}

Result<ProcessOutcome> PosixProcessRunner::run(const ProcessRequest& request) {
  SOURCEOS_TRY_ASSIGN(const std::unique_ptr<ProcessStream> stream, start(request));
  RawBuffer buffer(64 * limits::k_kib);
  std::string output;
  bool truncated = false;
  for (;;) {
    SOURCEOS_TRY_ASSIGN(const std::size_t count, stream->read(buffer.data(), buffer.size()));
    if (count == 0) {
      break;
    }
    const std::size_t kept =
        std::min<std::size_t>(count, request.output_bytes_max - output.size());
    output.append(buffer.data(), kept);
    truncated = truncated || kept < count;
  }
  SOURCEOS_TRY_ASSIGN(ProcessOutcome outcome, stream->finish());
  outcome.output = std::move(output);
  outcome.truncated = outcome.truncated || truncated;
  return outcome;
}

}  // namespace sourceos::host

#include "runtime/agent/asking_once.hpp"

#include <algorithm>

namespace sourceos::runtime {

namespace {

constexpr std::uint64_t k_second_wait_ms = 2'000;

bool is_answered_without_server(const std::vector<std::string>& argv) {
  return argv[0] == "podman" && argv.size() > 1 &&
         (argv[1] == "--version" || argv[1] == "machine" || argv[1] == "system");
}

std::string asked_one(const std::vector<std::string>& argv) {
  std::string who = argv[0];
  if (is_answered_without_server(argv)) {
    return who + " client";
  }
  if (argv.size() > 1 && argv[1].starts_with("--")) {
    who += " " + argv[1];
  }
  if (argv.size() > 2 && argv[1] == "--connection") {
    who += " " + argv[2];
  }
  return who;
}

host::ProcessOutcome no_answer() {
  constexpr int k_status_timed_out = 124;
  host::ProcessOutcome outcome;
  outcome.end = host::ProcessEnd::timed_out;
  outcome.status = k_status_timed_out;
  return outcome;
}

}  // namespace

Result<host::ProcessOutcome> AskingOnce::run(const host::ProcessRequest& request) {
  const std::string who = asked_one(request.argv);
  if (silent_.contains(who)) {
    return no_answer();
  }
  host::ProcessRequest shorter = request;
  if (has_hung_ && is_answered_without_server(request.argv)) {
    shorter.timeout_ms = std::min(shorter.timeout_ms, k_second_wait_ms);
  }
  Result<host::ProcessOutcome> outcome = inner_.run(shorter);
  if (outcome && outcome->end == host::ProcessEnd::timed_out) {
    silent_.insert(who);
    has_hung_ = has_hung_ || request.argv[0] == "podman";
  }
  return outcome;
}

}  // namespace sourceos::runtime

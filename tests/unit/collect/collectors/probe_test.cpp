#include "collect/collectors/probe.hpp"

#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

host::ToolAnswer answer(host::ProcessEnd end, int status, std::string output = {},
                        std::string error = {}) {
  host::ToolAnswer result;
  result.argv = {"tool", "a\xff"};
  result.outcome.end = end;
  result.outcome.status = status;
  result.outcome.output = std::move(output);
  result.outcome.error_output = std::move(error);
  return result;
}

}  // namespace

TEST_CASE("the output of a probe that is ok becomes an entry") {
  ArtifactSink sink;
  Probes probes(sink);
  const auto output = probes.keep("info", answer(host::ProcessEnd::exited, 0, "{}"),
                                  {{"tool", "info.json"}});
  REQUIRE(output);
  CHECK(*output == "{}");
  Collection collection = sink.take();
  REQUIRE(collection.artifacts.size() == 1);
  CHECK(collection.artifacts[0].kind == EntryKind::probe_output);
  CHECK(probes.rows()[0]["status"] == "ok");
  CHECK(probes.rows()[0]["argv"][1] == "a\\xff");
}

TEST_CASE("how a probe ended is a row whatever it was") {
  ArtifactSink sink;
  Probes probes(sink);
  CHECK_FALSE(probes.note("a", answer(host::ProcessEnd::exited, 125, "", std::string(10'000, 'x'))));
  CHECK_FALSE(probes.note("b", answer(host::ProcessEnd::timed_out, 124)));
  CHECK_FALSE(probes.note("c", answer(host::ProcessEnd::signalled, 9)));
  CHECK_FALSE(probes.is_missing());
  CHECK_FALSE(probes.note("d", answer(host::ProcessEnd::missing, 127)));
  CHECK(probes.is_missing());
  CHECK_FALSE(probes.note("e", fail(ErrorKind::unavailable, "not-recorded", "nothing")));
  auto long_answer = answer(host::ProcessEnd::exited, 0, "cut");
  long_answer.outcome.truncated = true;
  CHECK(probes.note("f", long_answer));
  const json::Value& rows = probes.rows();
  REQUIRE(rows.size() == 6);
  CHECK(rows[0]["status"] == "failed");
  CHECK(rows[0]["exitCode"] == 125);
  CHECK(rows[0]["error"].get<std::string>().size() == 4096);
  CHECK(rows[1]["status"] == "timeout");
  CHECK(rows[2]["exitCode"].is_null());
  CHECK(rows[3]["status"] == "missing");
  CHECK(rows[4]["error"] == "not-recorded");
  CHECK(rows[5]["status"] == "truncated");
  CHECK(sink.take().artifacts.empty());
}

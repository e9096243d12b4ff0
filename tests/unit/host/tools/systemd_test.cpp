#include "host/tools/systemd.hpp"

#include "host/recorded_process_runner.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::host;

TEST_CASE("properties of a unit are name and value, values may hold '='") {
  const auto properties = parse_unit_properties(
      "Id=demo.service\nEnvironment=A=1 B=2\nDropInPaths=/etc/a\\ b.conf /etc/c.conf\nRestart=\n");
  REQUIRE(properties.size() == 4);
  CHECK(find_property(properties, "Environment") == "A=1 B=2");
  CHECK(find_property(properties, "Restart").empty());
  CHECK(find_property(properties, "Absent").empty());
  const auto paths = parse_path_list(find_property(properties, "DropInPaths"));
  REQUIRE(paths.size() == 2);
  CHECK(paths[0] == "/etc/a b.conf");
}

TEST_CASE("failed units are the first words of lines") {
  const auto names = parse_unit_names(
      "demo.service loaded failed failed Demo\n  other.timer loaded failed failed x\n\n");
  REQUIRE(names.size() == 2);
  CHECK(names[1] == "other.timer");
}

TEST_CASE("a manager that cannot be reached is known by its words") {
  ProcessOutcome outcome;
  outcome.status = 1;
  CHECK_FALSE(is_manager_unreachable(outcome));
  outcome.error_output = "Failed to connect to bus: No such file or directory\n";
  CHECK(is_manager_unreachable(outcome));
  outcome.error_output = "";
  outcome.output = "offline\n";
  CHECK(is_manager_unreachable(outcome));
}

TEST_CASE("a unit name cannot become an option") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{
      {{"systemctl", "--user", "cat", "--no-pager", "--", "--help"}, {}}});
  const Systemd systemd(runner, SystemdScope::user);
  CHECK(systemd.definition("--help", 1000));
  const ProcessRequest journal =
      systemd.journal("--vacuum-time=1s", JournalForm::exported, 5, "-1h", 1000);
  CHECK(journal.argv.back() == "--since=-1h");
  CHECK(std::count(journal.argv.begin(), journal.argv.end(), "--user-unit=--vacuum-time=1s") == 1);
}

TEST_CASE("the system manager's journal is asked by unit") {
  PlayingProcessRunner runner(std::vector<RecordedCommand>{});
  const auto request =
      Systemd(runner, SystemdScope::system).journal("a.service", JournalForm::text, 0, "", 1000);
  CHECK(std::count(request.argv.begin(), request.argv.end(), "--unit=a.service") == 1);
  CHECK(to_string(SystemdScope::system) == "system");
}

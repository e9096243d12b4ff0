#include "runtime/doors/cross_check.hpp"

#include <doctest/doctest.h>

#include "tests/unit/runtime/doors/samples.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
using namespace sourceos::tests;

namespace {

CrossCheckOptions options() { return {.now = good_time(), .resolves_references = true, .state_root = {}, .is_secret = {}}; }

std::string first_problem(const Contract& contract) {
  static const ContractShelf all = shelf();
  const auto problems = cross_problems(contract, all, options());
  return problems.empty() ? "" : problems.front().check + " " + problems.front().instance_path;
}

// Places of a document that refer to contracts of ours.
void for_each_reference(json::Value& value, const std::function<void(json::Value&)>& visit) {
  if (value.is_string()) {
    for (const char* slug : {"agent-machine-profile", "agent-machine-fingerprint", "secure-host-interface",
                             "host-interface-grant", "-door:demo"}) {
      if (value.get<std::string>().find(slug) != std::string::npos &&
          value.get<std::string>().find("token-door") == std::string::npos) {
        visit(value);
        return;
      }
    }
  } else if (value.is_structured()) {
    for (auto& member : value) {
      for_each_reference(member, visit);
    }
  }
}

}  // namespace

TEST_CASE("the examples of each host pass the cross check") {
  const ContractShelf all = shelf();
  CHECK(all.all().size() >= 30);
  for (const Contract* each : all.all()) {
    CAPTURE(each->file());
    const auto problems = cross_problems(*each, all, options());
    for (const ContractProblem& problem : problems) {
      CHECK_MESSAGE(false, std::string(problem.instance_path + " " + problem.message));
    }
  }
}

TEST_CASE("changing any one reference fails the cross check") {
  std::size_t changed_count = 0;
  const ContractShelf all = shelf();
  for (const Contract* each : all.all()) {
    json::Value document = each->document();
    const std::string id = document.at("id").get<std::string>();
    std::vector<json::Value*> places;
    for_each_reference(document, [&](json::Value& place) {
      if (place != id) {
        places.push_back(&place);
      }
    });
    for (json::Value* place : places) {
      const json::Value before = *place;
      *place = before.get<std::string>() + "-gone";
      CAPTURE(each->file());
      CAPTURE(place->get<std::string>());
      const auto problems = cross_problems(contract(document), all, options());
      CHECK(std::any_of(problems.begin(), problems.end(),
                        [](const ContractProblem& p) { return p.check == "ref-unresolved"; }));
      *place = before;
      ++changed_count;
    }
  }
  CHECK(changed_count > 60);
}

TEST_CASE("a reference to another host's documents belongs elsewhere") {
  CHECK(first_problem(changed("terminaldoor.linux", [](json::Value& d) {
          d["targetProfileRef"] = "urn:srcos:agent-machine-profile:macos-podman";
        })) == "ref-host /targetProfileRef");
  CHECK(first_problem(changed("securehostinterfaceprofile.linux", [](json::Value& d) {
          d["interfaces"][0]["doorRef"] = "urn:srcos:terminal-door:demo-windows";
        })) == "ref-workspace /interfaces/0/doorRef");
  CHECK(first_problem(changed("hostinterfacegrant.linux-agent", [](json::Value& d) {
          d["workspaceId"] = "urn:srcos:agent-machine-workspace:other";
        })).starts_with("ref-workspace"));
  CHECK(first_problem(changed("agentmachinefingerprint.linux", [](json::Value& d) {
          d["doorRefs"][0] = "urn:srcos:terminal-door:demo-macos";
        })) == "ref-workspace /doorRefs/0");
}

TEST_CASE("ids in one list are unique") {
  CHECK(first_problem(changed("securehostinterfaceprofile.linux", [](json::Value& d) {
          d["interfaces"][1]["interfaceId"] = d["interfaces"][0]["interfaceId"];
        })) == "unique-id /interfaces/1/interfaceId");
  CHECK(first_problem(changed("agenttooldoor.linux", [](json::Value& d) {
          d["tools"].push_back(d["tools"][1]);
        })) == "unique-id /tools/3/toolId");
  CHECK(first_problem(changed("agentmachineprofile.linux-native", [](json::Value& d) {
          d["tools"].push_back(d["tools"][0]);
        })) == "unique-id /tools/7/toolId");
}

TEST_CASE("a door that shares a browser profile leans on a grant that says so") {
  CHECK(first_problem(changed("browserdoor.macos-shared-profile", [](json::Value& d) {
          d["profileSharingGrantRef"] = "urn:srcos:host-interface-grant:demo-operator-macos";
        })) == "grant-scope /profileSharingGrantRef");
}

TEST_CASE("a secret in a contract is named by its place") {
  CrossCheckOptions with_detector = options();
  with_detector.is_secret = [](std::string_view text) { return text == "detected"; };
  const auto profile = changed("agentmachineprofile.linux-native",
                               [](json::Value& d) { d["environment"]["set"][0]["value"] = "detected"; });
  const auto problems = secret_problems(profile, with_detector);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].check == "secret-in-profile");
  CHECK(problems[0].instance_path == "/environment/set/0/value");
}

TEST_CASE("a variable of a profile that is named like a secret is told, whatever its shape") {
  CrossCheckOptions with_names = options();
  with_names.is_secret_name = [](std::string_view name) { return name == "A_TOKEN"; };
  const auto place_of = [&](const json::Value& environment) {
    const auto profile =
        changed("agentmachineprofile.linux-native", [&](json::Value& d) { d["environment"] = environment; });
    const auto problems = secret_problems(profile, with_names);
    return problems.empty() ? std::string() : problems.front().check + " " + problems.front().instance_path;
  };
  CHECK(place_of({{"allow", {"TERM", "A_TOKEN"}}}) == "secret-in-profile /environment/allow/1");
  CHECK(place_of({{"set", {{{"name", "A_TOKEN"}, {"value", "x"}}}}}) == "secret-in-profile /environment/set/0");
  CHECK(place_of({{"set", {{"A_TOKEN", "x"}}}}) == "secret-in-profile /environment/set/A_TOKEN");
  CHECK(place_of({{"allow", "A_TOKEN"}, {"set", 7}}).empty());
  CHECK(place_of("A_TOKEN").empty());
  CHECK(place_of({{"allow", {"TERM"}}}).empty());
}

TEST_CASE("without other documents at hand references say nothing") {
  CrossCheckOptions alone = options();
  alone.resolves_references = false;
  CHECK(cross_problems(contract(example("editordoor.linux")), ContractShelf(), alone).empty());
}

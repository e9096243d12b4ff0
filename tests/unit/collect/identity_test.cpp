#include "collect/identity.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/fake_host.hpp"
#include "tests/unit/collect/fake_sources.hpp"

using namespace sourceos;

TEST_CASE("other people's accounts are known, the system's are not") {
  tests::FakeHost fake;
  fake.home.write("root/etc/passwd",
                  "root:x:0:0:root:/root:/bin/sh\nsshd:x:105:65534::/run/sshd:/bin/false\n"
                  "operator:x:1000:1000::/home/operator:/bin/sh\nmartha:x:1001:1001::/home/martha:/bin/sh\n"
                  "nobody:x:65534:65534::/:/bin/false\nbroken line\n");
  const redact::Identity identity = collect::read_identity(fake.host.environment);
  CHECK(identity.user == "operator");
  CHECK(identity.host == "samplehost");
  CHECK(identity.home == fake.home.path().string());
  CHECK(identity.other_users == std::vector<std::string>{"martha"});
}

TEST_CASE("secrets of our own environment and arguments are masked everywhere") {
  tests::FakeHost fake;
  const std::string secret = std::string("Zq8vW3") + "tY7uI2oP";
  fake.host.environment.variables = {{"AGENT_PASSWORD", secret}, {"LANG", "C.UTF-8"}};
  auto pipeline = redact::Pipeline::create({}).value();
  collect::teach_own_secrets(*pipeline, fake.host.environment, {"sourceosctl", "evidence"});
  pipeline->freeze();
  const bundle::Redacted redacted = pipeline->document("it said " + secret + " and went on in C.UTF-8", {});
  CHECK(redacted.bytes().find(secret) == std::string::npos);
  CHECK(redacted.bytes().find("went on in C.UTF-8") != std::string::npos);
  CHECK(redacted.record().known == 1);
}

#include "runtime/machine/subids.hpp"

#include <doctest/doctest.h>

#include "tests/support/fake_host.hpp"

using namespace sourceos;
using runtime::read_sub_ids;

TEST_CASE("ids are those of this account, by name or number") {
  tests::FakeHost fake;
  host::Environment& environment = fake.host.environment;
  environment.root = fake.home.path();
  environment.user = "sample";
  environment.uid = 1234;
  CHECK(read_sub_ids(environment).users == 0);
  CHECK_FALSE(read_sub_ids(environment).are_enough());
  (void)fake.home.write("etc/subuid", "other:1:5\nsample:100000:65536\n1234:200000:10\n");
  (void)fake.home.write("etc/subgid", "sample:100000:65536\n");
  CHECK(read_sub_ids(environment).users == 65546);
  CHECK(read_sub_ids(environment).groups == 65536);
  CHECK(read_sub_ids(environment).are_enough());
  (void)fake.home.write("etc/subgid", "sample:100000:1000\n");
  CHECK_FALSE(read_sub_ids(environment).are_enough());
}

TEST_CASE("lines of another form count for nothing") {
  tests::FakeHost fake;
  host::Environment& environment = fake.host.environment;
  environment.root = fake.home.path();
  environment.user = "sample";
  (void)fake.home.write("etc/subuid", "sample\nsample:1\nsample:1:x\nsample:1:99999999999999999999\n::\n");
  CHECK(read_sub_ids(environment).users == 0);
}

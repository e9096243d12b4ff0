#include <doctest/doctest.h>

#include "redact/structured/yaml_spans.hpp"
#include "structured_support.hpp"

using namespace sourceos;
using namespace sourceos::redact;
using tests::parts;
using tests::Strings;

namespace {

// Read again after masking: it parses, and nothing is left to mask.
void check_stays_yaml(const std::string& text) {
  const auto values = yaml_secrets(text);
  REQUIRE(values.has_value());
  const std::string masked = tests::masked_text(text, *values);
  const auto again = yaml_secrets(masked);
  CHECK_MESSAGE(again.has_value(), masked);
  CHECK_MESSAGE((again && again->empty()), masked);
}

}  // namespace

TEST_CASE("a Kubernetes Secret keeps its keys and loses its data") {
  const std::string text =
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  user: YWRtaW4=\n"
      "stringData:\n  conf: |\n    a: 1\n    b: 2\n";
  CHECK(parts(text, yaml_secrets(text)) == Strings{"YWRtaW4=", "a: 1\n    b: 2"});
  check_stays_yaml(text);
}

TEST_CASE("a Kubernetes Secret is known by any case of its kind, and with tabs before its keys") {
  const std::string text = "apiVersion: v1\nkind: 'secret'\ndata:\n\tuser: YWRtaW4=\n\tpin: \"NzctaG9yc2Vz\"\n";
  CHECK(parts(text, yaml_secrets(text)) == Strings{"YWRtaW4=", "NzctaG9yc2Vz"});
  check_stays_yaml(text);
}

TEST_CASE("quotes, tags and characters of several bytes do not move the place") {
  const std::string text = tests::spelled("note: gr\xC3\xBC\xC3\x9F dich\npassword: \"<1>\"\ntoken: !!str '<6>'\n");
  CHECK(parts(text, yaml_secrets(text)) == Strings{"horse-42", "f00d-feed-8eef-1"});
  check_stays_yaml(text);
}

TEST_CASE("the user of a kubeconfig keeps names and public parts only") {
  const std::string text =
      "users:\n- name: ci\n  user:\n    client-certificate-data: LS0tLS1CRUdJTiBDRVJU\n"
      "    token: aa.bb\n    username: ci\n";
  CHECK(parts(text, yaml_secrets(text)) == Strings{"aa.bb"});
}

TEST_CASE("environments are lists, maps and pairs") {
  const std::string text = tests::spelled(
      "environment:\n  - DB_PASSWORD=<1>\n  - TZ=UTC\nenv:\n  - value: <7>\n    name: SMTP_PASSWORD\n"
      "command: [app, --api-token, <5>]\n");
  CHECK(parts(text, yaml_secrets(text)) == Strings{"horse-42", "mule-4321", "f00dfeedbeef1234"});
  check_stays_yaml(text);
}

TEST_CASE("what is no YAML is left to the text engine") {
  for (const char* torn : {"a: [1, 2", "a: b: c: d", "\"open", "\t- x"}) {
    CHECK_MESSAGE(!yaml_secrets(torn).has_value(), torn);
  }
  CHECK_FALSE(yaml_secrets(std::string(1000, '[')).has_value());
}

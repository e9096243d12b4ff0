#include "redact/command_line.hpp"

#include <doctest/doctest.h>

#include <string>

#include "core/text.hpp"
#include "redact/command_table.hpp"
#include "redact/matcher.hpp"
#include "redact/rules.hpp"

using namespace sourceos;
using namespace sourceos::redact;

namespace {

const std::string k_word = "river" "-otter-42";

// `<w>` in the text stands for the word.
std::string secrets_in(std::string text, std::string_view tool) {
  for (std::size_t at = text.find("<w>"); at != std::string::npos; at = text.find("<w>")) {
    text.replace(at, 3, k_word);
  }
  const std::size_t from = text.find(tool);
  std::string out;
  for (const SecretWord word : command_secrets(text, from, from + tool.size())) {
    out += out.empty() ? "" : " ";
    out += text.substr(word.from, word.to - word.from);
  }
  return out;
}

}  // namespace

TEST_CASE("a shell line gives its words with and without quotes") {
  CHECK(secrets_in("mysql -uroot -p<w> app", "mysql") == k_word);
  CHECK(secrets_in("mysql -uroot -p'<w>' app", "mysql") == k_word);
  CHECK(secrets_in("sshpass -p \"<w>\" ssh host", "sshpass") == k_word);
  CHECK(secrets_in("redis-cli --pass=<w>", "redis-cli") == k_word);
  CHECK(secrets_in("curl -s \\\n  -u ci:<w> https://x", "curl") == k_word);
  CHECK(secrets_in("curl.exe ^\n  -u ci:<w> https://x", "curl.exe") == k_word);
}

TEST_CASE("a line inside of a string ends with it") {
  CHECK(secrets_in(R"({"cmd":"mysql -uroot -p<w>","next":"x"})", "mysql") == k_word);
  CHECK(secrets_in(R"({"cmd":"mysql -p\"<w>\" app"})", "mysql") == k_word);
}

TEST_CASE("items of lists are words") {
  CHECK(secrets_in(R"(["redis-cli", "-a", "<w>"])", "redis-cli") == k_word);
  CHECK(secrets_in("['curl', '-u', 'ci:<w>', 'https://x']", "curl") == k_word);
  CHECK(secrets_in(R"(a0="sshpass" a1="-p" a2="<w>")", "sshpass") == k_word);
  CHECK(secrets_in("- redis-cli\n    - -a\n    - <w>\n    - ping", "redis-cli") == k_word);
  CHECK(secrets_in("<string>sshpass</string>\n<string>-p</string><string><w></string>", "sshpass") == k_word);
}

TEST_CASE("several secrets of one command are all found") {
  CHECK(secrets_in("snmpwalk -v3 -A <w> -x AES -X <w>7 host", "snmpwalk") == k_word + " " + k_word + "7");
}

TEST_CASE("a secret may be told by its place") {
  CHECK(secrets_in("htpasswd -b /etc/web.users ci <w>", "htpasswd") == k_word);
  CHECK(secrets_in("htpasswd -nb ci <w>", "htpasswd") == k_word);
  CHECK(secrets_in("exp system/<w>@db file=a.dmp", "exp") == k_word);
}

TEST_CASE("ports, variables, databases and the next option are no secrets") {
  CHECK(secrets_in("mysql -u root -p app", "mysql").empty());
  CHECK(secrets_in("mysql -p$PASS app", "mysql").empty());
  CHECK(secrets_in("sshpass -p 2222 ssh", "sshpass").empty());
  CHECK(secrets_in("redis-cli -a -h cache", "redis-cli").empty());
  CHECK(secrets_in("docker login -u ci --password-stdin ghcr.io", "docker").empty());
  CHECK(secrets_in("mysql -h db; other -p<w>", "mysql").empty());
}

TEST_CASE("a key may stand where the user's name does, and an address is no password") {
  CHECK(secrets_in("curl -u <w>7: https://x", "curl") == k_word + "7");
  CHECK(secrets_in("curl -u administrator: https://x", "curl").empty());
  CHECK(secrets_in("curl -u <user:password> https://x", "curl").empty());
  CHECK(secrets_in("curl --tlspassword https://x/y", "curl").empty());
}

TEST_CASE("each tool of the table begins a rule's match") {
  std::string missing;
  for (const CommandRow& row : k_command_rows) {
    for (const std::string_view tool : text::split(row.tools, ' ')) {
      CHECK(is_known_tool(tool));
      bool found = false;
      for (const char* rest : {" -p x", " login x", " push x", " a x", " alias x", " unlock x", " signin x", " secret x",
                               " run x", " ssm x", " x/y", " x in y"}) {
        const std::string line = std::string(tool) + rest;
        for (const Rule& rule : builtin_rules()) {
          Match match;
          found = found || (rule.check == Check::command &&
                            Matcher(rule.pattern, rule.secret_group).find(line, 0, line.size(), match));
        }
      }
      missing += found ? "" : std::string(tool) + " ";
    }
  }
  CHECK(missing == "");
}

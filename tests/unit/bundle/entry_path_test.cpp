#include "bundle/entry_path.hpp"

#include <doctest/doctest.h>

#include "bundle/digest.hpp"
#include "tests/unit/bundle/make_redacted.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

std::string encoded(std::string_view name) { return encode_segment(redact::Pipeline::text(name)); }

PathWish wish(const std::vector<std::string>& names) {
  PathWish out;
  for (const std::string& name : names) {
    out.segments.push_back(redact::Pipeline::text(name));
    out.true_segments.push_back(name);
  }
  return out;
}

}  // namespace

TEST_CASE("a plain name stands for itself") {
  for (const char* name :
       {"git.json", "a", "0", "A_b@c+d-e.f", "console", "com", "com10", "auxiliary"}) {
    CHECK(encoded(name) == name);
  }
}

TEST_CASE("every other byte is written as percent and upper-case hex") {
  CHECK(encoded("a b") == "a%20b");
  CHECK(encoded("a/b") == "a%2Fb");
  CHECK(encoded("100%") == "100%25");
  CHECK(encoded("a~b") == "a%7Eb");
  CHECK(encoded("\xC3\xA9") == "%C3%A9");
  CHECK(encoded(std::string_view("\0\n\x7f\xff", 4)) == "%00%0A%7F%FF");
}

TEST_CASE("a first byte that is not alphanumeric and a last dot are encoded") {
  CHECK(encoded(".bashrc") == "%2Ebashrc");
  CHECK(encoded("_x") == "%5Fx");
  CHECK(encoded("a.") == "a%2E");
  CHECK(encoded("a..") == "a.%2E");
  CHECK(encoded(".") == "%2E");
  CHECK(encoded("..") == "%2E%2E");
}

TEST_CASE("names of devices lose their first letter") {
  CHECK(encoded("con") == "%63on");
  CHECK(encoded("NUL.txt") == "%4EUL.txt");
  CHECK(encoded("Com1.log.gz") == "%43om1.log.gz");
  CHECK(encoded("lpt0") == "%6Cpt0");
  CHECK(encoded("con.") == "%63on%2E");
}

TEST_CASE("a segment over 80 bytes is cut and hashed, never inside a percent form") {
  const std::string name(81, 'x');
  const std::string hash = sha256(name).hex().substr(0, 8);
  CHECK(encoded(std::string(80, 'x')) == std::string(80, 'x'));
  CHECK(encoded(name) == std::string(71, 'x') + "~" + hash);
  const std::string accents = std::string(70, 'x') + "\xC3\xA9\xC3\xA9\xC3\xA9";
  CHECK(encoded(accents) == std::string(70, 'x') + "~" + sha256(accents).hex().substr(0, 8));
  const std::string dots = "a" + std::string(90, '.');
  CHECK(encoded(dots) == "a~" + sha256(dots).hex().substr(0, 8));
  for (const std::string& each : {name, accents, dots}) {
    CHECK(check_entry_path(encoded(each)).has_value());
  }
}

TEST_CASE("paths outside the grammar are unsafe") {
  for (const std::string bad :
       {"",       "/a",   "a/",        "a//b",     "..",        "a/../b",
        ".",      ".a",   "a.",        "con",      "a/NUL.txt", "com1~2",
        "a b",    "a\\b", "a:b",       "%",        "%2",        "%2e",
        "a%2Fb%", "%41",  "a%41",      "a%2Ecom",  "a%2Db",     "%63onsole",
        "a~",     "a~1",  "a~0",       "a~01",     "a~1000000", "a~ABCDEF12",
        "a~12~3", "~2",   "a~deadbee", "\xC3\xA9", "a\n",       "long/"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(check_entry_path(bad).has_value());
    CHECK(check_entry_path(bad).error().reason == "path-unsafe");
  }
  CHECK_FALSE(check_entry_path(std::string("a\0b", 3)).has_value());
  CHECK_FALSE(check_entry_path(std::string(81, 'a')).has_value());
  const std::string deep =
      std::string(80, 'a') + "/" + std::string(80, 'b') + "/" + std::string(15, 'c');
  REQUIRE(deep.size() == 177);
  CHECK_FALSE(check_entry_path(deep).has_value());
  CHECK(check_entry_path(deep.substr(0, 176)).has_value());
}

TEST_CASE("paths of the grammar are taken") {
  for (const std::string good :
       {"facts/git.json", "a~2", "a~999999", "a~deadbeef", "a~12345678", "%2E%2E", "a%2E", "%63on",
        "%63on.txt~2", "long/0123456789abcdef/x.log", "a.%2E"}) {
    CAPTURE(good);
    CHECK(check_entry_path(good).has_value());
  }
}

TEST_CASE("every encoded name is in the grammar and only it") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string name = {static_cast<char>(first), static_cast<char>(second)};
      const std::string path = encoded(name);
      CHECK(check_entry_path(path).has_value());
    }
  }
}

TEST_CASE("names that are equal without case are counted in byte order") {
  const auto paths =
      assign_paths({wish({"d", "readme"}), wish({"d", "README"}), wish({"d", "Readme"})});
  CHECK(paths == std::vector<std::string>{"d/readme~3", "d/README", "d/Readme~2"});
}

TEST_CASE("folders that are equal without case are told apart") {
  const auto paths = assign_paths({wish({"Logs", "a"}), wish({"logs", "a"}), wish({"logs", "b"})});
  CHECK(paths == std::vector<std::string>{"Logs/a", "logs~2/a", "logs~2/b"});
}

TEST_CASE("folders whose redacted names are equal are told apart by their true names") {
  PathWish one = wish({"REDACTED-user", "x"});
  PathWish two = one;
  one.true_segments[0] = "bob";
  two.true_segments[0] = "ann";
  CHECK(assign_paths({one, two}) ==
        std::vector<std::string>{"REDACTED-user~2/x", "REDACTED-user/x"});
}

TEST_CASE("an entry never has the name of another's folder") {
  const auto paths = assign_paths({wish({"a", "b"}), wish({"a"}), wish({"A"})});
  CHECK(check_unique_paths({paths[0], paths[1], paths[2]}).has_value());
}

TEST_CASE("a path over 176 bytes keeps its last segment under long") {
  const std::vector<std::string> names = {"files", std::string(80, 'a'), std::string(80, 'b'),
                                          "ended.log"};
  const std::string whole = names[0] + "/" + names[1] + "/" + names[2] + "/" + names[3];
  const std::string expected = "long/" + sha256(whole).hex().substr(0, 16) + "/ended.log";
  CHECK(assign_paths({wish(names)})[0] == expected);
}

TEST_CASE("the same wish twice gives two entries") {
  const auto paths = assign_paths({wish({"a"}), wish({"a"})});
  CHECK(paths == std::vector<std::string>{"a", "a~2"});
}

TEST_CASE("doubles are found without case, for entries, folders and between the two") {
  CHECK(check_unique_paths({"a", "b/c", "b/d"}).has_value());
  for (const std::vector<std::string_view>& paths : {std::vector<std::string_view>{"a", "a"},
                                                     {"A", "a"},
                                                     {"B/x", "b/y"},
                                                     {"a", "a/b"},
                                                     {"A/b", "a"},
                                                     {"x/A/b", "x/a/c"}}) {
    REQUIRE_FALSE(check_unique_paths(paths).has_value());
    CHECK(check_unique_paths(paths).error().reason == "duplicate-member");
  }
}

// Every syntax with every shape of value that can stand in it: what is masked begins and ends where
// the value does. A syntax says which characters it cannot hold or how it writes them.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "pipeline_support.hpp"

using namespace sourceos;

namespace {

constexpr std::string_view k_name = "DB_PASS|WORD";  // spelled in pieces, as @ below

struct Syntax {
  std::string_view text;     // @: the name, %: the value
  std::string_view cannot;   // characters that end or change a value there
  std::string_view escaped;  // those that a back slash goes before
};

constexpr auto k_syntaxes = std::to_array<Syntax>({
    {"export @=%\nexport DB_HOST=db1\n", " \"'\\;(){}&<>$|*,", ""},
    {"export @=\"%\"\nexport DB_HOST=db1\n", "$", "\\\""},
    {"export @='%'\nexport DB_HOST=db1\n", "'", ""},
    {"@='%' psql -h db1 -U app\n", "'", ""},
    {"HOST=db1\n@=%\nPORT=25\n", "#,", ""},
    {"[db]\nuser = app\n@ = %\nport = 5432\n", "#,;", ""},
    {"db:\n  @: \"%\"\n  port: 5432\n", "", "\\\""},
    {"    environment:\n      - @=%\n      - TZ=UTC\n", "#'\":\\, ", ""},
    {"{\"user\": \"app\", \"@\": \"%\", \"port\": 5432}", "", "\\\""},
    {"\"Env\": [\"PATH=/bin\", \"@=%\", \"TZ=UTC\"]", "", "\\\""},
    {"@ = \"%\"\nport = 1\n", "", "\\\""},
    {"<db><user>app</user><@>%</@></db>", "<>&", ""},
    {"<key>@</key>\n<string>%</string>\n<key>TZ</key>\n<string>UTC</string>", "<>&", ""},
    {"[Service]\nEnvironment=@=%\nExecStart=/usr/bin/app\n", " \"'\\,", ""},
    {"[Service]\nEnvironment=\"@=%\" \"LANG=C\"\nExecStart=/usr/bin/app\n", "", "\\\""},
    {"docker run -d -e '@=%' -p 80:80 app:1\n", "'", ""},
    {"docker run -d -e @=% -p 80:80 app:1\n", " \"'\\;(){}&<>$|*,", ""},
    {"mysql -u root -p'%' app < dump.sql\n", "'", ""},
    {"curl -fsS -u 'deploy:%' https://host.example/api\n", "'", ""},
    {"conn = connect(host='db1', @='%', port=5432)\n", "", "\\'"},
    {"define('@', '%');\n", " ", "\\'"},
    {"resource \"x\" \"y\" {\n  @ = \"%\"\n}\n", "", "\\\""},
    {"setenv @ '%'\n", "'", ""},
    {"CREATE USER app IDENTIFIED BY '%';\n", "'\"\\", ""},
    {"requirepass \"%\"\nappendonly yes\n", "", "\\\""},
    {"machine host.example login app pass" "word %\n", " \"\\", ""},
    {"0 3 * * * root @=% /usr/bin/backup --all\n", " \"'\\;(){}&<>$|*#,", ""},
});

// Made of pieces that no list of passwords holds.
constexpr auto k_shapes = std::to_array<std::string_view>(
    {"Zq3kLp8TwXn5Rb", "Zq3kLp=8TwXn5=", "Zq3kLp+/8TwXn/5", "Zq3k%408TwXn", "Zq3kLp 8TwX", "Zq3kL\"8TwXn", "Zq3kL'8TwXn",
     "Zq3kL\\8TwXn", "Zq3kLp;8TwX", "Zq3kLp(8Tw)Xn", "Zq3kLp8TwX!", "Zq3kL&8TwXn", "Zq3kL#8TwXn", "Zq3kL<8Tw>Xn5R", "Zq3kL@8TwXn",
     "Zq3kL:8TwXn", "Zq3kL|8TwXn", "Zq3k^*8TwXn~", "Zq3kL\xC3\xA9" "8TwXn", "!Zq3kLp8TwX"});

std::string written(const Syntax& syntax, std::string_view value, std::string& spelled) {
  spelled.clear();
  for (const char c : value) {
    spelled += syntax.escaped.contains(c) ? "\\" : "";
    spelled += c;
  }
  std::string name(k_name);
  std::erase(name, '|');
  std::string out;
  for (const char c : syntax.text) {
    out += c == '@' ? name : c == '%' ? spelled : std::string(1, c);
  }
  return out;
}

}  // namespace

TEST_CASE("a value is masked from its begin to its end, whatever it is made of") {
  redact::PipelineOptions asked = tests::pipeline_options();
  asked.personal_data = false;
  const auto pipeline = redact::Pipeline::create(std::move(asked)).value();
  pipeline->freeze();
  unsigned cells = 0;
  for (const Syntax& syntax : k_syntaxes) {
    for (const std::string_view shape : k_shapes) {
      if (shape.find_first_of(syntax.cannot) != std::string_view::npos) {
        continue;
      }
      std::string value;
      const std::string text = written(syntax, shape, value);
      std::vector<redact::Hit> hits;
      redact::DocumentOptions options;
      options.hits = true;
      const std::string masked = pipeline->document(text, options, &hits).bytes();
      CAPTURE(text);
      ++cells;
      CHECK_MESSAGE(hits.size() == 1, masked);
      if (!hits.empty()) {
        CHECK(text.substr(hits.front().from, hits.back().to - hits.front().from) == value);
      }
    }
  }
  CHECK(cells > 350);
}

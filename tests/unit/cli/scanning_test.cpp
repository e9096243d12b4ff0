#include "cli/scanning.hpp"

#include "cli/git_sources.hpp"
#include "cli/render.hpp"
#include "cli/tree.hpp"
#include "core/json/json.hpp"
#include "redact/pipeline.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/cli/call_scene.hpp"
#include "tests/unit/collect/fake_sources.hpp"

#include <doctest/doctest.h>

using namespace sourceos;
using namespace sourceos::cli;

namespace {

const std::string k_refused = "dial tcp 127.0.0.1:9: connect: connection refused\n";

std::string leak(int number) { return "token=" + tests::planted_token() + std::to_string(number) + "\n"; }

struct Scene : CallScene {
  std::unique_ptr<redact::Pipeline> pipeline = tests::make_pipeline();
  tests::TemporaryDirectory dir;
  json::Value rows = json::Value::array();
  json::Value skipped = json::Value::array();
  ScanAnswer answer{.rows = rows, .skipped = skipped};

  Status scan(std::size_t jobs) {
    context.quiet = true;
    return scan_tree(answer, *pipeline, list_tree({dir.path().string()}).value(), jobs, context);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const json::Value& row : answer.rows) {
      const std::string path = text_of(row, "path");
      names.push_back(path.substr(path.rfind('/') + 1));
    }
    return names;
  }
};

}  // namespace

TEST_CASE("a tree's rows are in its order, however many files are scanned side by side") {
  for (const std::size_t jobs : {1U, 8U}) {
    Scene scene;
    std::vector<std::string> expected;
    for (int i = 10; i < 40; ++i) {
      expected.push_back("f" + std::to_string(i) + ".log");
      scene.dir.write(expected.back(), leak(i));
    }
    REQUIRE(scene.scan(jobs).has_value());
    CHECK(scene.names() == expected);
    CHECK(scene.answer.files == expected.size());
    CHECK(scene.answer.rows.dump().find(tests::planted_token()) == std::string::npos);
  }
}

TEST_CASE("source code and programs only speak of what logs tell") {
  Scene scene;
  scene.dir.write("program", "\x7f" "ELF\x02\x01\x01" + k_refused);
  scene.dir.write("dial.go", k_refused);
  scene.dir.write("dial.log", k_refused);
  REQUIRE(scene.scan(1).has_value());
  CHECK(scene.names() == std::vector<std::string>{"dial.log"});
}

TEST_CASE("what is no regular file is skipped with its reason") {
  Scene scene;
  std::filesystem::create_symlink("nowhere", scene.dir / "link");
  REQUIRE(scene.scan(1).has_value());
  REQUIRE(scene.answer.skipped.size() == 1);
  CHECK(text_of(scene.answer.skipped[0], "reason") == "link");
  CHECK(scene.answer.files == 0);
}

TEST_CASE("a version of a file answers for what it brought") {
  Scene scene;
  REQUIRE(scan_blob(scene.answer, *scene.pipeline,
                    {.path = "a.env", .commit = "c1", .content = leak(1) + leak(2), .before = leak(1)}, scene.context)
              .has_value());
  REQUIRE(scene.answer.rows.size() == 1);
  CHECK(text_of(scene.answer.rows[0], "commit") == "c1");
  CHECK(number_of(scene.answer.rows[0], "line") == 2);
}

TEST_CASE("an interrupt ends a scan") {
  Scene scene;
  const volatile int flag = 1;
  scene.fake.host.interrupted = &flag;
  scene.dir.write("a.env", leak(1));
  CHECK(scene.scan(1).error().kind == ErrorKind::interrupted);
  CHECK(scan_blob(scene.answer, *scene.pipeline, {}, scene.context).error().kind == ErrorKind::interrupted);
}

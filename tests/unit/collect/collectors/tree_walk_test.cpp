#include "collect/collectors/tree_walk.hpp"

#include "tests/unit/collect/collectors/fixture.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace sourceos;
using namespace sourceos::collect;

namespace {

struct Walked {
  Collection collection;
  std::vector<std::string> names;
  std::uint64_t not_read = 0;
  Status status;
};

Walked walk(const std::filesystem::path& path) {
  tests::FakeHost fake;
  host::ToolFinder tools(fake.host.environment);
  const json::Value options = json::Value::object();
  const CollectContext context{
      .host = fake.host, .tools = tools, .options = options, .scratch = {}, .directory = {}};
  ArtifactSink sink;
  TreeWalk tree(context, sink, EntryKind::file, Keep::head);
  Walked walked;
  walked.status = tree.add_directory(path, "files");
  walked.not_read = tree.not_read_count();
  CHECK(tree.write_not_read({"files", "not-read.json"}));
  walked.collection = sink.take();
  for (const Artifact& artifact : walked.collection.artifacts) {
    std::string name;
    for (const std::string& segment : artifact.path) {
      name += "/" + segment;
    }
    walked.names.push_back(name);
  }
  return walked;
}

}  // namespace

TEST_CASE("regular files of a tree come in order, each to be opened later") {
  const tests::TemporaryDirectory directory;
  for (const char* name : {"top/b.txt", "top/a/2.txt", "top/a/1.txt", "top/c/d/e.txt"}) {
    directory.write(name, name);
  }
  Walked walked = walk(directory / "top");
  REQUIRE(walked.status);
  CHECK(walked.names == std::vector<std::string>{"/files/top/a/1.txt", "/files/top/a/2.txt",
                                                 "/files/top/b.txt", "/files/top/c/d/e.txt"});
  CHECK(content_of(walked.collection.artifacts[3]) == "top/c/d/e.txt");
  CHECK(walked.not_read == 0);
}

TEST_CASE("links and special files are listed and not read") {
  const tests::TemporaryDirectory directory;
  directory.write("outside/secret", "x");
  directory.write("top/a", "x");
  std::filesystem::create_symlink(directory / "outside/secret", directory / "top/link");
  std::filesystem::create_directory_symlink(directory / "outside", directory / "top/linked");
  REQUIRE(::mkfifo((directory / "top/fifo").c_str(), 0600) == 0);
  Walked walked = walk(directory / "top");
  REQUIRE(walked.status);
  CHECK(walked.names == std::vector<std::string>{"/files/top/a", "/files/not-read.json"});
  const auto document = json::parse(content_of(walked.collection.artifacts[1]));
  REQUIRE(document);
  CHECK((*document)["count"] == 3);
  CHECK((*document)["files"][0]["reason"] == "fifo");
  CHECK((*document)["files"][1]["reason"] == "link");
  CHECK((*document)["files"][1]["target"] == (directory / "outside/secret").string());
}

TEST_CASE("names of any bytes are walked") {
  const tests::TemporaryDirectory directory;
  directory.write("top/\xff\xfe\n", "x");
  Walked walked = walk(directory / "top");
  REQUIRE(walked.collection.artifacts.size() == 1);
  CHECK(walked.collection.artifacts[0].path[2] == "\xff\xfe\n");
  CHECK(content_of(walked.collection.artifacts[0]) == "x");
}

TEST_CASE("a tree deeper than the limit is cut and told") {
  const tests::TemporaryDirectory directory;
  std::filesystem::path deep = directory / "top";
  for (int i = 0; i < 200; ++i) {
    deep /= "d";
  }
  std::filesystem::create_directories(deep);
  const Walked walked = walk(directory / "top");
  REQUIRE(walked.status);
  CHECK(walked.not_read == 1);
}

TEST_CASE("a kernel file system below a tree is not entered, one that is named is") {
  const Walked below = walk("/sys/kernel");
  CHECK(below.status);  // named: sysfs itself
  CHECK_FALSE(below.names.empty());
}

TEST_CASE("every kind of file has a word") {
  CHECK(word_of(host::FileKind::fifo) == "fifo");
  CHECK(word_of(host::FileKind::device) == "device");
  CHECK(word_of(host::FileKind::socket) == "socket");
  CHECK(word_of(host::FileKind::regular) == "regular");
  CHECK(word_of(host::FileKind::directory) == "directory");
  CHECK(word_of(host::FileKind::link) == "link");
}

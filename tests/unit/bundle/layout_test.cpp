#include "bundle/layout.hpp"

#include <cstdlib>

#include <sys/stat.h>

#include <doctest/doctest.h>

#include "bundle/tar_header.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

namespace {

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string tar;
  for (const auto& [name, content] : files) {
    const TarHeader header = make_tar_header(name, content.size()).value();
    tar.append(header.data(), header.size());
    tar += content;
    tar.append(tar_padding(content.size()), '\0');
  }
  tar.resize(tar_stream_bytes(tar.size()), '\0');
  return tar;
}

std::string reason_of(const std::string& tar) {
  const auto layout = TarLayout::read(BlobReader(tar));
  return layout ? "" : layout.error().reason;
}

const std::string k_blob = "blobs/sha256/" + std::string(64, 'a');

}  // namespace

TEST_CASE("a directory and its tar show the same files") {
  const tests::TemporaryDirectory directory;
  const Digest digest = sha256("content");
  directory.write("b/oci-layout", "{}");
  directory.write("b/index.json", "[]");
  directory.write("b/" + blob_name(digest), "content");
  const std::string command = "cd '" + (directory / "b").string() +
                              "' && find . -type f | cut -c3- | LC_ALL=C sort -u | tar "
                              "--no-recursion --verbatim-files-from -T - --hard-dereference "
                              "--mode=0644 --mtime=@0 --owner=0 --group=0 --numeric-owner "
                              "--format=ustar -b 20 -cf ../b.tar";
  REQUIRE(std::system(command.c_str()) == 0);
  for (const char* name : {"b", "b.tar"}) {
    CAPTURE(name);
    const auto layout = open_layout(directory / name).value();
    CHECK(layout->is_closed());
    CHECK(layout->is_archive() == (name == std::string_view("b.tar")));
    CHECK(layout->files() ==
          std::vector<LayoutFile>{{blob_name(digest), 7}, {"index.json", 2}, {"oci-layout", 2}});
    CHECK(layout->open(digest)->read_all(100).value() == "content");
    CHECK(layout->read_file("index.json", 2).value() == "[]");
    CHECK(layout->read(digest, 6).error().kind == ErrorKind::limit);
    CHECK(layout->open(sha256("other")).error().reason == "missing-member");
    CHECK(layout->read_file("../secret", 10).error().reason == "missing-member");
  }
}

TEST_CASE("what does not exist is missing input") {
  const tests::TemporaryDirectory directory;
  CHECK(open_layout(directory / "nothing").error().reason == "input-missing");
}

TEST_CASE("links, special files and empty folders are malformed") {
  const tests::TemporaryDirectory directory;
  directory.write("link/oci-layout", "{}");
  std::filesystem::create_symlink("oci-layout", directory / "link/index.json");
  directory.write("fifo/oci-layout", "{}");
  REQUIRE(::mkfifo((directory / "fifo/index.json").c_str(), 0600) == 0);
  directory.write("folder/oci-layout", "{}");
  std::filesystem::create_directories(directory / "folder/blobs/sha256");
  for (const char* name : {"link", "fifo", "folder"}) {
    CAPTURE(name);
    const auto layout = DirectoryLayout::open(directory / name);
    REQUIRE_FALSE(layout.has_value());
    CHECK(layout.error().reason == "malformed");
  }
}

TEST_CASE("an outer tar is read when it is the one we would write") {
  CHECK(reason_of(tar_of({})) == "");
  CHECK(reason_of(tar_of({{k_blob, "content"}, {"index.json", "{}"}, {"oci-layout", ""}})) == "");
}

TEST_CASE("any other tar is malformed") {
  const std::string good = tar_of({{k_blob, "content"}, {"oci-layout", ""}});
  const auto with_byte = [&](std::size_t at, char byte) {
    std::string tar = good;
    tar[at] = byte;
    return tar;
  };
  for (const std::string& bad :
       {std::string(), std::string("x"), good.substr(0, 512), good + std::string(10'240, '\0'),
        good.substr(0, good.size() - 512), good + "x", with_byte(106, '6'),  // mode
        with_byte(143, '1'),                                                 // time
        with_byte(156, '2'),                                                 // a link
        with_byte(157, 'x'),                                                 // link name
        with_byte(265, 'r'),                                                 // user name
        with_byte(500, 'x'),                                                 // unused bytes
        with_byte(512 + 10, 'x'),                                            // padding
        with_byte(good.size() - 1, 'x'), tar_of({{"oci-layout", ""}, {"index.json", ""}}),
        tar_of({{"oci-layout", ""}, {"oci-layout", ""}})}) {
    CHECK(reason_of(bad) == "malformed");
  }
  CHECK(reason_of(tar_of({{"../x", ""}})) == "path-unsafe");
  CHECK(reason_of(tar_of({{"/x", ""}})) == "path-unsafe");
}

TEST_CASE("a tar with folders in it, as copy tools make, is malformed") {
  const tests::TemporaryDirectory directory;
  directory.write("b/oci-layout", "{}");
  const std::string command = "cd '" + directory.path().string() + "' && tar -cf b.tar b";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(open_layout(directory / "b.tar").error().reason == "malformed");
}

#include "bundle/archive.hpp"

#include <cstdlib>

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("an archive is byte for byte what GNU tar makes of the directory") {
  const tests::TemporaryDirectory directory;
  directory.write("b/oci-layout", "{}");
  directory.write("b/index.json", std::string(512, 'x'));
  directory.write("b/" + blob_name(sha256("1")), std::string(300'000, '1'));
  directory.write("b/" + blob_name(sha256("2")), "");
  const auto layout = open_layout(directory / "b").value();
  {
    const host::Descriptor file = create_blob_file(directory / "ours.tar").value();
    REQUIRE(write_archive(*layout, file).has_value());
  }
  const std::string command = "cd '" + (directory / "b").string() +
                              "' && find . -type f | cut -c3- | LC_ALL=C sort -u | tar "
                              "--no-recursion --verbatim-files-from -T - --hard-dereference "
                              "--mode=0644 --mtime=@0 --owner=0 --group=0 --numeric-owner "
                              "--format=ustar -b 20 -cf ../theirs.tar";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK((tests::read_file(directory / "ours.tar") == tests::read_file(directory / "theirs.tar")));
  CHECK(open_layout(directory / "ours.tar").value()->files() == layout->files());
}

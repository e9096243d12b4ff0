#include "bundle/blob.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::bundle;

TEST_CASE("a blob reads the same from memory, a file and a part of one") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.write("file", "..content..");
  const BlobReader file = BlobReader::open(path).value();
  for (const BlobReader& blob : {file.part(2, 7), BlobReader(std::string("content"))}) {
    CHECK(blob.size() == 7);
    CHECK(blob.read_all(7).value() == "content");
    std::string part(3, '?');
    CHECK(blob.read_at(2, part.data(), 3).has_value());
    CHECK(part == "nte");
    CHECK(blob.part(1, 3).read_all(10).value() == "ont");
    CHECK_FALSE(blob.read_at(5, part.data(), 3).has_value());
    CHECK(blob.read_all(6).error().kind == ErrorKind::limit);
  }
}

TEST_CASE("a blob file is made anew or not at all") {
  const tests::TemporaryDirectory directory;
  CHECK(create_blob_file(directory / "new").has_value());
  CHECK_FALSE(create_blob_file(directory / "new").has_value());
  CHECK_FALSE(create_blob_file(directory / "missing/new").has_value());
}

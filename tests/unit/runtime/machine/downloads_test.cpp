#include "runtime/machine/downloads.hpp"

#include <doctest/doctest.h>

#include "core/json/json.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sourceos;

TEST_CASE("every file is named by its digest, links are not followed") {
  tests::TemporaryDirectory dir;
  (void)dir.write("home/Downloads/x/a", "abc");
  (void)dir.write("home/Downloads/x/deep/b", "");
  std::filesystem::create_symlink("/etc/passwd", dir / "home/Downloads/x/link");
  const json::Value found =
      runtime::hash_downloads(dir / "home/Downloads/x", {(dir / "home").string()});
  REQUIRE(found["downloadArtifacts"].size() == 2);
  CHECK(found["complete"] == true);
  CHECK(found["downloadArtifacts"][0]["artifactRef"] ==
        "urn:srcos:download-artifact:ba7816bf8f01cfea414140de5dae2223");
  CHECK(found["downloadArtifacts"][0]["pathRef"] == "$HOME/Downloads/x/a");
  CHECK(found["downloadArtifacts"][0]["sha256"] ==
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a folder that is not there has no files") {
  const tests::TemporaryDirectory dir;
  CHECK(runtime::hash_downloads(dir / "absent", {})["downloadArtifacts"].empty());
}

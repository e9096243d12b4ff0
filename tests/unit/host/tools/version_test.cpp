#include "host/tools/version.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sourceos::host {

TEST_CASE("a version is found where tools print it, and only a version") {
  CHECK(version_in("podman version 5.2.1\n") == "5.2.1");
  CHECK(version_in("podman version 4.3.0-dev") == "4.3.0-dev");
  CHECK(version_in("git version 2.39.5 (Apple Git-154)") == "2.39.5");
  CHECK(version_in("nix (Nix) 2.18.1\n") == "2.18.1");
  CHECK(version_in("segfault").empty());
  CHECK(version_in("1.").empty());
  CHECK(version_in("1.\x94\xc0{ 7`x.2").empty());
  CHECK(version_in("1." + std::string(100, '1')).empty());
}

TEST_CASE("Docker under Podman's name is not Podman") {
  CHECK(podman_version_in("podman version 5.2.1\n") == "5.2.1");
  CHECK(podman_version_in("Docker version 24.0.7, build afdd53b\n").empty());
  CHECK(version_in("Docker version 24.0.7, build afdd53b\n") == "24.0.7");
}

TEST_CASE("versions are compared by their numbers") {
  CHECK(is_older_version("4.3.0", "4.3.1"));
  CHECK(is_older_version("4.2.9", "4.3.0"));
  CHECK(is_older_version("4.9.9", "4.10.0"));
  CHECK_FALSE(is_older_version("4.10.0", "4.9.9"));
  CHECK_FALSE(is_older_version("5.0.0-rc1", "4.3.0"));
  CHECK(is_older_version("", "0.0.1"));
}

}  // namespace sourceos::host

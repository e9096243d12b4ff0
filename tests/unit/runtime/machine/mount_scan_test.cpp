#include "runtime/machine/mount_scan.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "tests/support/temporary_directory.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
namespace fs = std::filesystem;

namespace {

struct Scene {
  tests::TemporaryDirectory dir;
  fs::path home = fs::canonical(dir.path()) / "home";
  fs::path repo = home / "dev/r";

  Scene() {
    fs::create_directories(repo);
    fs::create_directories(home / ".ssh");
  }

  DenySet deny() const {
    DenyPlaces places;
    places.homes = {home.string()};
    places.search_path = {"/usr/bin"};
    return DenySet(places);
  }

  MountScan scan(MountScanOptions options = {}) const {
    options.mount_table = home / "mountinfo";
    return scan_mount(deny(), repo, options).value();
  }
};

const MountFinding* find(const MountScan& scan, std::string_view kind) {
  const auto found = std::find_if(scan.findings.begin(), scan.findings.end(),
                                  [&](const MountFinding& each) { return each.kind == kind; });
  return found == scan.findings.end() ? nullptr : &*found;
}

std::string key_block() {
  return "-----BEGIN OPENSSH PRIVATE"
         " KEY-----\n" +
         std::string(64, 'A') + "\n";
}

}  // namespace

TEST_CASE("a clean tree has no finding") {
  Scene scene;
  (void)scene.dir.write("home/dev/r/src/main.c", "int main(void) { return 0; }\n");
  const MountScan scan = scene.scan();
  CHECK(scan.status == ScanStatus::complete);
  CHECK(scan.findings.empty());
  CHECK(scan.entries == 2);
}

TEST_CASE("a link into a denied place refuses, however it gets there") {
  Scene scene;
  SUBCASE("straight") { fs::create_symlink(scene.home / ".ssh", scene.repo / "keys"); }
  SUBCASE("to a file") {
    (void)scene.dir.write("home/.ssh/id", "x");
    fs::create_symlink(scene.home / ".ssh/id", scene.repo / "keys");
  }
  SUBCASE("relative") { fs::create_symlink("../../.ssh", scene.repo / "keys"); }
  SUBCASE("by another link") {
    fs::create_symlink(scene.home / ".ssh", scene.home / "dev/hop");
    fs::create_symlink("../hop", scene.repo / "keys");
  }
  SUBCASE("to what is not there yet") {
    fs::create_symlink(scene.home / ".aws/credentials", scene.repo / "keys");
  }
  SUBCASE("to home itself") { fs::create_symlink(scene.home, scene.repo / "keys"); }
  SUBCASE("to the root") { fs::create_symlink("/", scene.repo / "keys"); }
  const MountScan scan = scene.scan();
  const MountFinding* finding = find(scan, "symlink-escape-denied");
  REQUIRE(finding != nullptr);
  CHECK(finding->is_denied);
  CHECK(finding->path == "keys");
}

TEST_CASE("links inside are nothing, links to harmless places are told") {
  Scene scene;
  fs::create_directories(scene.repo / "lib");
  fs::create_symlink("lib", scene.repo / "inner");
  fs::create_directories(scene.home / "dev/other");
  fs::create_symlink("../other", scene.repo / "outer");
  fs::create_symlink("/usr/bin/env", scene.repo / "interpreter");
  const MountScan scan = scene.scan();
  CHECK(find(scan, "symlink-escape-denied") == nullptr);
  CHECK(std::count_if(scan.findings.begin(), scan.findings.end(), [](const MountFinding& each) {
          return each.kind == "symlink-outside";
        }) == 2);
}

TEST_CASE("a second name of a denied file refuses, of another file it does not") {
  Scene scene;
  (void)scene.dir.write("home/.ssh/id", "x");
  (void)scene.dir.write("home/dev/other", "x");
  fs::create_hard_link(scene.home / "dev/other", scene.repo / "fine");
  CHECK(find(scene.scan(), "hardlink-escape-denied") == nullptr);
  fs::create_hard_link(scene.home / ".ssh/id", scene.repo / "copy");
  REQUIRE(find(scene.scan(), "hardlink-escape-denied") != nullptr);
  CHECK(find(scene.scan(), "hardlink-escape-denied")->path == "copy");
}

TEST_CASE("key material refuses unless the profile only warns") {
  Scene scene;
  (void)scene.dir.write("home/dev/r/deploy", key_block());
  CHECK(find(scene.scan(), "secret-material-in-mount")->is_denied);
  MountScanOptions options;
  options.secret_files = SecretFiles::warn;
  CHECK_FALSE(find(scene.scan(options), "secret-material-in-mount")->is_denied);
}

TEST_CASE("files that are named like secrets are told") {
  for (const char* name : {".env", ".env.local", ".npmrc", ".netrc", "chain.pem"}) {
    Scene scene;
    CAPTURE(name);
    (void)scene.dir.write(std::string("home/dev/r/") + name, "x");
    REQUIRE(find(scene.scan(), "secret-looking-file") != nullptr);
    CHECK_FALSE(find(scene.scan(), "secret-looking-file")->is_denied);
  }
}

TEST_CASE("sockets and set-id files are told, device nodes refuse") {
  Scene scene;
  const fs::path path = scene.dir.path() / "s";
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  ::close(fd);
  fs::rename(path, scene.repo / "s");
  const fs::path tool = scene.dir.write("home/dev/r/tool", "x");
  REQUIRE(::chmod(tool.c_str(), 04755) == 0);
  const MountScan scan = scene.scan();
  CHECK(find(scan, "socket") != nullptr);
  CHECK(find(scan, "set-id") != nullptr);
  if (::mknod((scene.repo / "null").c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) {
    REQUIRE(find(scene.scan(), "device-in-mount") != nullptr);
    CHECK(find(scene.scan(), "device-in-mount")->is_denied);
  }
}

TEST_CASE("a bound scan says that it is incomplete") {
  Scene scene;
  for (int i = 0; i < 20; ++i) {
    (void)scene.dir.write("home/dev/r/f" + std::to_string(i), "x");
  }
  MountScanOptions options;
  options.entries_max = 10;
  const MountScan scan = scene.scan(options);
  CHECK(scan.status == ScanStatus::incomplete);
  CHECK(scan.entries == 10);
}

TEST_CASE("what is mounted below is told, and refuses when it comes from a denied place") {
  Scene scene;
  (void)scene.dir.write("home/mountinfo", "21 1 8:1 / / rw - ext4 x rw\n31 21 0:40 / " +
                                              (scene.repo / "tmp").string() + " rw - tmpfs t rw\n");
  CHECK_FALSE(find(scene.scan(), "submount")->is_denied);
  CHECK(scene.scan().submounts == std::vector<std::string>{(scene.repo / "tmp").string()});
  (void)scene.dir.write("home/mountinfo", "21 1 8:1 / / rw - ext4 x rw\n31 21 8:1 " +
                                              (scene.home / ".ssh").string() + " " +
                                              (scene.repo / "tmp").string() + " rw - ext4 t rw\n");
  CHECK(find(scene.scan(), "submount-escape-denied")->is_denied);
}

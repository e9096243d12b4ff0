#include "runtime/machine/mount_policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/json/json.hpp"
#include "tests/support/fake_host.hpp"

using namespace sourceos;
using namespace sourceos::runtime;
namespace fs = std::filesystem;

namespace {

struct Scene {
  tests::FakeHost fake;
  fs::path home = fs::canonical(fake.home.path());

  Scene() {
    fake.host.environment.home = home;
    fs::create_directories(home / "dev/r");
    fs::create_directories(home / "dev-private/r");
    fs::create_directories(home / ".ssh");
  }

  MountDecision decide(MountRequest request, std::optional<std::vector<AllowedRoot>> roots = {}) {
    const DenySet deny(deny_places(fake.host.environment, {(home / "store").string()}));
    const PolicyContext context{.deny = deny,
                                .directory = home / "dev",
                                .cache_root = cache_root(fake.host.environment),
                                .roots = std::move(roots)};
    return decide_mount(context, request);
  }

  MountDecision typed(const std::string& path) {
    MountRequest request;
    request.mount_id = "repo";
    request.host_path = path;
    request.agent_path = "/workspace/dev/r";
    request.access = AccessMode::read_write;
    request.origin = PathOrigin::typed;
    return decide(request);
  }

  MountDecision of_class(PathClass path_class, AccessMode access, const std::string& path) {
    MountRequest request;
    request.mount_id = "m";
    request.path_class = path_class;
    request.access = access;
    request.host_path = path;
    request.agent_path = "/workspace/m";
    request.create_if_missing = true;
    return decide(request);
  }
};

bool warns(const MountDecision& decision, std::string_view word) {
  return std::find(decision.warnings.begin(), decision.warnings.end(), word) !=
         decision.warnings.end();
}

}  // namespace

TEST_CASE("a work tree below home is allowed, resolved and pinned") {
  Scene scene;
  const MountDecision decision = scene.typed("~/dev/r");
  REQUIRE_MESSAGE(decision.is_allowed, decision.message);
  CHECK(decision.resolved == (scene.home / "dev/r").string());
  CHECK(decision.pin.has_value());
  CHECK(scene.typed("r").is_allowed);
  CHECK(scene.typed("../dev/r/").resolved == decision.resolved);
}

TEST_CASE("home as a repository is refused in every spelling") {
  Scene scene;
  fs::create_directory_symlink(scene.home, scene.home / "dev/self");
  fs::create_directory_symlink("..", scene.home / "dev/up");
  const std::string home = scene.home.string();
  for (const std::string& path :
       {std::string("~"), std::string("~/"), std::string("$HOME"), std::string("${HOME}"),
        std::string("$HOME/"), std::string("%USERPROFILE%"), home, home + "/", home + "/.",
        home + "/dev/..", "/" + home, std::string("~/dev/../"), std::string(".."),
        std::string("../."), std::string("~/dev/self"), std::string("self"), std::string("up"),
        std::string("/"), fs::path(home).parent_path().string()}) {
    CAPTURE(path);
    const MountDecision decision = scene.typed(path);
    CHECK_FALSE(decision.is_allowed);
    CHECK(decision.reason == "home-wholesale");
  }
}

TEST_CASE("a refusal says how the path meets what is never mounted") {
  Scene scene;
  const auto message = [&](const std::string& path) { return scene.typed(path).message; };
  CHECK(message("~") == "'~' is never mounted: it is $HOME");
  CHECK(message("/").ends_with("it holds $HOME"));
  CHECK(message("~/Downloads").ends_with("it is the whole of ~/Downloads"));
  CHECK(message("~/.ssh/keys").ends_with("it is, holds or lies in ~/.ssh"));
}

TEST_CASE("denied places are refused by name and by link") {
  Scene scene;
  fs::create_directory_symlink(scene.home / ".ssh", scene.home / "dev/work");
  CHECK(scene.typed("~/.ssh").reason == "sensitive-path");
  CHECK(scene.typed("work").reason == "sensitive-path");
  CHECK(scene.typed("~/.aws").reason == "sensitive-path");  // also when it is not there
  CHECK(scene.typed("~/.config").reason == "sensitive-path");
  CHECK(scene.typed("~/store").reason == "store-in-mount");
}

TEST_CASE("a path that is written badly is refused before anything is looked at") {
  Scene scene;
  for (const char* path : {"", "~other/x", "$OTHER/x", "/a\nb"}) {
    CHECK(scene.typed(path).reason == "path-syntax");
  }
  MountRequest request;
  request.host_path = "~/dev/../dev/r";
  request.agent_path = "/x";
  CHECK(scene.decide(request).reason == "path-traversal");
  request.host_path = "dev/r";
  CHECK(scene.decide(request).reason == "path-syntax");
}

TEST_CASE("odd characters in a name are no reason to refuse") {
  Scene scene;
  for (const char* name : {"a,b", "a:b", "a\"b", "a'b", "a b", "caf\xc3\xa9"}) {
    fs::create_directories(scene.home / "dev" / name);
    CAPTURE(name);
    CHECK(scene.typed(std::string("~/dev/") + name).is_allowed);
  }
}

TEST_CASE("what is no directory or is not there is refused") {
  Scene scene;
  (void)scene.fake.home.write("dev/file", "x");
  CHECK(scene.typed("file").reason == "not-a-directory");
  CHECK(scene.typed("absent").reason == "path-missing");
}

TEST_CASE("roots are compared by whole components and on real paths") {
  Scene scene;
  const std::vector<AllowedRoot> roots = {{.path = "~/dev", .access = AccessMode::read_write}};
  MountRequest request;
  request.mount_id = "r";
  request.host_path = "~/dev/r";
  request.agent_path = "/w";
  request.access = AccessMode::read_write;
  CHECK(scene.decide(request, roots).is_allowed);
  request.host_path = "~/dev-private/r";
  CHECK(scene.decide(request, roots).reason == "unlisted-mount");
  fs::create_directory_symlink(scene.home / "dev-private", scene.home / "dev/out");
  request.host_path = "~/dev/out/r";
  CHECK(scene.decide(request, roots).reason == "unlisted-mount");
  request.host_path = "~/dev/r";
  CHECK(scene.decide(request, {{{.path = "~/dev", .recursive = false}}}).reason ==
        "unlisted-mount");
  CHECK(scene.decide(request, {{{.path = "~/dev", .access = AccessMode::read_only}}}).reason ==
        "access-wider");
  CHECK(scene.decide(request, {{{.path = "~/dev", .needs_grant = true}}}).reason ==
        "grant-missing");
}

TEST_CASE("each class has its rules") {
  Scene scene;
  using enum AccessMode;
  fs::create_directories(scene.home / "Documents");
  fs::create_directories(scene.home / "Downloads");
  CHECK(scene.of_class(PathClass::documents, read_write, "~/Documents/SourceOS/out").is_allowed);
  CHECK(scene.of_class(PathClass::documents, read_write, "~/dev/r").reason == "class-rule");
  CHECK(scene.of_class(PathClass::documents, read_write, "~/Documents").reason ==
        "user-folder-wholesale");
  CHECK(scene.of_class(PathClass::downloads, browser_read_write_agent_read_only, "~/Downloads/a/b")
            .is_allowed);
  CHECK(scene.of_class(PathClass::downloads, read_only, "~/Downloads").reason ==
        "user-folder-wholesale");
  CHECK(scene.of_class(PathClass::cache, read_write, "~/.cache/sourceos/w1").is_allowed);
  CHECK(scene.of_class(PathClass::cache, read_write, "~/.cache/other").reason == "class-rule");
  CHECK(scene.of_class(PathClass::artifacts, write_only_artifacts, "~/dev/out").is_allowed);
  CHECK(scene.of_class(PathClass::artifacts, read_write, "~/dev/out").reason == "class-rule");
  CHECK(scene.of_class(PathClass::media, read_only, "~/dev/r").is_allowed);
  CHECK(scene.of_class(PathClass::media, read_write, "~/dev/r").reason == "class-rule");
  CHECK(scene.of_class(PathClass::app_bridge, read_only, "~/dev/r").reason == "class-rule");
  CHECK(scene.of_class(PathClass::code, read_write, "~/dev/absent").reason == "path-missing");
  CHECK(scene.of_class(PathClass::code, write_only_artifacts, "~/dev/r").reason == "class-rule");
}

TEST_CASE("downloads and documents are never executed from") {
  Scene scene;
  MountRequest request;
  request.path_class = PathClass::downloads;
  request.host_path = "~/Downloads/x";
  request.agent_path = "/w";
  request.create_if_missing = true;
  request.direct_execution = true;
  CHECK(scene.decide(request).reason == "class-rule");
}

TEST_CASE("a git directory outside the mount makes it read-only") {
  Scene scene;
  fs::create_directories(scene.home / "dev/main/.git/worktrees/r");
  (void)scene.fake.home.write(
      "dev/r/.git", "gitdir: " + (scene.home / "dev/main/.git/worktrees/r").string() + "\n");
  const MountDecision decision = scene.typed("~/dev/r");
  REQUIRE(decision.is_allowed);
  CHECK(decision.access == AccessMode::read_only);
  CHECK(warns(decision, "git-directory-outside"));
}

TEST_CASE("git's own files are shielded where the mount can be written to") {
  Scene scene;
  fs::create_directories(scene.home / "dev/r/.git/hooks");
  CHECK(scene.typed("~/dev/r").shield.size() == 2);
  MountRequest request = scene.typed("~/dev/r").request;
  request.git_metadata_writable = true;
  CHECK(scene.decide(request).shield.empty());
  fs::remove(scene.home / "dev/r/.git/hooks");
  fs::create_symlink("..", scene.home / "dev/r/.git/hooks");
  const MountDecision linked = scene.typed("~/dev/r");
  CHECK(linked.access == AccessMode::read_only);
  CHECK(warns(linked, "git-metadata-linked"));
}

TEST_CASE("what the scan finds decides") {
  Scene scene;
  (void)scene.fake.home.write("dev/r/.env", "x");
  CHECK(warns(scene.typed("~/dev/r"), "secret-looking-file"));
  fs::create_symlink(scene.home / ".ssh", scene.home / "dev/r/keys");
  const MountDecision decision = scene.typed("~/dev/r");
  CHECK(decision.reason == "symlink-escape-denied");
  CHECK(decision.message == "'keys' in '~/dev/r' is a link to a place that is never mounted");
  CHECK(decision.next.starts_with("take it out"));
  CHECK_FALSE(decision.is_allowed);
}

TEST_CASE("the policy hash depends on the mounts and on nothing of the account") {
  MountRequest one;
  one.mount_id = "a";
  one.host_path = "~/dev/r";
  one.agent_path = "/w/r";
  MountRequest two = one;
  two.mount_id = "b";
  const std::string hash = policy_hash({one, two}, nullptr).value();
  CHECK(hash.starts_with("sha256:"));
  CHECK(policy_hash({two, one}, nullptr).value() == hash);
  two.access = AccessMode::read_write;
  CHECK(policy_hash({one, two}, nullptr).value() != hash);
  CHECK(policy_hash({one}, json::Value::object()).value() != policy_hash({one}, nullptr).value());
}

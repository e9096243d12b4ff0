#include "host/tools/git.hpp"

#include "tests/unit/host/tools/git_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

using namespace sourceos;
using namespace sourceos::host;

namespace {

Result<GitState> ask(GitFixture& fixture) {
  GitQuestion question;
  question.repository = fixture.tree();
  question.scratch = fixture.scratch();
  return Git(fixture.runner()).state(question);
}

bool has_execution(const GitState& state, std::string_view setting) {
  return std::any_of(state.executions.begin(), state.executions.end(),
                     [&](const GitExecution& e) { return e.setting == setting; });
}

void make_executable(const fs::path& path) {
  fs::permissions(path, fs::perms::owner_all, fs::perm_options::replace);
}

}  // namespace

TEST_CASE("a clean repository has a head, a branch and no changes") {
  GitFixture fixture;
  fixture.make_repository();
  fixture.git({"remote", "add", "origin", "https://git.example/tools/demo.git"});
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->problems.empty());
  CHECK(state->head == fixture.git({"rev-parse", "HEAD"}).substr(0, 40));
  CHECK(state->branch == "main");
  CHECK(state->dirty == false);
  CHECK(state->staged->empty());
  CHECK(state->assume_unchanged == 0);
  CHECK(state->skip_worktree == 0);
  CHECK(state->filtered == 0);
  REQUIRE(state->remotes.size() == 1);
  CHECK(state->remotes[0].url == "https://git.example/tools/demo.git");
  CHECK(fs::is_empty(fixture.scratch()));
}

TEST_CASE("changed, staged and untracked files are told apart") {
  GitFixture fixture;
  fixture.make_repository();
  fixture.write("a.txt", "changed\n");
  fixture.write("new.txt", "new\n");
  fixture.write("staged.txt", "staged\n");
  fixture.git({"add", "staged.txt"});
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->dirty == true);
  CHECK(state->change_count == 1);
  CHECK(state->untracked_count == 2);  // the fresh index knows nothing of what was staged
  REQUIRE(state->staged->size() == 1);
  CHECK(state->staged->front().code == "A");
  CHECK(state->staged->front().path == "staged.txt");
}

TEST_CASE("changes that the repository's index hides are seen all the same") {
  GitFixture fixture;
  fixture.make_repository();
  fixture.git({"update-index", "--assume-unchanged", "a.txt"});
  fixture.git({"update-index", "--skip-worktree", "b.txt"});
  fixture.write("a.txt", "hidden one\n");
  fixture.write("b.txt", "hidden two\n");
  REQUIRE(fixture.git({"status", "--porcelain"}).empty());
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->dirty == true);
  CHECK(state->change_count == 2);
  CHECK(state->assume_unchanged == 1);
  CHECK(state->skip_worktree == 1);
}

TEST_CASE("replaced objects do not lie about the head") {
  GitFixture fixture;
  fixture.make_repository();
  const std::string first = fixture.git({"rev-parse", "HEAD"}).substr(0, 40);
  fixture.write("a.txt", "second\n");
  fixture.commit_all();
  fixture.git({"replace", "HEAD", first});
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->dirty == false);
}

TEST_CASE("a detached head has no branch and an unborn branch has no head") {
  GitFixture fixture;
  fixture.git({"init", "--quiet", "--initial-branch=main"});
  fixture.write("a.txt", "one\n");
  auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->problems.empty());
  CHECK(state->branch == "main");
  CHECK_FALSE(state->head);
  CHECK(state->untracked_count == 1);

  fixture.commit_all();
  fixture.git({"checkout", "--quiet", "--detach"});
  state = ask(fixture);
  REQUIRE(state);
  CHECK_FALSE(state->branch);
  CHECK(state->head);
  CHECK(state->dirty == false);
}

TEST_CASE("packed refs and names that need care are read") {
  GitFixture fixture;
  fixture.make_repository();
  fixture.write("with space\nand newline.txt", "x\n");
  fixture.commit_all();
  fixture.git({"pack-refs", "--all"});
  fixture.write("with space\nand newline.txt", "y\n");
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->head);
  REQUIRE(state->changes.size() == 1);
  CHECK(state->changes[0].path == "with space\nand newline.txt");
}

TEST_CASE("repositories with sha256 objects are read") {
  GitFixture fixture;
  fixture.git({"init", "--quiet", "--initial-branch=main", "--object-format=sha256"});
  fixture.write("a.txt", "one\n");
  fixture.commit_all();
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->problems.empty());
  CHECK(state->head->size() == 64);
  CHECK(state->dirty == false);
}

TEST_CASE("nothing that a repository names is run") {
  GitFixture fixture;
  fixture.make_repository();
  const fs::path canary = fixture.directory() / "canary";
  const std::string touch = "touch " + canary.string() + "-";
  const auto set = [&](const std::string& name, const std::string& tag) {
    fixture.git({"config", name, touch + tag});
  };
  // Attributes that name every driver; committed, and one more file that is changed.
  fixture.write(".gitattributes", "*.txt filter=x diff=x merge=x\n*.bin filter=p\n");
  fixture.write("c.bin", "c\n");
  fixture.commit_all();
  set("filter.x.clean", "clean");
  set("filter.x.smudge", "smudge");
  set("filter.p.process", "process");
  fixture.git({"config", "filter.x.required", "true"});
  set("diff.x.textconv", "textconv");
  set("diff.x.command", "diff-command");
  set("diff.external", "diff-external");
  set("merge.x.driver", "merge");
  set("core.fsmonitor", "fsmonitor");
  set("core.sshCommand", "ssh");
  set("core.gitProxy", "proxy");
  set("core.askPass", "askpass");
  set("core.editor", "editor");
  set("core.pager", "pager");
  set("core.alternateRefsCommand", "alternate-refs");
  set("credential.helper", "credential");
  set("gpg.program", "gpg");
  fixture.git({"config", "alias.status", "!" + touch + "alias"});
  fixture.git({"config", "pager.status", touch + "pager-status"});
  fixture.git({"config", "core.hooksPath", (fixture.directory() / "hooks").string()});
  fixture.git({"config", "include.path", (fixture.directory() / "included").string()});
  std::ofstream(fixture.directory() / "included")
      << "[core]\n\tfsmonitor = \"" << touch << "included\"\n";
  fixture.git({"config", "extensions.worktreeConfig", "true"});
  std::ofstream(fixture.tree() / ".git/config.worktree")
      << "[filter \"x\"]\n\tclean = \"" << touch << "worktree-config\"\n";
  for (const char* hook : {"post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman"}) {
    for (const fs::path& folder : {fixture.tree() / ".git/hooks", fixture.directory() / "hooks"}) {
      fs::create_directories(folder);
      std::ofstream(folder / hook) << "#!/bin/sh\n" << touch << hook << "\n";
      make_executable(folder / hook);
    }
  }
  // A promisor remote that would fetch a missing object through a program.
  fixture.git({"config", "remote.origin.url", "ext::sh -c " + touch + "ext"});
  fixture.git({"config", "remote.origin.promisor", "true"});
  fixture.git({"config", "extensions.partialClone", "origin"});
  // Files that git must look at again: same size, newer.
  std::ofstream(fixture.tree() / "a.txt") << "ONE\n";
  std::ofstream(fixture.tree() / "c.bin") << "C\n";

  const auto state = ask(fixture);
  REQUIRE(state);
  for (const auto& entry : fs::directory_iterator(fixture.directory().path())) {
    CHECK_MESSAGE(!entry.path().filename().string().starts_with("canary"), entry.path().string());
  }
  CHECK(state->problems.empty());
  CHECK(state->dirty == true);
  CHECK(state->change_count == 2);
  CHECK(state->filtered == 3);
  for (const char* setting :
       {"filter.x.clean", "filter.x.smudge", "filter.p.process", "diff.x.textconv", "diff.x.command",
        "diff.external", "merge.x.driver", "core.fsmonitor", "core.sshcommand", "core.hookspath",
        "credential.helper", "include.path", "alias.status", "gpg.program", "remote.origin.url",
        "hooks/pre-commit", "hooks/post-checkout"}) {
    CHECK_MESSAGE(has_execution(*state, setting), setting);
  }
  CHECK_FALSE(has_execution(*state, "hooks/pre-commit.sample"));

  // The trap works: git itself, asked in the repository, springs it.
  ProcessRequest plain;
  plain.argv = {"git", "status"};
  plain.working_directory = fixture.tree().string();
  REQUIRE(fixture.runner().run(plain));
  CHECK(fs::exists(canary.string() + "-worktree-config"));
}

TEST_CASE("a submodule's own configuration is not run through its parent") {
  GitFixture fixture;
  fixture.make_repository();
  const fs::path canary = fixture.directory() / "canary";
  const fs::path inner = fixture.tree() / "inner";
  fs::create_directories(inner);
  const std::vector<std::string> in = {"-C", inner.string()};
  const auto git_inner = [&](std::vector<std::string> words) {
    words.insert(words.begin(), in.begin(), in.end());
    fixture.git(words);
  };
  git_inner({"init", "--quiet", "--initial-branch=main"});
  std::ofstream(inner / "x.txt") << "x\n";
  git_inner({"add", "--all"});
  git_inner({"commit", "--quiet", "--message=inner"});
  fixture.commit_all();
  git_inner({"config", "core.fsmonitor", "touch " + canary.string()});
  std::ofstream(inner / "x.txt") << "y\n";
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK_FALSE(fs::exists(canary));
  CHECK(state->problems.empty());
}

TEST_CASE("a linked work tree that points outside is recorded and not followed") {
  GitFixture fixture;
  fixture.make_repository();
  const fs::path linked = fixture.directory() / "linked";
  fixture.git({"worktree", "add", "--quiet", linked.string()});
  GitQuestion question;
  question.repository = linked;
  question.scratch = fixture.scratch();
  const auto state = Git(fixture.runner()).state(question);
  REQUIRE(state);
  CHECK(state->location.layout == GitLayout::outside);
  CHECK(state->location.points_to.find(".git/worktrees/linked") != std::string::npos);
  CHECK_FALSE(state->head);
  CHECK_FALSE(state->dirty);
}

TEST_CASE("a repository that git cannot read leaves problems, not an error") {
  GitFixture fixture;
  fixture.make_repository();
  fs::remove_all(fixture.tree() / ".git/objects");
  fs::create_directories(fixture.tree() / ".git/objects");
  const auto state = ask(fixture);
  REQUIRE(state);
  CHECK(state->branch == "main");
  CHECK_FALSE(state->problems.empty());
  CHECK_FALSE(state->dirty);
}

TEST_CASE("a directory without a repository is told as such") {
  GitFixture fixture;
  const auto state = ask(fixture);
  REQUIRE_FALSE(state);
  CHECK(state.error().reason == "not-a-repository");
}

TEST_CASE("status records of every kind are read") {
  const std::string zero(1, '\0');
  const std::string output =
      "# branch.oid 1234" + zero + "1 .M N... 100644 100644 100644 aa bb dir/a b.txt" + zero +
      "2 R. N... 100644 100644 100644 aa bb R100 new" + zero + "old" + zero +
      "u UU N... 100644 100644 100644 100644 aa bb cc both" + zero + "? extra" + zero + "! ignored" +
      zero;
  const auto status = parse_git_status(output);
  REQUIRE(status);
  CHECK(status->change_count == 3);
  CHECK(status->untracked_count == 1);
  REQUIRE(status->changes.size() == 4);
  CHECK(status->changes[0].path == "dir/a b.txt");
  CHECK(status->changes[1].path == "new");
  CHECK(status->changes[2].code == "UU");
  CHECK(status->changes[3].code == "??");
  CHECK_FALSE(parse_git_status("1 .M" + zero));
  CHECK_FALSE(parse_git_status("x" + zero));
}

TEST_CASE("a list of staged names comes in pairs") {
  const std::string zero(1, '\0');
  const auto changes = parse_name_status("M" + zero + "a" + zero + "D" + zero + "b" + zero);
  REQUIRE(changes);
  REQUIRE(changes->size() == 2);
  CHECK((*changes)[1].path == "b");
  CHECK(parse_name_status("")->empty());
  CHECK_FALSE(parse_name_status("M" + zero));
}

// make_broken_bundles DIRECTORY: writes the good bundle and every broken one, each in a folder of
// its name, and `cases.tsv` (name, path, verdict, check, reason), for people and other tools.
#define DOCTEST_CONFIG_IMPLEMENT  // what the samples use of doctest, without its main
#include <doctest/doctest.h>

#include "tests/broken/cases.hpp"

#include <cstdio>
#include <fstream>

using namespace sourceos;
using namespace sourceos::tests;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_broken_bundles DIRECTORY\n", stderr);
    return 2;
  }
  doctest::Context context;
  context.setAsDefaultForAssertsOutOfTestCases();
  const std::filesystem::path root = argv[1];
  std::filesystem::create_directories(root / "good");
  static_cast<void>(lay_down(Scene(), root / "good"));
  std::ofstream table(root / "cases.tsv");
  for (const BrokenCase& broken : broken_cases()) {
    Scene scene;
    broken.break_it(scene);
    const std::filesystem::path folder = root / broken.name;
    std::filesystem::create_directories(folder);
    const auto path = lay_down(scene, folder);
    table << broken.name << '\t' << path.lexically_relative(root).string() << '\t'
          << to_string(broken.decision) << '\t' << broken.check << '\t' << broken.reason << '\n';
  }
  return table ? 0 : 1;
}

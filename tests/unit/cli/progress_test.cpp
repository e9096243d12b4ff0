#include "cli/progress.hpp"

#include "cli/console.hpp"

using namespace sourceos::cli;

TEST_CASE("the line says share, rate and time left") {
  constexpr std::uint64_t k_mib = 1024 * 1024;
  CHECK(progress_line("verify", 256 * k_mib, 1024 * k_mib, 2000) ==
        "verify  25 %  256.0 MiB of 1.0 GiB  128.0 MiB/s  6 s left");
  CHECK(progress_line("verify", 10 * k_mib, 1024 * k_mib, 1000) ==
        "verify  0 %  10.0 MiB of 1.0 GiB  10.0 MiB/s  1 min 42 s left");
}

TEST_CASE("without a total there is a rate and no promise") {
  CHECK(progress_line("redact", 2048, 0, 1000) == "redact  2.0 KiB  2.0 KiB/s");
  CHECK(progress_line("redact", 0, 0, 0) == "redact  0 B");
}

TEST_CASE("nothing is drawn when stderr is no terminal") {
  StringConsole console;
  {
    Progress progress(console, "verify", true);
    progress.set(1, 2);
  }
  CHECK(console.error_text.empty());
}

TEST_CASE("on a terminal the line is drawn in place and wiped at the end") {
  StringConsole console;
  console.terminal = true;
  {
    Progress progress(console, "verify", true);
    progress.set(1, 2);
  }
  CHECK(console.error_text.starts_with("\rverify"));
  CHECK(console.error_text.ends_with("\r\x1b[K"));
}

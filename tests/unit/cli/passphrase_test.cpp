#include "cli/passphrase.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "cli/report.hpp"

using namespace sourceos;
using namespace sourceos::cli;

namespace {

Result<std::optional<bundle::SecretBytes>> passphrase_of(std::string_view input) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(::write(ends[1], input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  ::close(ends[1]);
  static constexpr std::array k_options = {k_passphrase_option};
  const Command command = {.name = "x", .options = k_options, .run = [](const Options&, Context&) -> Result<Report> {
    return fail(ErrorKind::internal, "internal", "");
  }};
  Parsed parsed;
  REQUIRE(parse(command, {"--passphrase-fd", std::to_string(ends[0])}, parsed).has_value());
  auto result = read_passphrase(parsed.options);
  ::close(ends[0]);
  return result;
}

}  // namespace

TEST_CASE("a passphrase is the first line of a descriptor") {
  const auto passphrase = passphrase_of("open sesame\nmore");
  REQUIRE(passphrase.has_value());
  REQUIRE(passphrase->has_value());
  CHECK((*passphrase)->view() == "open sesame");
}

TEST_CASE("an empty or endless passphrase is refused") {
  CHECK_FALSE(passphrase_of("\n").has_value());
  CHECK_FALSE(passphrase_of("").has_value());
  CHECK(passphrase_of(std::string(5000, 'a')).error().reason == "limit");
}

TEST_CASE("without the option there is none") {
  const auto none = read_passphrase(Options());
  REQUIRE(none.has_value());
  CHECK_FALSE(none->has_value());
}

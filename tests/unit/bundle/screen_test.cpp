// Tokens are spelled in pieces, so that this file is no finding itself.
#include "bundle/screen.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>

using namespace sourceos::bundle;

namespace {

// `count` bytes that look random and have enough variety.
std::string tail(std::size_t count, std::string_view alphabet) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += alphabet[(i * 7 + 3) % alphabet.size()];
  }
  return out;
}
constexpr std::string_view k_alnum =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view k_upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view k_hex = "0123456789abcdef";

struct Sample {
  std::string rule;
  std::string text;
};
std::vector<Sample> samples() {
  return {
      {"private-key", std::string("-----BEGIN RSA PRIV") + "ATE KEY-----\n" + tail(64, k_alnum)},
      {"private-key", std::string("-----BEGIN PRIV") + "ATE KEY-----\\n" + tail(64, k_alnum)},
      {"private-key", std::string("  -----BEGIN PGP PRIV") + "ATE KEY BLOCK-----\n\n" + tail(64, k_alnum)},
      {"openssh-key-body", std::string("b3BlbnNz") + "aC1rZXktdjE" + tail(50, k_alnum)},
      {"age-key", std::string("AGE-SEC") + "RET-KEY-1" + tail(58, k_upper)},
      {"aws-key-id", std::string("AK") + "IA" + tail(16, k_upper)},
      {"github-token", std::string("gh") + "p_" + tail(36, k_alnum)},
      {"github-fine-grained", std::string("github") + "_pat_" + tail(82, k_alnum)},
      {"gitlab-token", std::string("gl") + "pat-" + tail(20, k_alnum)},
      {"slack-bot", std::string("xo") + "xb-" + tail(40, k_alnum)},
      {"npm-token", std::string("np") + "m_" + tail(36, k_alnum)},
      {"pypi-token", std::string("pypi-AgEI") + "cHlwaS5vcmc" + tail(60, k_alnum)},
      {"openai-key", "sk-" + tail(20, k_alnum) + std::string("T3B") + "lbkFJ" + tail(20, k_alnum)},
      {"anthropic-key", std::string("sk-") + "ant-" + tail(60, k_alnum)},
      {"stripe-live-key", std::string("sk_") + "live_" + tail(24, k_alnum)},
      {"google-api-key", std::string("AI") + "za" + tail(35, k_alnum)},
      {"jwt", std::string("ey") + "JhbGciOiJIUzI1NiJ9" + std::string(".ey") + "J" + tail(30, k_alnum) + "." + tail(40, k_alnum)},
      {"vault-service-token", std::string("hv") + "s." + tail(24, k_alnum)},
      {"digitalocean-token", std::string("dop") + "_v1_" + tail(64, k_hex)},
      {"azure-storage-key", std::string("Account") + "Key=" + tail(86, k_alnum) + "=="},
  };
}

}  // namespace

TEST_CASE("tokens are found with their place, alone and in a line") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.rule);
    for (const std::string& before : {std::string(), std::string("export X="), std::string(100, '-') + " "}) {
      for (const std::string& after : {std::string(), std::string("\n"), std::string("\" rest of it")}) {
        const std::string text = before + sample.text + after;
        const auto hits = screen::scan(text);
        REQUIRE(hits.size() == 1);
        CHECK(hits[0].rule == sample.rule);
        CHECK(hits[0].from >= before.size());
        CHECK(hits[0].to <= text.size());
      }
    }
  }
}

TEST_CASE("placeholders and stand-ins are let be") {
  for (const std::string& text :
       {std::string("REDACTED-token-0123456789ab"), std::string("-----BEGIN RSA PRIV") + "ATE KEY-----\nREDACTED-private-key-0123456789ab\n",
        std::string("AK") + "IA" + "IOSFODNN7" + "EXAMPLE", std::string("gh") + "p_" + std::string(36, 'x'),
        std::string("-----BEGIN PUB") + "LIC KEY-----\n" + tail(64, k_alnum),
        std::string("grep -----BEGIN RSA PRIV") + "ATE KEY----- in files", std::string("the ghp_ prefix"),
        std::string("XAK") + "IA" + tail(16, k_upper), std::string("AK") + "IA" + tail(17, k_upper),
        std::string("AK") + "IA" + tail(15, k_upper), std::string("version.eyJ")}) {
    CAPTURE(text);
    CHECK(screen::scan(text).empty());
  }
}

TEST_CASE("the fast scan finds what the plain one finds") {
  std::mt19937 random(1);
  const auto tokens = samples();
  for (int round = 0; round < 200; ++round) {
    std::string text;
    while (text.size() < 400) {
      const auto pick = random() % 30;
      if (pick < tokens.size()) {
        text += tokens[pick].text.substr(0, random() % 2 == 0 ? std::string::npos : 20);
      } else {
        text += static_cast<char>(random() & 255U);
      }
    }
    const auto fast = screen::scan(text);
    const auto plain = screen::scan_plainly(text);
    REQUIRE(fast.size() == plain.size());
    for (std::size_t i = 0; i < fast.size(); ++i) {
      CHECK(fast[i].rule == plain[i].rule);
      CHECK(fast[i].from == plain[i].from);
      CHECK(fast[i].to == plain[i].to);
    }
  }
}

TEST_CASE("nothing is read beyond the text") {
  for (const Sample& sample : samples()) {
    for (std::size_t size = 0; size < sample.text.size(); ++size) {
      const std::string cut = sample.text.substr(0, size);
      static_cast<void>(screen::scan(cut));
    }
  }
  CHECK(screen::scan("").empty());
}

TEST_CASE("the table has about forty rules, each with a name of its own") {
  const auto names = screen::rule_names();
  CHECK(names.size() >= 40);
  CHECK(std::set(names.begin(), names.end()).size() == names.size());
}

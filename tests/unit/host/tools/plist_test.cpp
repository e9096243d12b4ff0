#include "host/tools/plist.hpp"

#include <doctest/doctest.h>
#include <plist/plist.h>

using namespace sourceos;
using namespace sourceos::host;

namespace {

constexpr std::string_view k_xml = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>Label</key>
  <string>org.example.demo &amp; more</string>
  <key>KeepAlive</key>
  <true/>
  <key>StartInterval</key><integer>30</integer>
  <key>Blob</key><data>AAEC</data>
  <key>ProgramArguments</key><array><string>/bin/sh</string><string>-c</string></array>
</dict></plist>)";

std::string as_binary(std::string_view xml) {
  plist_t node = nullptr;
  plist_from_xml(std::string(xml).c_str(), static_cast<std::uint32_t>(xml.size()), &node);
  REQUIRE(node != nullptr);
  char* bytes = nullptr;
  std::uint32_t size = 0;
  plist_to_bin(node, &bytes, &size);
  std::string binary(bytes, size);
  plist_to_bin_free(bytes);
  plist_free(node);
  return binary;
}

// Arrays that each hold the one below `width` times, `levels` deep.
std::string nested_binary(unsigned levels, unsigned width) {
  std::string bytes = "bplist00";
  std::string offsets;
  for (unsigned i = 0; i < levels; ++i) {
    offsets += static_cast<char>(bytes.size() >> 8U);
    offsets += static_cast<char>(bytes.size());
    const bool last = i + 1 == levels;
    bytes += static_cast<char>(0xA0U + (last ? 0 : width));
    for (unsigned n = 0; !last && n < width; ++n) {
      bytes += static_cast<char>((i + 1) >> 8U);
      bytes += static_cast<char>(i + 1);
    }
  }
  const std::size_t table = bytes.size();
  bytes += offsets + std::string(6, '\0') + "\x02\x02";
  const auto number = [&](std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes += static_cast<char>(value >> static_cast<unsigned>(shift));
    }
  };
  number(levels);
  number(0);
  number(table);
  return bytes;
}

}  // namespace

TEST_CASE("XML and binary property lists give the same tree") {
  for (const std::string& bytes : {std::string(k_xml), as_binary(k_xml)}) {
    const auto plist = parse_plist(bytes);
    REQUIRE(plist);
    CHECK(plist->kind == PlistKind::dictionary);
    CHECK(plist->find("Label")->text == "org.example.demo & more");
    CHECK(plist->find("KeepAlive")->is_true());
    CHECK(plist->find("StartInterval")->number == 30);
    CHECK(plist->find("Blob")->text == std::string("\0\1\2", 3));
    REQUIRE(plist->find("ProgramArguments")->items.size() == 2);
    CHECK(plist->find("ProgramArguments")->items[1].text == "-c");
    CHECK(plist->find("Absent") == nullptr);
  }
}

TEST_CASE("a binary property list can be read as XML") {
  const auto xml = plist_as_xml(as_binary(k_xml));
  REQUIRE(xml);
  CHECK(xml->find("<key>StartInterval</key>") != std::string::npos);
}

TEST_CASE("what is no property list is malformed") {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("<plist><dict>"), std::string("bplist00"),
        "bplist00" + std::string(32, '\xff'), "bplist00" + std::string(40, '\0')}) {
    CHECK_FALSE(parse_plist(bytes));
  }
  std::string cut = as_binary(k_xml);
  cut.resize(cut.size() / 2);
  CHECK_FALSE(parse_plist(cut));
}

TEST_CASE("a text that holds a NUL is malformed, in both forms") {
  std::string binary = as_binary(k_xml);
  const std::size_t key = binary.find("KeepAlive");
  REQUIRE(key != std::string::npos);
  REQUIRE(parse_plist(binary));
  binary[key + 4] = '\0';
  CHECK_FALSE(parse_plist(binary));
  CHECK_FALSE(plist_as_xml(binary));
  for (const std::string_view nul : {"&#0;", "&#x00;", "&#X0;", "&#000"}) {
    std::string xml(k_xml);
    xml.replace(xml.find("KeepAlive"), 4, nul);
    CHECK_FALSE(parse_plist(xml));
  }
  CHECK_FALSE(parse_plist(std::string(k_xml) + '\0'));
  std::string other(k_xml);
  other.replace(other.find("KeepAlive"), 4, "&#48;&#x40;&#010;");
  CHECK(parse_plist(other));
}

TEST_CASE("deep, wide and cyclic property lists end at a limit") {
  std::string deep = "<plist>";
  for (int i = 0; i < 100'000; ++i) {
    deep += "<array>";
  }
  CHECK(parse_plist(deep).error().kind == ErrorKind::limit);
  CHECK(parse_plist(nested_binary(1000, 1)).error().kind == ErrorKind::limit);
  // 12 references a level: 12^10 values from a few hundred bytes.
  CHECK(parse_plist(nested_binary(10, 12)).error().kind == ErrorKind::limit);
  CHECK(parse_plist(nested_binary(3, 2)));

  std::string cycle = nested_binary(2, 1);
  cycle[12] = '\xA1';  // the inner array now holds the outer one
  CHECK_FALSE(parse_plist(cycle));
  CHECK(parse_plist(std::string(2'000'000, ' ')).error().kind == ErrorKind::limit);
}

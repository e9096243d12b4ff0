// Build step: compiles the built-in rules' patterns into a C++ table.
//
// usage: compile_rules OUTPUT [--empty]
//
// Where the engine does not run the table is empty, and the program compiles when it starts. A rule
// that it does not take stops the build.
// Compiling takes seconds, so an output that was made from the same patterns with the same library
// stays as it is.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "redact/engine.hpp"
#include "redact/rules.hpp"
#include "redact/ruleset_parts.hpp"

namespace {

using namespace sourceos;
using redact::Engine;
using redact::PartPatterns;

constexpr int k_table_version = 2;

// A string literal in lines; three octal digits for what is not plain.
std::string literal(std::string_view bytes) {
  constexpr std::size_t k_bytes_a_line = 64;
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += k_bytes_a_line) {
    out += "    \"";
    for (const char c : bytes.substr(at, k_bytes_a_line)) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = byte > 0x20 && byte < 0x7f && c != '"' && c != '\\' && c != '?';
      out += plain ? std::string(1, c) : fmt::format("\\{:03o}", byte);
    }
    out += "\"\n";
  }
  return out;
}

Result<std::string> row(const PartPatterns& part) {
  SOURCEOS_TRY_ASSIGN(const auto engine,
                      Engine::compile(part.patterns, redact::CpuTarget::shipped));
  const auto bytes = engine->serialise();
  if (!bytes) {
    return std::string();
  }
  return fmt::format("    {{\"{}\", \"{}\",\n     std::string_view(\n{}    , {})}},\n",
                     redact::pattern_digest(part.patterns), Engine::library(), literal(*bytes), bytes->size());
}

std::string table(std::string_view rows) {
  std::string out = "\n#include \"redact/compiled_rules.hpp\"\n\nnamespace sourceos::redact {\n\n";
  if (!rows.empty()) {
    out += fmt::format("namespace {{\nconstexpr CompiledRules k_rows[] = {{\n{}}};\n}}  // namespace\n\n",
                       rows);
  }
  out += fmt::format("std::span<const CompiledRules> compiled_rules() {{ return {}; }}\n\n"
                     "}}  // namespace sourceos::redact\n",
                     rows.empty() ? "{}" : "k_rows");
  return out;
}

bool begins_with_line(const std::string& path, const std::string& line) {
  std::ifstream in(path, std::ios::binary);
  std::string first;
  return std::getline(in, first) && first == line;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    fmt::print(stderr, "usage: compile_rules OUTPUT [--empty]\n");
    return 2;
  }
  const std::string path = argv[1];
  std::vector<PartPatterns> parts;
  std::string head = fmt::format("// Made from redact/rules/*.toml: table {}, {}", k_table_version,
                                 Engine::library());
  if (argc == 2) {
    auto all = redact::make_parts(redact::builtin_rules(), 0, redact::PatternForm::vector);
    all[static_cast<std::size_t>(redact::Part::anchors)] = {};  // no patterns for the engine
    for (PartPatterns& part : all) {
      if (!part.patterns.empty()) {
        head += ", " + redact::pattern_digest(part.patterns);
        parts.push_back(std::move(part));
      }
    }
  }
  if (begins_with_line(path, head)) {
    return 0;
  }
  std::string rows;
  for (const PartPatterns& part : parts) {
    const auto made = row(part);
    if (!made && made.error().kind != ErrorKind::unavailable) {
      fmt::print(stderr, "compile_rules: {}\n", made.error().read_out());
      return 1;
    }
    rows += made ? *made : std::string();
  }
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary);
  out << head << table(rows);
  out.close();
  std::error_code failed;
  std::filesystem::rename(beside, path, failed);
  return out.good() && !failed ? 0 : 1;
}

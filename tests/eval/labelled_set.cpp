#include "tests/eval/labelled_set.hpp"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/json/parse.hpp"
#include "core/text.hpp"
#include "redact/rules.hpp"

namespace sourceos::eval {

namespace {

Result<std::string> read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return fail(ErrorKind::not_found, "not-found", fmt::format("no file '{}'", file.string()));
  }
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

std::string unescaped(std::string_view line) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    if (line[at] != '\\' || (next != 'n' && next != 't' && next != '\\')) {
      out += line[at];
      continue;
    }
    out += next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
    ++at;
  }
  return out;
}

bool is_section(std::string_view line) {
  return line.starts_with('[') && line.ends_with(']') && line.find_first_of(" .\"") == std::string_view::npos;
}

}  // namespace

Result<std::vector<Labelled>> read_tree_set(const std::filesystem::path& file, unsigned variants) {
  SOURCEOS_TRY_ASSIGN(const std::string whole, read_whole(file));
  std::vector<Labelled> out;
  std::string section;
  std::size_t number = 0;
  for (const std::string_view line : text::lines(whole)) {
    ++number;
    if (line.empty() || line.starts_with("# ")) {
      continue;
    }
    if (is_section(line)) {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    for (unsigned variant = 1; variant <= variants; ++variant) {
      redact::Example example = redact::expand_example(unescaped(line), variant * 977U);
      out.push_back({.source = file.stem().string(),
                     .klass = section,
                     .rule = fmt::format("line {}", number),
                     .text = std::move(example.text),
                     .secret = std::move(example.secret)});
    }
  }
  return out;
}

Result<std::vector<Labelled>> read_json_lines(const std::filesystem::path& file) {
  SOURCEOS_TRY_ASSIGN(const std::string whole, read_whole(file));
  std::vector<Labelled> out;
  for (const std::string_view line : text::lines(whole)) {
    SOURCEOS_TRY_ASSIGN(const json::Value row, json::parse(line));
    out.push_back({.source = row.value("source", ""),
                   .klass = row.value("cls", ""),
                   .rule = row.value("rule", ""),
                   .text = row.value("text", ""),
                   .secret = row["secret"].is_string() ? row["secret"].get<std::string>() : ""});
  }
  return out;
}

Result<std::vector<Labelled>> read_log(const std::filesystem::path& file) {
  SOURCEOS_TRY_ASSIGN(const std::string whole, read_whole(file));
  std::vector<Labelled> out;
  for (const std::string_view line : text::lines(whole)) {
    out.push_back({.source = file.stem().string(), .klass = "log-file", .rule = "", .text = std::string(line), .secret = ""});
  }
  return out;
}

}  // namespace sourceos::eval

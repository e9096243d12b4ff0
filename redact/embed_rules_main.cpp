// Build step: rule files in, one C++ table out. A rule that is not fit stops the build with its
// file, line and column.
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>

#include "redact/rules.hpp"

namespace {

using sourceos::redact::Rule;
using sourceos::redact::RuleAnchor;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\' || c == '?') {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string list(std::string_view name, std::span<const std::string_view> items) {
  if (items.empty()) {
    return "";
  }
  std::string out = fmt::format("constexpr std::string_view {}[] = {{\n", name);
  for (const std::string_view item : items) {
    out += "    " + quoted(item) + ",\n";
  }
  return out + "};\n";
}

std::string anchor_list(std::string_view name, std::span<const RuleAnchor> anchors) {
  if (anchors.empty()) {
    return "";
  }
  std::string out = fmt::format("constexpr RuleAnchor {}[] = {{\n", name);
  for (const RuleAnchor& anchor : anchors) {
    out += fmt::format("    {{{}, {}, {}, {}, {}}},\n", quoted(anchor.bytes), anchor.word_begin,
                       anchor.word_end, anchor.offset_min, anchor.offset_max);
  }
  return out + "};\n";
}

template <class Items>
std::string reference(std::string_view name, const Items& items) {
  return items.empty() ? "{}" : std::string(name);
}

std::string row(const Rule& rule, std::size_t index) {
  return fmt::format(
      "    Rule{{.id = {}, .description = {}, .klass = {}, .pattern = {},\n"
      "     .keywords = {}, .examples = {}, .counter_examples = {},\n"
      "     .severity = static_cast<bundle::Severity>({}), .kind = static_cast<RuleKind>({}),\n"
      "     .format = static_cast<RuleFormat>({}), .check = static_cast<Check>({}), .tier = {},\n"
      "     .secret_group = {}, .entropy_min = static_cast<float>({}), .extend = static_cast<Extend>({}),\n"
      "     .width_min = {}, .width_max = {}, .tail = {}, .repeat = {},\n"
      "     .anchors = {}, .anchor_cost = static_cast<float>({}), .token_run = {}, .newline = {}}},\n",
      quoted(rule.id), quoted(rule.description), quoted(rule.klass), quoted(rule.pattern),
      reference(fmt::format("keywords_{}", index), rule.keywords),
      reference(fmt::format("examples_{}", index), rule.examples),
      reference(fmt::format("counter_examples_{}", index), rule.counter_examples),
      static_cast<int>(rule.severity), static_cast<int>(rule.kind), static_cast<int>(rule.format),
      static_cast<int>(rule.check), rule.tier, rule.secret_group, rule.entropy_min,
      static_cast<int>(rule.extend), rule.width_min, rule.width_max, rule.tail, rule.repeat,
      reference(fmt::format("anchors_{}", index), rule.anchors), rule.anchor_cost, rule.token_run,
      rule.newline);
}

}  // namespace

int main(int argc, char** argv) {
  std::string lists;
  std::string rows;
  std::set<std::string> ids;
  std::size_t index = 0;
  for (int at = 2; at < argc; ++at) {
    const std::string path = argv[at];
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto file = sourceos::redact::parse_rule_file(text, path);
    if (!file) {
      fmt::print(stderr, "{}\n", file.error().read_out());
      return 1;
    }
    for (const Rule& rule : file->rules()) {
      if (!ids.insert(std::string(rule.id)).second) {
        fmt::print(stderr, "{}: id '{}' is in an earlier file\n", path, rule.id);
        return 1;
      }
      lists += list(fmt::format("keywords_{}", index), rule.keywords);
      lists += list(fmt::format("examples_{}", index), rule.examples);
      lists += list(fmt::format("counter_examples_{}", index), rule.counter_examples);
      lists += anchor_list(fmt::format("anchors_{}", index), rule.anchors);
      rows += row(rule, index++);
    }
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << "// Made from redact/rules/*.toml.\n#include \"redact/rules.hpp\"\n\n"
         "namespace sourceos::redact {\n\nnamespace {\n\n"
      << lists << fmt::format("\nconstexpr Rule k_rules[] = {{\n{}}};\n", rows)
      << "\n}  // namespace\n\nstd::span<const Rule> builtin_rules() { return k_rules; }\n\n"
         "}  // namespace sourceos::redact\n";
  return out.good() ? 0 : 1;
}

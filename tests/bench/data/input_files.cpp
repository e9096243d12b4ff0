#include "tests/bench/data/input_files.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "redact/rules.hpp"
#include "tests/bench/data/log_text.hpp"

namespace sourceos::bench {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_small_file_bytes = 4'096;

void write(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// Tools without RE2's syntax for names take the group as a plain one.
std::string without_names(std::string_view pattern) {
  std::string out;
  while (!pattern.empty()) {
    if (pattern.starts_with("(?P<")) {
      out += '(';
      pattern.remove_prefix(pattern.find('>') + 1);
    } else {
      out += pattern.front();
      pattern.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

fs::path log_file(const fs::path& data, std::uint64_t bytes) {
  const fs::path path = data / fmt::format("log-{}", bytes) / "service.log";
  if (fs::exists(path) && fs::file_size(path) == bytes) {
    return path;
  }
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  LogText text(1);
  std::string block;
  for (std::uint64_t done = 0; done < bytes; done += block.size()) {
    block.clear();
    text.fill(block, 1 << 20);
    block.resize(std::min<std::uint64_t>(block.size(), bytes - done));
    out.write(block.data(), static_cast<std::streamsize>(block.size()));
  }
  return path;
}

fs::path log_tree(const fs::path& data, std::uint64_t files) {
  const fs::path root = data / fmt::format("tree-{}", files);
  const fs::path finished = data / fmt::format("tree-{}.finished", files);
  if (fs::exists(finished)) {
    return root;
  }
  LogText text(2);
  std::string block;
  for (std::uint64_t i = 0; i < files; ++i) {
    const fs::path folder = root / fmt::format("part-{:03}", i / 1'000);
    if (i % 1'000 == 0) {
      fs::create_directories(folder);
    }
    block.clear();
    text.fill(block, k_small_file_bytes);
    block.resize(k_small_file_bytes - 1);
    block += '\n';
    write(folder / fmt::format("service-{:03}.log", i % 1'000), block);
  }
  write(finished, "");
  return root;
}

void append_log(const fs::path& log, std::uint64_t bytes) {
  std::ofstream out(log, std::ios::binary | std::ios::app);
  const std::string text = log_text(bytes, 3);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

PatternFiles pattern_files(const fs::path& data, std::size_t count) {
  fs::create_directories(data);
  const PatternFiles files{data / "patterns.lines", data / "patterns.joined"};
  std::string lines;
  std::string joined;
  for (const redact::Rule& rule : redact::builtin_rules()) {
    if (count == 0) {
      break;
    }
    if (rule.tier != 1 || rule.kind != redact::RuleKind::secret || rule.pattern.find('\n') != std::string_view::npos) {
      continue;
    }
    const std::string pattern = without_names(rule.pattern);
    lines += pattern + "\n";
    joined += (joined.empty() ? "(?:" : "|(?:") + pattern + ")";
    --count;
  }
  write(files.lines, lines);
  write(files.joined, joined + "\n");
  return files;
}

fs::path rule_file(const fs::path& data, std::size_t count) {
  fs::create_directories(data);
  const fs::path path = data / "more-rules.toml";
  std::string text;
  Random random(4);
  for (std::size_t i = 0; i < count; ++i) {
    std::string prefix;
    random.append(prefix, "abcdefghijklmnopqrstuvwxyz", 5);
    text += fmt::format(
        "[[rule]]\nid = \"bench.{0}{1}\"\ndescription = \"token {1}\"\nclass = \"bench-token\"\n"
        "pattern = '\\b{0}{1}_[A-Za-z0-9]{{{2}}}\\b'\nkeywords = ['{0}{1}_']\n"
        "examples = ['{0}{1}_{{{{b62:{2}}}}}']\n\n",
        prefix, i, 20 + i % 24);
  }
  write(path, text);
  return path;
}

}  // namespace sourceos::bench

#include "cli/parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "core/text.hpp"

namespace sourceos::cli {

namespace {

using std::literals::operator""sv;

constexpr std::array k_global_options = {
    Option{.name = "--json", .help = "Print exactly one JSON document on standard output"},
    Option{.name = "--evidence",
           .kind = ValueKind::directory,
           .value = "DIR",
           .help = "Evidence store for this call; 'none' where no bundle is made"},
    Option{.name = "--quiet", .help = "No notes and no progress on standard error"},
    Option{.name = "--no-color", .help = "No colours"},
    Option{.name = "--help", .help = "Show this help", .letter = 'h'},
    Option{.name = "--version", .help = "Show the version"},
};

Status usage(std::string message) {
  return fail(ErrorKind::usage, "usage", std::move(message));
}

Status usage_with_hint(std::string message, std::string_view near) {
  if (!near.empty()) {
    message += fmt::format("; did you mean '{}'?", near);
  }
  return usage(std::move(message));
}

// Optimal string alignment distance: an edit is an insertion, a deletion, a change or a swap of
// neighbours.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool is_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool is_spelled(const Option& option, std::string_view name) {
  return option.name == name ||
         std::find(option.spellings.begin(), option.spellings.end(), name) != option.spellings.end();
}

std::string joined(std::span<const std::string_view> words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::span<const Option> global_options() { return k_global_options; }

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& names) {
  std::string_view best;
  std::size_t best_edits = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view name : names) {
    const std::size_t distance = edits(word, name);
    if (distance < best_edits) {
      best = name;
      best_edits = distance;
    }
  }
  if (best.empty() && word.size() >= 4) {
    const auto longer = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
      return name.starts_with(word);
    });
    return longer == names.end() ? ""sv : *longer;
  }
  return best;
}

bool Options::has(std::string_view name) const {
  return std::any_of(given_.begin(), given_.end(),
                     [&](const auto& option) { return option.first == name; });
}

std::optional<std::string> Options::value(std::string_view name) const {
  for (const auto& [given, value] : given_) {
    if (given == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::string Options::value_or(std::string_view name, std::string_view fallback) const {
  return value(name).value_or(std::string(fallback));
}

std::vector<std::string> Options::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [given, value] : given_) {
    if (given == name) {
      found.push_back(value);
    }
  }
  return found;
}

std::optional<std::uint64_t> Options::number(std::string_view name) const {
  const auto text = value(name);
  std::uint64_t parsed = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), parsed).ec != std::errc()) {
    return std::nullopt;
  }
  return parsed;
}

// Walks the arguments once, going down the tree at each word that names a command.
class Parser {
 public:
  Parser(const Command& root, const std::vector<std::string>& arguments, Parsed& parsed)
      : arguments_(arguments), parsed_(parsed) {
    parsed_.command = &root;
  }

  Status run() {
    while (at_ < arguments_.size()) {
      const std::string& word = arguments_[at_++];
      if (word == "--") {
        return take_rest();
      }
      if (word.starts_with("--")) {
        SOURCEOS_TRY(long_option(word));
      } else if (word.size() > 1 && word[0] == '-') {
        SOURCEOS_TRY(short_options(word));
      } else {
        SOURCEOS_TRY(plain_word(word));
      }
    }
    return {};
  }

 private:
  const Command& command() const { return *parsed_.command; }

  Status take_rest() {
    auto& target = command().rest.empty() ? parsed_.options.operands_ : parsed_.options.rest_;
    target.insert(target.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(at_),
                  arguments_.end());
    return {};
  }

  const Option* find(auto matches) const {
    for (const std::span<const Option> options : {command().options, global_options()}) {
      if (const auto found = std::find_if(options.begin(), options.end(), matches);
          found != options.end()) {
        return &*found;
      }
    }
    return nullptr;
  }

  Status long_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const Option* option = find([&](const Option& each) { return is_spelled(each, name); });
    if (option == nullptr) {
      return unknown_option(name);
    }
    if (option->kind == ValueKind::none) {
      return equals == std::string::npos ? keep(*option, "")
                                         : usage(fmt::format("'{}' takes no value", name));
    }
    if (equals != std::string::npos) {
      return keep(*option, word.substr(equals + 1));
    }
    return keep_next(*option);
  }

  // "-o F", "-oF", "-h".
  Status short_options(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const Option* option = find([&](const Option& each) { return each.letter == word[i]; });
      if (option == nullptr) {
        return unknown_option(fmt::format("-{}", word[i]));
      }
      if (option->kind == ValueKind::none) {
        SOURCEOS_TRY(keep(*option, ""));
      } else {
        return i + 1 < word.size() ? keep(*option, word.substr(i + 1)) : keep_next(*option);
      }
    }
    return {};
  }

  Status keep_next(const Option& option) {
    // A value that looks like an option is one that was forgotten; "--name=-x" says it is meant.
    if (at_ == arguments_.size() || (arguments_[at_].starts_with('-') && arguments_[at_] != "-")) {
      return usage(fmt::format("'{}' needs a value, {}", option.name, option.value));
    }
    return keep(option, arguments_[at_++]);
  }

  Status keep(const Option& option, std::string value) {
    if (option.kind == ValueKind::number && !is_number(value)) {
      return usage(fmt::format("'{}' needs a whole number", option.name));
    }
    if (option.kind == ValueKind::choice &&
        std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end()) {
      return usage_with_hint(
          fmt::format("'{}' is one of {}; there is '{}'", option.name, joined(option.choices), value),
          nearest(value, {option.choices.begin(), option.choices.end()}));
    }
    if (option.kind != ValueKind::none && value.empty()) {
      return usage(fmt::format("'{}' needs a value, {}", option.name, option.value));
    }
    if (option.repeat == Repeat::once && parsed_.options.has(option.name)) {
      if (option.kind == ValueKind::none) {
        return {};
      }
      return usage(fmt::format("'{}' is given twice", option.name));
    }
    parsed_.wants_help |= option.name == "--help";
    parsed_.wants_version |= option.name == "--version";
    parsed_.options.given_.emplace_back(option.name, std::move(value));
    return {};
  }

  Status unknown_option(const std::string& name) const {
    std::vector<std::string_view> names;
    for (const std::span<const Option> options : {command().options, global_options()}) {
      for (const Option& option : options) {
        names.push_back(option.name);
      }
    }
    return usage_with_hint(fmt::format("unknown option '{}'", name), nearest(name, names));
  }

  Status plain_word(const std::string& word) {
    if (parsed_.options.operands_.empty()) {
      for (const Command* below : command().commands) {
        if (below->name == word) {
          parsed_.command = below;
          parsed_.path.emplace_back(word);
          return {};
        }
      }
      if (word == "help" && parsed_.path.empty()) {
        parsed_.wants_help = true;
        return {};
      }
      if (command().run == nullptr) {
        return unknown_command(word);
      }
    }
    parsed_.options.operands_.push_back(word);
    return {};
  }

  Status unknown_command(const std::string& word) const {
    std::vector<std::string_view> names;
    for (const Command* below : command().commands) {
      names.push_back(below->name);
    }
    return usage_with_hint(fmt::format("unknown command '{}'", word), nearest(word, names));
  }

  const std::vector<std::string>& arguments_;
  Parsed& parsed_;
  std::size_t at_ = 0;
};

namespace {

Status check_operands(const Command& command, const Options& options) {
  std::size_t least = 0;
  std::size_t most = 0;
  for (const Operand& operand : command.operands) {
    least += operand.least;
    most = operand.most == k_any_number ? k_any_number
                                        : most + (most == k_any_number ? 0 : operand.most);
    if (options.operands().size() < least) {
      return usage(fmt::format("{} is missing", operand.name));
    }
  }
  if (options.operands().size() > most) {
    return usage(fmt::format("there is no place for '{}'", options.operands()[most]));
  }
  return {};
}

}  // namespace

Status parse(const Command& root, const std::vector<std::string>& arguments, Parsed& parsed) {
  SOURCEOS_TRY(Parser(root, arguments, parsed).run());
  if (parsed.wants_help || parsed.wants_version) {
    return {};
  }
  if (parsed.command->run == nullptr) {
    return usage(parsed.path.empty()
                     ? "a command is missing"
                     : fmt::format("'{}' needs a command", fmt::join(parsed.path, " ")));
  }
  return check_operands(*parsed.command, parsed.options);
}

}  // namespace sourceos::cli

#include "redact/structured/line_formats.hpp"

#include <algorithm>
#include <optional>

#include "core/text.hpp"
#include "redact/confirm.hpp"
#include "redact/structured/tree_judge.hpp"

namespace sourceos::redact {

namespace {

struct Piece {
  std::size_t from = 0, to = 0;
};

std::string_view of(std::string_view text, Piece piece) { return text.substr(piece.from, piece.to - piece.from); }

Piece trimmed(std::string_view text, Piece piece) {
  while (piece.from < piece.to && (text[piece.from] == ' ' || text[piece.from] == '\t')) {
    ++piece.from;
  }
  while (piece.to > piece.from && std::string_view(" \t\r").contains(text[piece.to - 1])) {
    --piece.to;
  }
  return piece;
}

// Where one of `signs` stands first in the piece; its end when none does. Never looks behind it: that
// would cost a look through the rest of the document for each line.
std::size_t find_in(std::string_view text, Piece piece, std::string_view signs) {
  return piece.from + std::min(of(text, piece).find_first_of(signs), piece.to - piece.from);
}

// The place inside of quotes that stand around all of it.
Piece unquoted(std::string_view text, Piece piece) {
  const bool quoted = piece.to - piece.from >= 2 && (text[piece.from] == '"' || text[piece.from] == '\'') &&
                      text[piece.to - 1] == text[piece.from];
  return quoted ? Piece{piece.from + 1, piece.to - 1} : piece;
}

void add(SecretValues& out, std::string_view text, Piece place, std::string_view klass) {
  if (place.to > place.from) {
    out.push_back({.from = place.from, .to = place.to, .klass = klass.empty() ? "secret" : klass,
                   .value = std::string(of(text, place))});
  }
}

void add_named(SecretValues& out, std::string_view text, std::string_view name, Piece place) {
  if (is_secret_value(name, of(text, place))) {
    add(out, text, place, class_of_name(name));
  }
}

template <class Take>
void each_line(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    take(trimmed(text, {at, end}));
    at = end + 1;
  }
}

// Words of a command line or of `Environment=`: quotes may stand around one or begin inside it.
std::vector<Piece> words_of(std::string_view text, Piece line) {
  std::vector<Piece> out;
  for (std::size_t at = line.from; at < line.to;) {
    if (text[at] == ' ' || text[at] == '\t') {
      ++at;
      continue;
    }
    const std::size_t from = at;
    char quote = '\0';
    for (; at < line.to && (quote != '\0' || (text[at] != ' ' && text[at] != '\t')); ++at) {
      if (text[at] == '\\') {
        at = std::min(at + 1, line.to - 1);
      } else if (quote == '\0' && (text[at] == '"' || text[at] == '\'')) {
        quote = text[at];
      } else if (text[at] == quote) {
        quote = '\0';
      }
    }
    out.push_back({from, at});
  }
  return out;
}

void add_words(SecretValues& out, std::string_view text, const std::vector<Piece>& words) {
  std::string_view option;
  for (const Piece quoted : words) {
    const Piece word = unquoted(text, quoted);
    const std::string_view value = of(text, word);
    std::string_view klass;
    const std::size_t part = secret_part(value, klass);
    if (!option.empty() && !value.starts_with('-') && !is_placeholder(value)) {
      add(out, text, word, class_of_name(option));
    } else if (part != std::string_view::npos) {
      add(out, text, unquoted(text, {word.from + part, word.to}), klass);
    }
    option = takes_secret(value) ? value : std::string_view();
  }
}

// `name sep value`, or nothing when the line is none.
struct Setting {
  std::string_view name;
  Piece value;
};

std::optional<Setting> setting_of(std::string_view text, Piece line, std::string_view signs) {
  const std::size_t sign = find_in(text, line, signs);
  if (line.from == line.to || sign >= line.to || std::string_view("#;['\"{").contains(text[line.from])) {
    return std::nullopt;
  }
  const Piece name = trimmed(text, {line.from, sign});
  return Setting{of(text, name), trimmed(text, {sign + 1, line.to})};
}

}  // namespace

namespace {

// Without the comment behind it.
Piece without_comment(std::string_view text, Piece value) {
  for (const std::string_view sign : {" #", " ;", "\t#", "\t;"}) {
    value.to = value.from + std::min(of(text, value).find(sign), value.to - value.from);
  }
  return trimmed(text, value);
}

}  // namespace

SecretValues ini_secrets(std::string_view bytes) {
  SecretValues out;
  each_line(bytes, [&](Piece line) {
    auto setting = setting_of(bytes, line, "=");
    if (!setting) {
      setting = setting_of(bytes, line, ":");
    }
    if (!setting) {
      return;
    }
    // `//registry.example.com/:_authToken`: the last part is the name.
    const std::string_view name = setting->name.substr(setting->name.rfind(':') + 1);
    const Piece value = unquoted(bytes, without_comment(bytes, setting->value));
    const std::string_view shown = of(bytes, value);
    if ((name == "_auth" || name == "_authToken" || name == "_password") && !is_placeholder(shown)) {
      add(out, bytes, value, "npm-token");
      return;
    }
    add_named(out, bytes, name, value);
  });
  return out;
}

SecretValues unit_secrets(std::string_view bytes) {
  SecretValues out;
  bool goes_on = false;
  std::string_view name;
  each_line(bytes, [&](Piece line) {
    const auto setting = goes_on ? std::nullopt : setting_of(bytes, line, "=");
    if (!setting && !goes_on) {
      return;
    }
    Piece value = setting ? setting->value : line;
    name = setting ? setting->name : name;
    goes_on = value.to > value.from && bytes[value.to - 1] == '\\';
    if (goes_on) {
      --value.to;
    }
    if (name.starts_with("Exec") || name == "Environment" || name == "PodmanArgs" || name == "Exec" ||
        name == "GlobalArgs" || name == "PassEnvironment") {
      add_words(out, bytes, words_of(bytes, value));
    } else if (name == "SetCredential") {
      const std::size_t colon = find_in(bytes, value, ":");
      if (colon < value.to && !is_placeholder(of(bytes, {colon + 1, value.to}))) {
        add(out, bytes, {colon + 1, value.to}, "credential");
      }
    } else {
      add_named(out, bytes, name, unquoted(bytes, value));
    }
  });
  return out;
}

SecretValues dotenv_secrets(std::string_view bytes) {
  SecretValues out;
  each_line(bytes, [&](Piece line) {
    for (const std::string_view word : {"export ", "declare -x ", "typeset -x ", "readonly ", "local ", "set -gx ", "setenv "}) {
      if (of(bytes, line).starts_with(word)) {
        line = trimmed(bytes, {line.from + word.size(), line.to});
      }
    }
    const std::size_t sign = find_in(bytes, line, "= \t");
    if (sign >= line.to || bytes[line.from] == '#') {
      return;
    }
    const std::vector<Piece> words = words_of(bytes, {line.from, line.to});
    if (bytes[sign] == '=') {
      const Piece first = words.front();
      add_named(out, bytes, of(bytes, {line.from, sign}), unquoted(bytes, {sign + 1, first.to}));
    } else {
      add_words(out, bytes, words);
    }
  });
  return out;
}

namespace {

// Where a password stands for sure only what points elsewhere is none.
bool points_elsewhere(std::string_view value) {
  return value.empty() || value.front() == '$' || value.front() == '<' || value.starts_with("{{") ||
         value.find("REDACTED-") != std::string_view::npos;
}

}  // namespace

SecretValues netrc_secrets(std::string_view bytes) {
  SecretValues out;
  std::vector<Piece> words;
  each_line(bytes, [&](Piece line) {
    if (line.from < line.to && bytes[line.from] != '#') {
      std::ranges::move(words_of(bytes, line), std::back_inserter(words));
    }
  });
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    const std::string_view word = of(bytes, words[at]);
    if (word == "password" || word == "account") {
      ++at;
      const Piece value = unquoted(bytes, words[at]);
      if (!points_elsewhere(of(bytes, value))) {
        add(out, bytes, value, "password");
      }
    }
  }
  return out;
}

SecretValues pgpass_secrets(std::string_view bytes) {
  constexpr int k_fields_before = 4;
  SecretValues out;
  each_line(bytes, [&](Piece line) {
    int fields = 0;
    std::size_t at = line.from;
    for (; at < line.to && fields < k_fields_before; ++at) {
      if (bytes[at] == '\\') {
        ++at;
      } else if (bytes[at] == ':') {
        ++fields;
      }
    }
    if (fields == k_fields_before && bytes[line.from] != '#' && at < line.to &&
        !points_elsewhere(of(bytes, {at, line.to}))) {
      add(out, bytes, {at, line.to}, "password");
    }
  });
  return out;
}

namespace {

std::vector<Piece> entries_of(std::string_view bytes) {
  const char end = bytes.find('\0') != std::string_view::npos ? '\0' : '\n';
  std::vector<Piece> out;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t to = std::min(bytes.find(end, at), bytes.size());
    out.push_back({at, to});
    at = to + 1;
  }
  return out;
}

}  // namespace

SecretValues argument_secrets(std::string_view bytes) {
  SecretValues out;
  add_words(out, bytes, entries_of(bytes));
  return out;
}

SecretValues environment_secrets(std::string_view bytes) {
  SecretValues out;
  for (const Piece entry : entries_of(bytes)) {
    std::string_view klass;
    const std::size_t part = secret_part(of(bytes, entry), klass);
    if (part != std::string_view::npos) {
      add(out, bytes, {entry.from + part, entry.to}, klass);
    }
  }
  return out;
}

}  // namespace sourceos::redact

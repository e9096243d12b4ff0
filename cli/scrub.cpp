#include "cli/scrub.hpp"

#include <optional>

#include "cli/report.hpp"
#include "cli/workplace.hpp"
#include "host/host.hpp"

namespace sourceos::cli {

namespace {

// What stands in the words of an error is short: no store is made for it.
std::optional<Engine> engine_for_errors(const Context& context) {
  EngineOptions options;
  options.may_make_store = false;
  options.scalar = true;  // nothing to compile for a few words
  auto engine = Engine::create(context, options);
  return engine ? std::optional(std::move(*engine)) : std::nullopt;
}

// Without an engine nothing that was quoted is shown.
std::string without_quotations(const std::string& words) {
  std::string out;
  bool inside = false;
  for (const char c : words) {
    if (c == '\'') {
      out += inside ? "...'" : "'";
      inside = !inside;
    } else if (!inside) {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string home_as_variable(std::string text, const host::Host& host) {
  const std::string home = host.environment.home.string();
  if (home.size() < 2) {
    return text;
  }
  for (std::size_t at = text.find(home); at != std::string::npos; at = text.find(home, at + 1)) {
    const std::size_t end = at + home.size();
    const bool begins = at == 0 || text[at - 1] != '/';
    const bool ends = end == text.size() || text[end] == '/' || text[end] == '\'' ||
                      text[end] == ' ' || text[end] == ':' || text[end] == ',';
    if (begins && ends) {
      text.replace(at, home.size(), "$HOME");
    }
  }
  return text;
}

Error scrub(Error error, const Context& context) {
  // Words without a quotation are ours alone; those with one are rare enough to wait for the engine.
  const auto quotes = [](const std::string& words) { return words.find('\'') != std::string::npos; };
  std::optional<Engine> engine;
  const auto clean = [&](std::string& words) {
    words = home_as_variable(std::move(words), context.host);
    if (!quotes(words)) {
      return;
    }
    if (!engine) {
      engine = engine_for_errors(context);
    }
    words = engine ? engine->pipeline().text(words).str() : without_quotations(words);
  };
  clean(error.message);
  for (std::string& doing : error.context) {
    clean(doing);
  }
  clean(error.next);
  return error;
}

}  // namespace sourceos::cli

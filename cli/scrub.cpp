#include "cli/scrub.hpp"

#include "host/host.hpp"

namespace sourceos::cli {

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

Error scrub(Error error, const host::Host& host) {
  error.message = home_as_variable(std::move(error.message), host);
  for (std::string& doing : error.context) {
    doing = home_as_variable(std::move(doing), host);
  }
  error.next = home_as_variable(std::move(error.next), host);
  return error;
}

}  // namespace sourceos::cli

#include "redact/identity.hpp"

#include "redact/vocabulary.hpp"

#include <array>

namespace sourceos::redact {

namespace {

constexpr std::size_t k_name_bytes_min = 4;

void add_home(const std::string& home, KnownValues& known) {
  if (home.size() > 1 && home.front() == '/' && home != "/nonexistent" && home != "/home" && home != "/Users") {
    known.add({.value = home, .klass = "home", .own = Own::home, .word_end = true});
  }
}

// `name` where what stands around it says that it is one.
void add_in_place(const std::string& name, std::string_view klass, Own own, std::string_view before,
                  std::string_view after, KnownValues& known) {
  KnownValue value{.value = std::string(before) + name + std::string(after), .klass = klass, .own = own};
  value.before = static_cast<std::uint8_t>(before.size());
  value.after = static_cast<std::uint8_t>(after.size());
  value.word_begin = before.empty();
  value.word_end = after.empty();
  known.add(std::move(value));
}

void add_user(const std::string& user, KnownValues& known) {
  if (user.empty() || user == "root") {
    return;
  }
  if (user.size() >= k_name_bytes_min && !is_vocabulary(user)) {
    known.add({.value = user, .klass = "user", .own = Own::user, .word_begin = true,
               .word_end = true});
    return;
  }
  constexpr std::array<std::string_view, 9> before = {
      "user=", "USER=", "LOGNAME=", "user: ", "username=", "user=\"", "\"user\":\"", "/home/",
      "/Users/"};
  for (const std::string_view place : before) {
    add_in_place(user, "user", Own::user, place, "", known);
  }
  add_in_place(user, "user", Own::user, "", "@", known);
}

void add_host(const std::string& host, KnownValues& known) {
  if (host.empty() || host == "localhost") {
    return;
  }
  const std::string first = host.substr(0, host.find('.'));
  for (const std::string& name : {host, first}) {
    if (name.size() >= k_name_bytes_min && !is_vocabulary(name)) {
      known.add({.value = name, .klass = "host", .own = Own::host, .word_begin = true,
                 .word_end = true});
    } else if (name.size() >= 2) {
      for (const std::string_view place : {"host=", "HOSTNAME=", "hostname=", "@"}) {
        add_in_place(name, "host", Own::host, place, "", known);
      }
    }
  }
}

}  // namespace

void add_identity(const Identity& identity, KnownValues& known) {
  add_home(identity.home, known);
  for (const std::string& home : identity.other_homes) {
    add_home(home, known);
  }
  add_user(identity.user, known);
  for (const std::string& user : identity.other_users) {
    add_user(user, known);
  }
  add_host(identity.host, known);
}

}  // namespace sourceos::redact

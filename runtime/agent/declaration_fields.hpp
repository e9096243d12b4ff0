// Takes fields out of one object of a declaration; the first fault is kept, and later calls do nothing.
// A field that is not there leaves what it would be read into as it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

[[nodiscard]] std::unexpected<Error> invalid_declaration(std::string message);

class DeclarationFields {
 public:
  // `object` need not be one: that is the first fault then. `prefix`: where it stands, "" at the top.
  DeclarationFields(const json::Value& object, std::string prefix);

  void text(const char* name, std::string& out);
  void text_or_null(const char* name, std::optional<std::string>& out);
  void flag(const char* name, bool& out);
  void number(const char* name, std::uint64_t& out, std::uint64_t least, std::uint64_t most);
  void words(const char* name, std::vector<std::string>& out);

  template <class Enum, std::size_t N>
  void choice(const char* name, Enum& out, const std::array<Enum, N>& all) {
    if (take(name) == nullptr) {
      return;
    }
    std::string word;
    text(name, word);
    const auto found = std::ranges::find_if(all, [&](Enum each) { return to_string(each) == word; });
    if (found != all.end()) {
      out = *found;
      return;
    }
    std::string list;
    for (const Enum each : all) {
      list += (list.empty() ? "'" : ", '") + std::string(to_string(each)) + "'";
    }
    complain(name, "one of " + list);
  }

  // An object or list below this one, or nullptr.
  const json::Value* take(const char* name);
  [[nodiscard]] std::string path_of(std::string_view name) const;
  void complain(std::string_view name, std::string_view expected);
  // The last call: the first fault, or a field that nobody took.
  [[nodiscard]] Status finish();

 private:
  void check_text(std::string_view name, const std::string& value);

  const json::Value* object_ = nullptr;
  std::string prefix_;
  std::set<std::string, std::less<>> known_;
  std::string fault_;
};

}  // namespace sourceos::runtime

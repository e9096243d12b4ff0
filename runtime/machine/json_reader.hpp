// Reads a closed JSON object field by field: what is missing, of another type or unknown is told
// with its place. The first problem stays; reading goes on with defaults, so that a reader is a
// plain list of fields.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

// Shared by the readers of one document.
class ReadProblems {
 public:
  explicit ReadProblems(std::string_view reason) : reason_(reason) {}
  void add(std::string_view place, std::string_view expected);
  void add_reason(std::string_view reason, std::string_view place, std::string_view expected);
  [[nodiscard]] Status status() const;

 private:
  std::string reason_;
  std::optional<Error> first_;
};

class ObjectReader {
 public:
  // `object` need not be one: that is the first problem then.
  ObjectReader(const json::Value& object, std::string place, ReadProblems& problems);

  enum class Need { required, optional };

  [[nodiscard]] std::string text(std::string_view key, Need need = Need::required,
                                 std::string_view otherwise = {});
  // "string or null"; absent counts as null when optional.
  [[nodiscard]] std::optional<std::string> text_or_null(std::string_view key,
                                                        Need need = Need::required);
  [[nodiscard]] std::string one_of(std::string_view key,
                                   std::initializer_list<std::string_view> words,
                                   Need need = Need::required, std::string_view otherwise = {});
  [[nodiscard]] bool flag(std::string_view key, Need need = Need::required, bool otherwise = false);
  void constant(std::string_view key, std::string_view word);
  void constant_flag(std::string_view key, bool value);
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view key, std::uint64_t least,
                                                    std::uint64_t most);
  [[nodiscard]] std::vector<std::string> texts(std::string_view key, std::size_t least,
                                               Need need = Need::required);
  // Rows { name, value }, or an object of strings; sorted by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> named_values(
      std::string_view key, Need need = Need::required);
  // The object or array under the key, or nullptr.
  [[nodiscard]] const json::Value* object(std::string_view key, Need need = Need::required);
  [[nodiscard]] const json::Value* array(std::string_view key, std::size_t least,
                                         Need need = Need::required);
  void ignore(std::string_view key);
  // Says which keys are unknown. The last call.
  void close();

  [[nodiscard]] std::string place(std::string_view key) const;
  [[nodiscard]] ReadProblems& problems() { return problems_; }

 private:
  [[nodiscard]] const json::Value* find(std::string_view key, Need need);

  const json::Value& value_;
  std::string place_;
  ReadProblems& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace sourceos::runtime

#include "runtime/machine/json_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/json/json.hpp"

namespace sourceos::runtime {

namespace {

constexpr std::size_t k_text_bytes_max = 4096;
constexpr std::size_t k_list_max = 1024;

const json::Value& empty_object() {
  static const json::Value object = json::Value::object();
  return object;
}

}  // namespace

void ReadProblems::add(std::string_view place, std::string_view expected) {
  add_reason(reason_, place, expected);
}

void ReadProblems::add_reason(std::string_view reason, std::string_view place,
                              std::string_view expected) {
  if (!first_) {
    first_.emplace(ErrorKind::malformed, reason, fmt::format("{}: expected {}", place, expected));
  }
}

Status ReadProblems::status() const { return first_ ? Status(fail(*first_)) : Status(); }

ObjectReader::ObjectReader(const json::Value& object, std::string place, ReadProblems& problems)
    : value_(object.is_object() ? object : empty_object()),
      place_(std::move(place)),
      problems_(problems) {
  if (!object.is_object()) {
    problems_.add(place_.empty() ? "/" : place_, "an object");
  }
}

std::string ObjectReader::place(std::string_view key) const {
  return fmt::format("{}/{}", place_, key);
}

const json::Value* ObjectReader::find(std::string_view key, Need need) {
  known_.emplace(key);
  const auto found = value_.find(key);
  if (found == value_.end()) {
    if (need == Need::required) {
      problems_.add(place(key), "a value, there is none");
    }
    return nullptr;
  }
  return &*found;
}

std::string ObjectReader::text(std::string_view key, Need need, std::string_view otherwise) {
  const json::Value* value = find(key, need);
  if (value == nullptr) {
    return std::string(otherwise);
  }
  if (!value->is_string() || value->get_ref<const std::string&>().size() > k_text_bytes_max) {
    problems_.add(place(key), "a string of at most 4096 bytes");
    return std::string(otherwise);
  }
  return value->get<std::string>();
}

std::optional<std::string> ObjectReader::text_or_null(std::string_view key, Need need) {
  const auto found = value_.find(key);
  if (found != value_.end() && found->is_null()) {
    known_.emplace(key);
    return std::nullopt;
  }
  if (found == value_.end() && need == Need::optional) {
    known_.emplace(key);
    return std::nullopt;
  }
  return text(key, need);
}

std::string ObjectReader::one_of(std::string_view key,
                                 std::initializer_list<std::string_view> words, Need need,
                                 std::string_view otherwise) {
  std::string word = text(key, need, otherwise);
  const bool is_absent = need == Need::optional && !value_.contains(key);
  if (!is_absent && value_.contains(key) &&
      std::find(words.begin(), words.end(), word) == words.end()) {
    problems_.add(place(key), fmt::format("one of {}", fmt::join(words, ", ")));
  }
  return word;
}

bool ObjectReader::flag(std::string_view key, Need need, bool otherwise) {
  const json::Value* value = find(key, need);
  if (value == nullptr) {
    return otherwise;
  }
  if (!value->is_boolean()) {
    problems_.add(place(key), "true or false");
    return otherwise;
  }
  return value->get<bool>();
}

void ObjectReader::constant(std::string_view key, std::string_view word) {
  const json::Value* value = find(key, Need::required);
  if (value != nullptr && *value != word) {
    problems_.add(place(key), fmt::format("'{}'", word));
  }
}

void ObjectReader::constant_flag(std::string_view key, bool expected) {
  const json::Value* value = find(key, Need::required);
  if (value != nullptr && *value != expected) {
    problems_.add(place(key), expected ? "true" : "false");
  }
}

std::optional<std::uint64_t> ObjectReader::number(std::string_view key, std::uint64_t least,
                                                  std::uint64_t most) {
  const json::Value* value = find(key, Need::optional);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() < least ||
      value->get<std::uint64_t>() > most) {
    problems_.add(place(key), fmt::format("a number from {} to {}", least, most));
    return std::nullopt;
  }
  return value->get<std::uint64_t>();
}

std::vector<std::string> ObjectReader::texts(std::string_view key, std::size_t least, Need need) {
  std::vector<std::string> out;
  const json::Value* list = array(key, least, need);
  if (list == nullptr) {
    return out;
  }
  for (const json::Value& item : *list) {
    if (!item.is_string() || item.get_ref<const std::string&>().size() > k_text_bytes_max) {
      problems_.add(place(key), "strings of at most 4096 bytes");
      return out;
    }
    out.push_back(item.get<std::string>());
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> ObjectReader::named_values(std::string_view key,
                                                                            Need need) {
  std::vector<std::pair<std::string, std::string>> out;
  const json::Value* value = find(key, need);
  if (value == nullptr) {
    return out;
  }
  if (value->is_object()) {
    for (const auto& [name, each] : value->items()) {
      if (!each.is_string()) {
        problems_.add(place(key), "strings as values");
        return out;
      }
      out.emplace_back(name, each.get<std::string>());
    }
  } else if (value->is_array()) {
    for (std::size_t i = 0; i < value->size(); ++i) {
      ObjectReader row((*value)[i], fmt::format("{}/{}", place(key), i), problems_);
      std::string name = row.text("name");
      out.emplace_back(std::move(name), row.text("value"));
      row.close();
    }
  } else {
    problems_.add(place(key), "a list of names and values");
  }
  std::sort(out.begin(), out.end());
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i].first == out[i - 1].first) {
      problems_.add(place(key), "each name once");
    }
  }
  return out;
}

const json::Value* ObjectReader::object(std::string_view key, Need need) {
  const json::Value* value = find(key, need);
  if (value != nullptr && !value->is_object()) {
    problems_.add(place(key), "an object");
    return nullptr;
  }
  return value;
}

const json::Value* ObjectReader::array(std::string_view key, std::size_t least, Need need) {
  const json::Value* value = find(key, need);
  if (value == nullptr) {
    return nullptr;
  }
  if (!value->is_array() || value->size() < least || value->size() > k_list_max) {
    problems_.add(place(key), fmt::format("a list of {} to {} items", least, k_list_max));
    return nullptr;
  }
  return value;
}

void ObjectReader::ignore(std::string_view key) { known_.emplace(key); }

void ObjectReader::close() {
  for (const auto& [key, ignored] : value_.items()) {
    if (!known_.contains(key)) {
      problems_.add(place(key), "no such field");
    }
  }
}

}  // namespace sourceos::runtime

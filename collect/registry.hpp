// The list of collectors, written by hand in registry.cpp: the names on the command line, the
// list of `evidence collect --list` and the options that a plan may give come from it.
#pragma once

#include <span>
#include <string_view>

#include "collect/collector.hpp"

namespace sourceos::collect {

enum class OptionType { text, text_list, number, flag };

struct CollectorOption {
  std::string_view name;  // as in a plan
  OptionType type = OptionType::text;
  std::string_view summary;
};

struct CollectorRow {
  const Collector* collector;
  std::string_view facts_schema;  // of its facts document: schemas/<name>.json
  std::span<const CollectorOption> options;
};

[[nodiscard]] std::span<const CollectorRow> collectors();
// nullptr when there is none of this name.
[[nodiscard]] const CollectorRow* find_collector(std::string_view name);

// What a plan is to write there: "a string", "a list of strings", "a number from 0", "true or false".
[[nodiscard]] std::string_view expected(OptionType type);

// Options of a plan against the row: an unknown name or another type is `usage`,
// "collector-option".
[[nodiscard]] Status check_options(const CollectorRow& row, const json::Value& options);

}  // namespace sourceos::collect

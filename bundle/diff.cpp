#include "bundle/diff.hpp"

#include <functional>
#include <map>
#include <string>

#include <fmt/format.h>

#include "bundle/index_line.hpp"
#include "bundle/view.hpp"
#include "core/json/json.hpp"

namespace sourceos::bundle {

namespace {

using Named = std::map<std::string, json::Value>;

json::Value compare(const Named& before, const Named& after) {
  json::Value rows = json::Value::array();
  const auto add = [&rows](std::string_view change, const std::string& name,
                           const json::Value& old_value, const json::Value& new_value) {
    rows.push_back(
        {{"change", change}, {"name", name}, {"before", old_value}, {"after", new_value}});
  };
  auto old_at = before.begin();
  auto new_at = after.begin();
  while (old_at != before.end() || new_at != after.end()) {
    if (new_at == after.end() || (old_at != before.end() && old_at->first < new_at->first)) {
      add("removed", old_at->first, old_at->second, nullptr);
      ++old_at;
    } else if (old_at == before.end() || new_at->first < old_at->first) {
      add("added", new_at->first, nullptr, new_at->second);
      ++new_at;
    } else {
      if (old_at->second != new_at->second) {
        add("changed", old_at->first, old_at->second, new_at->second);
      }
      ++old_at;
      ++new_at;
    }
  }
  return rows;
}

// "gitRef.head": the leaves of the record's facts under dotted names.
void flatten(Named& into, const std::string& name, const json::Value& value) {
  if (!value.is_object()) {
    into[name] = value;
    return;
  }
  for (const auto& [key, part] : value.items()) {
    flatten(into, name + "." + key, part);
  }
}

Named facts_of(const json::Value& record) {
  constexpr std::string_view k_compared[] = {
      "mode",          "command",     "outcome",       "host",        "subject",
      "workspaceId",   "profileRef",  "profileHash",   "policyHash",  "gitRef",
      "imageDigest",   "receiptSafety", "authRedacted", "keyCustody", "testSeams",
      "compression",   "environmentOverrides", "ignoredSeams"};
  Named facts;
  for (const std::string_view key : k_compared) {
    if (const auto found = record.find(std::string(key)); found != record.end()) {
      flatten(facts, std::string(key), *found);
    }
  }
  facts["redaction.rulesetDigest"] = record.at("redaction").at("rulesetDigest");
  return facts;
}

// Rows of an array by the name that `name_of` gives them; equal names get a number.
Named rows_of(const json::Value& record, std::string_view key,
              const std::function<std::string(const json::Value&)>& name_of) {
  Named rows;
  const auto found = record.find(std::string(key));
  if (found == record.end() || !found->is_array()) {
    return rows;
  }
  for (const json::Value& row : *found) {
    const std::string name = name_of(row);
    std::string unique = name;
    for (std::size_t n = 2; rows.contains(unique); ++n) {
      unique = fmt::format("{} #{}", name, n);
    }
    rows[unique] = row;
  }
  return rows;
}

std::string field(const json::Value& row, std::string_view key) {
  const auto found = row.find(std::string(key));
  return found == row.end() ? std::string() : found->is_string() ? found->get<std::string>() : found->dump();
}

std::function<std::string(const json::Value&)> by_field(std::string_view key) {
  return [key](const json::Value& row) { return field(row, key); };
}

// Where a mount or grant row has no field for it, the whole row is its name.
std::string by_first_name(const json::Value& row) {
  for (const std::string_view key : {"target", "pathRef", "source", "name", "id"}) {
    if (std::string name = field(row, key); !name.empty()) {
      return name;
    }
  }
  return row.dump();
}

json::Value compare_rows(const json::Value& before, const json::Value& after, std::string_view key,
                         const std::function<std::string(const json::Value&)>& name_of) {
  return compare(rows_of(before, key, name_of), rows_of(after, key, name_of));
}

// How long a collector took differs every time.
json::Value without_elapsed(json::Value record) {
  for (json::Value& collector : record["collectors"]) {
    collector.erase("elapsedMs");
  }
  return record;
}

Result<Named> entries_of(const View& view) {
  Named entries;
  SOURCEOS_TRY(view.for_each_entry([&entries](const IndexLine& line) {
    entries[line.path] = {{"sha256", line.sha256.hex()}, {"size", line.size}};
    return true;
  }));
  return entries;
}

}  // namespace

Result<json::Value> diff(const View& before, const View& after, std::size_t rows_max) {
  const json::Value old_record = without_elapsed(before.record());
  const json::Value new_record = without_elapsed(after.record());
  json::Value out = json::Value::object();
  out["facts"] = compare(facts_of(old_record), facts_of(new_record));
  out["tools"] = compare_rows(old_record, new_record, "toolVersions", by_field("name"));
  for (const std::string_view key : {"mounts", "deniedAttempts", "grants"}) {
    out[std::string(key)] = compare_rows(old_record, new_record, key, by_first_name);
  }
  out["collectors"] = compare_rows(old_record, new_record, "collectors", by_field("name"));
  out["findings"] = compare_rows(old_record, new_record, "findings", [](const json::Value& row) {
    return fmt::format("{} {}:{}", field(row, "ruleId"), field(row, "entry"), field(row, "line"));
  });
  SOURCEOS_TRY_ASSIGN(const Named old_entries, entries_of(before));
  SOURCEOS_TRY_ASSIGN(const Named new_entries, entries_of(after));
  json::Value entries = compare(old_entries, new_entries);
  out["entriesChanged"] = entries.size();
  out["entriesCut"] = entries.size() > rows_max;
  if (entries.size() > rows_max) {
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(rows_max), entries.end());
  }
  out["entries"] = std::move(entries);
  return out;
}

}  // namespace sourceos::bundle

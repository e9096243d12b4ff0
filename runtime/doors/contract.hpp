// A contract document: one of the eight types of schemas/README.md, judged by its schema, or one of
// those that others define and we read (RevocationEntry, AgentMachineMountPolicy); within bounds.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/fwd.hpp"
#include "core/result.hpp"

namespace sourceos::runtime {

// One thing that is wrong with a document. Either `keyword` (of the schema) or `check` (of ours)
// is set; an empty place is the document itself.
struct ContractProblem {
  std::string file;
  std::string instance_path;
  std::string keyword;
  std::string check;
  std::string message;
};

class Contract {
 public:
  // `file` names it in problems. `malformed` or `limit` when it is no JSON object within the bounds
  // of contracts (duplicate keys, depth, long strings).
  [[nodiscard]] static Result<Contract> parse(std::string file, std::string_view text);
  // `not_found`, "input-missing" when there is no such file.
  [[nodiscard]] static Result<Contract> read(const std::filesystem::path& path);

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& type() const { return type_; }  // empty when it says none
  [[nodiscard]] const std::string& id() const { return id_; }      // likewise
  [[nodiscard]] const json::Value& document() const { return *document_; }
  // A string member, or empty.
  [[nodiscard]] std::string text(std::string_view key) const;
  // "sha256:..." of the canonical document: the same however the file was laid out.
  [[nodiscard]] Result<std::string> hash() const;

  // What the schema of its type says, be it a contract or another document that this project writes;
  // `check` "type-unknown" for a type that has none.
  [[nodiscard]] Result<std::vector<ContractProblem>> shape_problems() const;

 private:
  std::string file_;
  std::string type_;
  std::string id_;
  std::shared_ptr<const json::Value> document_;
};

// The eight types, RevocationEntry and AgentMachineMountPolicy.
[[nodiscard]] bool is_contract_type(std::string_view type);

// Reads the file as a contract of this type that fits its schema: `malformed`, "contract-invalid"
// with the first problem otherwise.
[[nodiscard]] Result<Contract> read_valid_contract(const std::filesystem::path& path,
                                                   std::string_view type);

}  // namespace sourceos::runtime

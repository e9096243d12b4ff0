// Where contracts named by URN are looked for: directories of *.json files, the first level only.
// What is no contract is left alone; one id in two documents that differ is an error that names
// both files, and so is a file that cannot be read: it may be what revokes a grant.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "runtime/doors/contract.hpp"

namespace sourceos::host {
struct Environment;
}

namespace sourceos::runtime {

class ContractShelf {
 public:
  ContractShelf() = default;
  // Directories that do not exist are an error only when `must_exist`.
  enum class Presence { must_exist, optional };
  [[nodiscard]] Status add_directory(const std::filesystem::path& directory, Presence presence);
  void add(Contract contract);

  // nullptr: nobody has it.
  [[nodiscard]] const Contract* find(std::string_view id) const;
  // The entry that revokes this id, or nullptr. An entry counts whatever its time: who is on the
  // list holds nothing.
  [[nodiscard]] const Contract* revocation_of(std::string_view id) const;
  // All documents, by id; then those that say none.
  [[nodiscard]] std::vector<const Contract*> all() const;
  // "id-duplicate" for each id that two differing documents have.
  [[nodiscard]] const std::vector<ContractProblem>& duplicates() const { return duplicates_; }
  [[nodiscard]] Status check_duplicates() const;  // `refused`, "id-duplicate"
  // Files of its directories that are no JSON document within the bounds, each with its reason.
  [[nodiscard]] const std::vector<ContractProblem>& unread() const { return unread_; }
  [[nodiscard]] Status check_unread() const;  // `refused`, "contract-invalid"

 private:
  std::map<std::string, Contract, std::less<>> by_id_;
  std::vector<Contract> without_id_;
  std::vector<ContractProblem> duplicates_;
  std::vector<ContractProblem> unread_;
};

// `--contracts` first, then <config root>/contracts and /etc/sourceos/contracts. The shelf of a
// command that acts; refuses duplicates and files that cannot be read.
[[nodiscard]] Result<ContractShelf> open_contract_shelf(
    const host::Environment& environment, const std::vector<std::filesystem::path>& directories);

// `not_found`, "ref-unresolved" when no document has the id; "contract-invalid" when it has one that
// does not fit its schema or is of another type.
[[nodiscard]] Result<const Contract*> resolve(const ContractShelf& shelf, std::string_view id,
                                              std::string_view type);

}  // namespace sourceos::runtime

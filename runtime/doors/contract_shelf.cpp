#include "runtime/doors/contract_shelf.hpp"

#include <fmt/format.h>

#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "host/files.hpp"
#include "host/host.hpp"

namespace sourceos::runtime {

Status ContractShelf::add_directory(const std::filesystem::path& directory, Presence presence) {
  auto opened = host::open_directory(directory);
  if (!opened && opened.error().kind == ErrorKind::not_found) {
    if (presence == Presence::optional) {
      return {};
    }
    return fail(ErrorKind::not_found, "input-missing",
                fmt::format("no directory '{}'", directory.string()));
  }
  SOURCEOS_TRY_ASSIGN(const host::Descriptor listed, std::move(opened));
  SOURCEOS_TRY_ASSIGN(const std::vector<host::DirectoryEntry> entries,
                      host::list_directory(listed, limits::k_contract_files_max));
  for (const host::DirectoryEntry& entry : entries) {
    if (!entry.name.ends_with(".json") || entry.kind == host::FileKind::directory) {
      continue;
    }
    auto contract = Contract::read(directory / entry.name);
    if (!contract) {
      unread_.push_back({(directory / entry.name).string(), "", "", contract.error().reason,
                         contract.error().message});
    } else if (is_contract_type(contract->type())) {
      add(std::move(*contract));
    }
  }
  return {};
}

void ContractShelf::add(Contract contract) {
  if (contract.id().empty()) {
    without_id_.push_back(std::move(contract));
    return;
  }
  const auto [at, is_new] = by_id_.emplace(contract.id(), contract);
  // The same document twice (a file that also lies in the directory) is one document.
  if (!is_new && at->second.document() != contract.document()) {
    duplicates_.push_back({contract.file(), "/id", "", "id-duplicate",
                           fmt::format("'{}' also has this id", at->second.file())});
  }
}

const Contract* ContractShelf::find(std::string_view id) const {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : &at->second;
}

const Contract* ContractShelf::revocation_of(std::string_view id) const {
  for (const Contract* each : all()) {
    if (each->type() == "RevocationEntry" && each->text("targetRef") == id) {
      return each;
    }
  }
  return nullptr;
}

std::vector<const Contract*> ContractShelf::all() const {
  std::vector<const Contract*> found;
  for (const auto& [id, contract] : by_id_) {
    found.push_back(&contract);
  }
  for (const Contract& contract : without_id_) {
    found.push_back(&contract);
  }
  return found;
}

Status ContractShelf::check_duplicates() const {
  if (duplicates_.empty()) {
    return {};
  }
  const ContractProblem& first = duplicates_.front();
  return fail(ErrorKind::refused, "id-duplicate", fmt::format("'{}': {}", first.file, first.message));
}

Status ContractShelf::check_unread() const {
  if (unread_.empty()) {
    return {};
  }
  const ContractProblem& first = unread_.front();
  return fail(ErrorKind::refused, "contract-invalid", fmt::format("'{}': {}", first.file, first.message));
}

Result<ContractShelf> open_contract_shelf(const host::Environment& environment,
                                          const std::vector<std::filesystem::path>& directories) {
  ContractShelf shelf;
  for (const std::filesystem::path& directory : directories) {
    SOURCEOS_TRY(shelf.add_directory(directory, ContractShelf::Presence::must_exist));
  }
  SOURCEOS_TRY(shelf.add_directory(environment.config_root / "contracts",
                                   ContractShelf::Presence::optional));
  SOURCEOS_TRY(shelf.add_directory(environment.root / "etc/sourceos/contracts",
                                   ContractShelf::Presence::optional));
  SOURCEOS_TRY(shelf.check_duplicates());
  SOURCEOS_TRY(shelf.check_unread());
  return shelf;
}

Result<const Contract*> resolve(const ContractShelf& shelf, std::string_view id,
                                std::string_view type) {
  const Contract* contract = shelf.find(id);
  if (contract == nullptr) {
    return fail(Error(ErrorKind::not_found, "ref-unresolved", fmt::format("no document has the id '{}'", id))
                    .with_next("put the document into a directory named by --contracts DIR"));
  }
  if (contract->type() != type) {
    return fail(ErrorKind::malformed, "contract-invalid",
                fmt::format("'{}' is of type '{}', expected {}", contract->file(), contract->type(), type));
  }
  SOURCEOS_TRY_ASSIGN(const std::vector<ContractProblem> problems, contract->shape_problems());
  if (!problems.empty()) {
    return fail(ErrorKind::malformed, "contract-invalid",
                fmt::format("'{}' at '{}': {}", contract->file(), problems.front().instance_path,
                            problems.front().message));
  }
  return contract;
}

}  // namespace sourceos::runtime

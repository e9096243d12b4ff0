// What commands that change something share: files that appear whole or not at all, and the leaf in
// the host log that says what was done.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/redacted.hpp"
#include "cli/parser.hpp"
#include "core/json/fwd.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::cli {

struct Context;
struct OpenStore;

// A file that gets its name when it is whole: written beside, synced, renamed by `commit`. Dropped
// without, nothing of it is left.
class OutputFile {
 public:
  [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& path,
                                                 std::uint32_t mode = 0600);
  OutputFile(OutputFile&& other) noexcept;
  ~OutputFile();

  [[nodiscard]] const host::Descriptor& descriptor() const { return descriptor_; }
  [[nodiscard]] Status write(std::string_view bytes) const;
  [[nodiscard]] Status commit();

 private:
  OutputFile(host::Descriptor descriptor, std::filesystem::path path, std::filesystem::path beside);
  host::Descriptor descriptor_;
  std::filesystem::path path_;
  std::filesystem::path beside_;  // empty once committed
};

// Text of ours with names in it, redacted by the engine with the store's key.
[[nodiscard]] Result<bundle::RedactedText> redacted_text(const Context& context, std::string_view text);

// A leaf of kind `change`: { command, ... } as a document of the store.
[[nodiscard]] Status log_change(const Context& context, OpenStore& open, const json::Value& document);

}  // namespace sourceos::cli

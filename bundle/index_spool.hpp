// Index lines that wait for their `where`: in memory while they are few, in a file when they are
// many, so that a million entries cost no memory.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "bundle/index_line.hpp"
#include "core/result.hpp"
#include "host/files.hpp"

namespace sourceos::bundle {

class IndexSpool {
 public:
  explicit IndexSpool(host::fs::path file) : path_(std::move(file)) {}
  ~IndexSpool();
  IndexSpool(const IndexSpool&) = delete;
  IndexSpool& operator=(const IndexSpool&) = delete;

  // The line but for its `where`; `limit` when it would not fit into 64 KiB.
  [[nodiscard]] Status append(const IndexLine& line);
  // All heads in order.
  using Take = std::function<Status(std::string_view head)>;
  [[nodiscard]] Status for_each(const Take& take);

 private:
  [[nodiscard]] Status flush();

  host::fs::path path_;
  std::optional<host::Descriptor> file_;
  std::uint64_t stored_ = 0;  // bytes in the file
  std::string buffer_;        // what comes after them; lines ended by LF
};

// The path in a head. Paths need no escapes, and no string before it can hold an unescaped quote.
[[nodiscard]] std::string_view path_of_head(std::string_view head);

}  // namespace sourceos::bundle

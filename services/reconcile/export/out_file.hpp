// A file that appears whole under its name, or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "services/reconcile/journal/file.hpp"

namespace marginfix::reconcile {

class OutFile {
 public:
  // Begins PATH.new. Throws Exception(store), as every call does.
  explicit OutFile(const std::string& path);
  OutFile(OutFile&&) = default;
  OutFile& operator=(OutFile&&) = delete;
  ~OutFile();  // what was not published is removed

  std::string& buffer() noexcept { return buffer_; }  // append to it, then flow()
  void flow();                                        // writes what is too much for memory
  void finish();                                      // all of it, onto the disk
  void publish();                                     // under its own name
  const std::string& path() const noexcept { return path_; }

 private:
  void write();
  std::string path_, temporary_;
  File file_;
  std::string buffer_;
  std::int64_t size_{0};
};

}  // namespace marginfix::reconcile

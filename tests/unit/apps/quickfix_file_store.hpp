// QuickFIX's own FileStore, behind a class that C++20 can see: what it writes is what the importer has to read.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace marginfix_tests {

class QuickfixFileStore {
 public:
  // In `folder`, of FIXT.1.1-KEY-KalshiRT.
  explicit QuickfixFileStore(const std::string& folder);
  ~QuickfixFileStore();

  // As FIX::Session does it: the message, then the number.
  void send(int seq, const std::string& message);
  void store(int seq, const std::string& message);  // and killed before the number
  void set_next_target(int seq);
  void set_next_sender(int seq);
  void reset();
  int next_sender() const;
  int next_target() const;
  std::vector<std::string> messages() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix_tests

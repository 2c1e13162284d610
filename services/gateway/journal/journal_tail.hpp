// A gateway's journal as somebody else follows it: what has come since the last look, over the ends of files, each record once. What later
// files repeat at their beginning is passed over. Beside a gateway that runs, or without one. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "services/gateway/journal/journal.hpp"

namespace marginfix::gateway {

class JournalTail {
 public:
  explicit JournalTail(std::string dir) : dir_(std::move(dir)) {}
  // Error(store): no journal, damage; `each`'s own. What was given before the error is not given again.
  Result<void> read(const std::function<Result<void>(const JournalRecord&)>& each);

 private:
  std::string dir_;
  std::string file_;  // the one that is being read; "": none yet
  std::int64_t at_{0};
  bool beginning_{false};  // in what a later file begins with
};

}  // namespace marginfix::gateway

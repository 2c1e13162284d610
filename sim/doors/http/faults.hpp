// Faults that a test asks a REST or Klear door for (control POST /fault): the next requests that match are answered wrongly, late, in
// part, or not at all.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "sim/doors/http/message.hpp"

namespace marginfix::sim {

struct HttpFault {
  enum class Kind : std::uint8_t {
    Answer,       // `reply` instead of doing what was asked
    AnswerAfter,  // done, and `reply` all the same
    Delay,        // done, answered after `delay`
    Cut,          // done, answered in part
    CloseBefore,  // not done, not answered
    CloseAfter    // done, not answered
  };
  Kind kind{Kind::Answer};
  std::string method;  // empty = any
  std::string path;    // how it begins, relative to the base; empty = any
  int count{1};        // requests that still meet it
  HttpReply reply;
  std::chrono::milliseconds delay{0};

  bool executes() const noexcept { return kind != Kind::Answer && kind != Kind::CloseBefore; }
};

class HttpFaults {
 public:
  void add(HttpFault fault) { faults_.push_back(std::move(fault)); }
  void clear() { faults_.clear(); }
  // The oldest fault that this request meets; it counts.
  std::optional<HttpFault> take(std::string_view method, std::string_view path);

 private:
  std::list<HttpFault> faults_;
};

// What the fault makes of an answer.
HttpReply spoil(const HttpFault& fault, HttpReply reply);

}  // namespace marginfix::sim

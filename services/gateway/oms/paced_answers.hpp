// Answers of many messages to clients that may read slowly: the next message is made when the client has room for it, so that a long list
// costs what is under way and not the whole of it. The answers to one client come one after the other.
// Thread: the gateway's.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "services/gateway/oms/client_line.hpp"

namespace marginfix::gateway {

class PacedAnswers {
 public:
  // Sends one message; false: it was the last.
  using Next = std::function<bool(ClientLine&)>;
  // `most`: answers of a client at a time.
  explicit PacedAnswers(std::size_t pause_above = 64 * 1024, std::size_t most = 16) : pause_above_(pause_above), most_(most) {}

  bool has_room(const ClientLine& line) const;
  // Sends as much as the client has room for; the rest follows in on_drained(). The caller has looked at has_room().
  void begin(ClientLine& line, Next next);
  void on_drained(ClientLine& line);
  // What is under way is given up.
  void on_logged_out(const ClientLine& line) { waiting_.erase(&line); }

 private:
  std::size_t pause_above_, most_;
  std::map<const ClientLine*, std::deque<std::shared_ptr<Next>>> waiting_;
};

}  // namespace marginfix::gateway

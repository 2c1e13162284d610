// Whose work a server's thread does next. What may take long (a TLS handshake, a request) waits here for its turn: one piece of work in
// each turn of the loop, and one of each client before any has a second one done. A client with many connections or many requests gets no
// more of the thread than one with few, and nobody waits for more than a piece of work of each of the others.
// Thread: one, the loop's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string_view>

namespace marginfix {

class Turns {
 public:
  Turns();
  ~Turns();  // what still waits is dropped
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // `work` is called once: now, when nobody had a turn since the loop last came round, else from the loop. `whose`: the client; "" for all
  // that are unknown.
  void take(const boost::asio::any_io_executor& executor, std::string_view whose, std::function<void()> work);

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace marginfix

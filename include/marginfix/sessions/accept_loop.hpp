// One listening socket of a server's: waits for newcomers, takes them in crowds, and asks the server's table of connections before it does.
// Running out of file descriptors does not end it: it waits a moment and goes on.
// Thread: the executor's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "marginfix/sessions/connection_table.hpp"

namespace marginfix {

struct AcceptLoopHandlers {
  std::function<void(boost::asio::ip::tcp::socket)> take;     // a newcomer
  std::function<void(const std::string& why)> cannot_accept;  // for the log; the loop goes on
};

class AcceptLoop {
 public:
  // `connections` may be null: then everybody is taken.
  AcceptLoop(const boost::asio::any_io_executor& executor, std::shared_ptr<ConnectionTable> connections, AcceptLoopHandlers handlers);
  ~AcceptLoop();  // as close()
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;

  // Binds and begins. An error: nothing was opened.
  boost::system::error_code open(const boost::asio::ip::tcp::endpoint& endpoint);
  std::uint16_t port() const;
  void close();  // may be called from `take`

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace marginfix

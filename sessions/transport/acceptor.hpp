// One listening port: accepts, shakes hands (TLS from PEM files, or plain) and hands over connections. Internal (Asio).
// Thread: the io_context's single thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix::transport {

struct ListenOptions {
  std::string host{"127.0.0.1"};  // an address; "" = all interfaces
  std::uint16_t port{0};          // 0 = ephemeral
  bool tls{true};
  std::string certificate_file, private_key_file;  // PEM
  std::string client_ca_file;                      // PEM roots of clients' certificates; empty: none is asked for
  std::chrono::milliseconds handshake_timeout{10'000};
  ConnectionLimits limits;
  std::shared_ptr<ConnectionTable> connections;  // asked how to go on when accepting fails; may be null
  std::shared_ptr<LogSink> log;                  // may be null
};

class Acceptor {
 public:
  virtual ~Acceptor() = default;
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;  // no more connections; those handed over live on
};

// Called for each connection before its handshake; gives the events object (null = refuse). on_open() follows when bytes may flow.
using OnAccept = std::function<ConnectionEvents*(const std::shared_ptr<ByteConnection>& connection)>;

// Errors: config (address, certificate, key), connect (port in use).
Result<std::unique_ptr<Acceptor>> listen(const boost::asio::any_io_executor& executor, const ListenOptions& options, OnAccept on_accept);

}  // namespace marginfix::transport

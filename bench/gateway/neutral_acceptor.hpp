// The exchange of the benchmark, as the peer harness's neutral acceptor: FIXT.1.1 over TLS, a blocking thread a connection, no signature
// looked at, one ExecutionReport(8) of about 300 bytes (150=0) an order, all replies to one read in one write. TestRequest(1) and Logout(5)
// are answered.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "bench/gateway/tls.hpp"

namespace marginfix::bench {

class NeutralAcceptor {
 public:
  NeutralAcceptor(const std::string& certificate_file, const std::string& private_key_file);
  ~NeutralAcceptor();
  NeutralAcceptor(const NeutralAcceptor&) = delete;
  NeutralAcceptor& operator=(const NeutralAcceptor&) = delete;
  std::uint16_t port() const noexcept { return listener_.port(); }

 private:
  void accept_all();

  std::shared_ptr<SSL_CTX> context_;
  Listener listener_;
  std::thread thread_;
};

}  // namespace marginfix::bench

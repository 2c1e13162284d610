// An order management system as thin as can be: FIX over TLS on a blocking socket, one thread, a number, no store. It costs next to nothing
// itself, so that what is in between shows.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/gateway/tls.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::bench {

class PlainClient {
 public:
  PlainClient(SSL_CTX& context, std::uint16_t port, const std::string& begin_string, const std::string& sender, const std::string& target);
  ~PlainClient();
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;

  // One order after the other, the next one behind the answer; gives the times in microseconds, from before the order is made until
  // ClOrdID, OrdStatus, Price and LeavesQty of its New report have been read.
  std::vector<double> round_trips(int count);
  // All of them, a TLS record at a time, then their New reports.
  void burst(int count);

 private:
  void append_order(std::string& out);
  void send(const char* msg_type, const std::string& body);
  // Reads until `enough`; each ExecutionReport(8) that is New counts.
  void read_until(const std::function<bool()>& enough);
  void take(const fix::Frame& frame);

  TlsSocket socket_;
  fix::Composer composer_;
  fix::Framer framer_;
  std::string begin_string_, sender_, in_, body_;
  std::int64_t seq_{0}, orders_{0}, acknowledged_{0}, checked_{0};
  bool logged_on_{false}, logged_out_{false};
};

}  // namespace marginfix::bench

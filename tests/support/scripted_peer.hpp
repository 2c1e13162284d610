// The other side of a connection, played by a test word by word: accepts on an ephemeral loopback port, plain or TLS, keeps what comes,
// sends what the test says. FIX messages are written in pipe form; BodyLength(9) and CheckSum(10) are filled in.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sessions/transport/acceptor.hpp"
#include "sessions/transport/link.hpp"
#include "support/certificates.hpp"

namespace marginfix::test {

// "35=0|34=2|..." -> a whole message with 8, 9 and 10.
std::string fix_message(std::string_view pipe_text);
// SOH -> '|'.
std::string piped(std::string_view bytes);
// The first value of the field, "" when missing.
std::string field_of(std::string_view message, int tag);
// Cuts whole messages off the front of `stream` and appends them, in pipe form.
void take_messages(std::string& stream, std::vector<std::string>& out);
// "20261122-18:32:01.123" of the system clock, moved by so much.
std::string utc_now(std::chrono::milliseconds moved = std::chrono::milliseconds(0));

class ScriptedPeer {
 public:
  // TLS with these files, or plain. Port 0: ephemeral.
  explicit ScriptedPeer(boost::asio::io_context& io, const LeafFiles* tls = nullptr, std::uint16_t port = 0);
  ~ScriptedPeer();
  ScriptedPeer(const ScriptedPeer&) = delete;
  ScriptedPeer& operator=(const ScriptedPeer&) = delete;

  std::uint16_t port() const;
  std::size_t accepted() const;  // TCP connections so far
  std::size_t opened() const;    // of them, those whose handshake is done
  bool connected() const;        // the newest one is open
  transport::ByteConnection& connection();
  // Whole FIX messages of all connections so far, in pipe form.
  const std::vector<std::string>& messages() const;
  // Every byte of all connections so far (of a TLS peer: decrypted).
  const std::string& raw() const;
  // True when a message with this MsgType(35) has come (at least `count` of them); the latest such.
  bool saw(std::string_view msg_type, std::size_t count = 1) const;
  std::string latest(std::string_view msg_type) const;
  void send(std::string_view pipe_text);    // fix_message() of it
  void send_bytes(std::string_view bytes);  // as they are
  void reset();                             // TCP reset of the newest connection
  void close_listener();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::test

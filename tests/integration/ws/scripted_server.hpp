// An exchange that a test plays byte by byte: TLS and the upgrade are real (Boost.Beast), what follows is what the test writes, so that
// frames can come in fragments, out of order or wrong. One client at a time; every call blocks on the test's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/certificates.hpp"

namespace marginfix::ws::test {

// RFC 6455, 5.2: a frame of a server, which is not masked.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, close = 8, ping = 9, pong = 10 };
std::string frame_bytes(Opcode opcode, bool last, std::string_view payload);

class ScriptedServer {
 public:
  explicit ScriptedServer(const marginfix::test::LeafFiles& leaf);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const;
  void accept();          // the next client, through TLS and the upgrade
  std::string command();  // the next command of the client
  void bytes(std::string_view raw);
  void text(std::string_view payload) { bytes(frame_bytes(Opcode::text, true, payload)); }
  void cut();
  // Reads until the client has closed its side; what it said as its close code, 0 for none. The code is there too when the client was gone
  // before our answer to it, and reading ends with that write's error instead of error::closed.
  std::uint16_t closed_with();
  // A piece of a text message as Beast writes it: compressed where that was agreed upon.
  void piece(std::string_view payload, bool last);
  void ping();

  std::vector<std::string> pongs;  // bodies, as they came while command() or closed_with() read

 private:
  struct Sockets;
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace marginfix::ws::test

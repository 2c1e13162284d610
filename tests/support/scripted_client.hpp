// A client played by a test word by word: connects to a loopback port, keeps what comes, sends what the test says.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sessions/transport/dialer.hpp"
#include "support/certificates.hpp"
#include "support/scripted_peer.hpp"

namespace marginfix::test {

class ScriptedClient final : public transport::ConnectionEvents {
 public:
  // With a CA file: TLS; `shown` is the certificate for a server that asks for one.
  ScriptedClient(boost::asio::io_context& io, std::uint16_t port, const std::string& ca_file = {}, const LeafFiles& shown = {}) {
    transport::DialTarget target;
    target.host = "127.0.0.1";
    target.port = port;
    target.tls.enabled = !ca_file.empty();
    target.tls.ca_file = ca_file;
    target.tls.certificate_file = shown.certificate;
    target.tls.private_key_file = shown.private_key;
    dialer_ = transport::make_dialer(io.get_executor(), target);
    connection = dialer_->dial(*this);
  }
  ~ScriptedClient() override { connection->detach(); }
  ScriptedClient(const ScriptedClient&) = delete;
  ScriptedClient& operator=(const ScriptedClient&) = delete;

  void on_open() override { opened = true; }
  void on_received(const char* data, std::size_t size) override {
    ++reads;
    stream_.append(data, size);
    take_messages(stream_, messages);
  }
  void on_closed(transport::CloseReason reason, const std::string& text) override {
    closed = true;
    close_reason = reason;
    close_text = text;
  }

  void send(std::string_view pipe_text) { send_bytes(fix_message(pipe_text)); }
  void send_bytes(std::string_view bytes) { connection->send(bytes.data(), bytes.size()); }
  // A Logon(A) with MsgSeqNum(34) `seq` and ResetSeqNumFlag(141)=Y, or without when `reset` is false.
  void log_on(const std::string& key, const std::string& target, int seq = 1, bool reset = true, int heart_bt_int = 30) {
    send("35=A|34=" + std::to_string(seq) + "|49=" + key + "|52=" + utc_now() + "|56=" + target +
         "|95=3|96=abc|98=0|108=" + std::to_string(heart_bt_int) + "|" + (reset ? "141=Y|" : "") + "1137=9|");
  }
  // Header of an application or session message up to 56.
  static std::string header(const std::string& type, int seq, const std::string& key, const std::string& target) {
    return "35=" + type + "|34=" + std::to_string(seq) + "|49=" + key + "|52=" + utc_now() + "|56=" + target + "|";
  }

  std::shared_ptr<transport::ByteConnection> connection;
  std::vector<std::string> messages;  // pipe form
  bool opened{false}, closed{false};
  transport::CloseReason close_reason{transport::CloseReason::none};
  std::string close_text;
  std::size_t reads{0};  // on_received calls

 private:
  std::unique_ptr<transport::Dialer> dialer_;
  std::string stream_;
};

}  // namespace marginfix::test

// A small blocking FIX client for tests of the simulator: OpenSSL and sockets only, none of our session code, so that what it
// sees is what a stranger's client sees. Texts in pipe form. Throws std::runtime_error when something expected does not come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/endpoints.hpp"
#include "sim/simulator.hpp"

namespace marginfix::sim::test {

// What its folder tells strangers of a simulator that runs.
marginfix::Endpoints endpoints_of(const Simulator& simulator);

// One received message.
class Message {
 public:
  Message() = default;
  explicit Message(std::string wire);
  const std::string& pipes() const noexcept { return pipes_; }
  const std::string& type() const noexcept { return get(35); }
  const std::string& get(int tag) const noexcept;  // first value, "" when absent
  bool has(int tag) const noexcept { return !get(tag).empty(); }
  std::vector<std::string> all(int tag) const;  // every value, in order (groups)
  std::int64_t seq() const;

 private:
  std::string pipes_;
  std::vector<std::pair<int, std::string>> fields_;
};

struct LogonTweaks {
  std::string extra{};  // more fields, "21011=Y|8013=Y|"
  int heart_bt_int{30};
  std::string default_appl_ver_id{"9"};
  std::string encrypt_method{"0"};
  std::optional<bool> reset{};          // 141; absent: Y except on KalshiRT
  std::chrono::seconds clock_error{0};  // added to SendingTime
  bool spoil_signature{false};
  int length_error{0};           // added to RawDataLength(95)
  std::string header_extra{};    // between 56 and the body: "50=ME|"
  std::string target_comp_id{};  // "" = the session's
  std::string sender_comp_id{};  // "" = the key id
};

class Client {
 public:
  // Connects (TCP, then TLS against the simulator's CA with the name checked); no Logon yet. `key_name` as in endpoints.json.
  Client(const marginfix::Endpoints& endpoints, const std::string& session, const std::string& key_name);
  Client(const Simulator& simulator, const std::string& session, const std::string& key_name)
      : Client(endpoints_of(simulator), session, key_name) {}
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send_logon(const LogonTweaks& tweaks = {});
  // Logon, answer awaited.
  Message logon(const LogonTweaks& tweaks = {});
  // Numbers, frames and sends; "11=a|38=1|..." without header.
  void send(const std::string& type, const std::string& body, const std::string& header_extra = "");
  // Numbers without sending: a gap for the exchange.
  void skip_outgoing(int count) { next_out_ += count; }
  void set_next_out(std::int64_t seq) { next_out_ = seq; }
  std::int64_t next_out() const noexcept { return next_out_; }
  void send_bytes(const std::string& bytes);

  // The next message; TestRequests are answered and Heartbeats left out.
  Message next(std::chrono::milliseconds limit = std::chrono::seconds(15));
  // The next message, which must have this type.
  Message expect(const std::string& type);
  // Report with this ExecType(150).
  Message expect_report(char exec_type);
  // The next message of this type; what comes before it is passed over, TestRequests are not answered.
  Message next_of_type(const std::string& type);
  // Reads everything that comes before the answer to a TestRequest sent now.
  void drain();
  // Every message so far, as it came.
  const std::vector<std::string>& received() const noexcept { return received_; }
  // True when nothing comes before the answer to a TestRequest sent now.
  bool quiet();
  // True when the exchange closes the connection without another message.
  bool closed(std::chrono::milliseconds limit = std::chrono::seconds(15));
  // The exchange closes, whatever it still sends.
  void expect_end();
  void close();  // FIN
  void reset();  // RST
  std::int64_t last_seen() const noexcept { return last_in_; }

 private:
  bool read_more(std::chrono::milliseconds limit);  // false: end of stream
  bool take(Message& out);
  struct Tls;
  std::string key_id_, session_, private_key_file_;
  std::unique_ptr<Tls> tls_;
  std::string stream_;
  std::vector<std::string> received_;
  std::int64_t next_out_{1}, last_in_{0};
};

// One request over plain HTTP, `headers` as lines ("Origin: x\r\n"); gives status and body.
std::pair<int, std::string> http(const std::string& url, const std::string& method, const std::string& path, const std::string& body = "",
                                 const std::string& headers = "");
// GET or POST against the control port, with its token.
std::pair<int, std::string> control(const marginfix::Endpoints& endpoints, const std::string& method, const std::string& path,
                                    const std::string& body = "");
std::pair<int, std::string> control(const Simulator& simulator, const std::string& method, const std::string& path,
                                    const std::string& body = "");

}  // namespace marginfix::sim::test

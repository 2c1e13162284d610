// The exchange as a test of your own program wants it: a MarginFixClient with a FakeExchange opens no socket, needs no key and no
// simulator. The test says when a session logs on, what comes in and when the connection is lost, and sees what the program sent. The
// client, its sessions, decoding, encoding, rate limit and handlers are the real ones.
//
//   auto exchange = std::make_shared<FakeExchange>();
//   MarginFixClientOptions options;
//   options.fake = exchange;
//   MarginFixClient client(FakeExchange::config(), options);
//   ... set handlers ...
//   client.start().value();
//   exchange->session("KalshiNR").log_on();
//   client.order_entry().new_order(...);
//   exchange->session("KalshiNR").wait_sent(1);                             // {seq 2, "D", "11=...|38=1.00|...|"}
//   exchange->session("KalshiNR").deliver("8", "6=0|11=...|14=0|17=1;1|...");
//
// Threads: every method from any thread; what it does to a session happens on the client's I/O thread, later when called from another one.
// With an executor of yours: when you run it. One FakeExchange serves one client and outlives its sessions (the client holds it).
// Nothing of it is for production.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/sessions/session_state.hpp"

namespace marginfix {

namespace sessions {
struct FakeAccess;
}

class FakeExchange {
 public:
  // An application message that the program has sent. Texts in pipe form: '|' for SOH.
  struct Sent {
    std::int64_t seq{0};
    std::string msg_type, body, sender_sub_id;
  };

  class Session {
   public:
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void log_on();
    // The connection ends; the session waits for log_on(), or has ended for good when the reason is a final one.
    void lose(EndReason reason = EndReason::connection_lost, const std::string& text = "the line went dead");
    // An application or session message from the exchange: the fields behind the standard header, in pipe form. Numbered in sequence.
    void deliver(const std::string& msg_type, const std::string& fields, bool poss_dup = false);
    // These numbers of the exchange's will not come (SessionHandlers::on_gap).
    void miss(std::int64_t first, std::int64_t last);
    // From now on the exchange does not read: what is sent waits, cancels too when `cancels`. unblock() makes room again.
    void block(bool cancels = false);
    void unblock();
    void fail_sends(bool fail);  // the store fails each message

    // Everything sent so far.
    std::vector<Sent> sent() const;
    // Waits until so many have been sent; false when they have not within `limit`. With an executor of yours that nobody runs: do not wait.
    bool wait_sent(std::size_t count, std::chrono::milliseconds limit = std::chrono::seconds(5)) const;
    int starts() const;  // times the session began to connect
    int resets() const;  // calls of reset_sequence_once()

   private:
    friend struct sessions::FakeAccess;
    Session();
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  FakeExchange();
  ~FakeExchange();
  FakeExchange(const FakeExchange&) = delete;
  FakeExchange& operator=(const FakeExchange&) = delete;

  // All sessions of one account: KalshiNR, KalshiRT, KalshiNR-listener, KalshiDC, KalshiMD, with keys made up and no rate limit.
  static MarginFixConfig config();

  // The session of that name. Throws Exception(config) when no client with such a session was started.
  Session& session(std::string_view name);

 private:
  friend struct sessions::FakeAccess;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Session>, std::less<>> sessions_;
};

}  // namespace marginfix

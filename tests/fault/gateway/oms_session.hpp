// The session of one OMS with the gateway, as a FIX engine keeps one: its numbers and what it sent outlive connections, gaps are asked for,
// resends are answered. Plain TCP on loopback, nothing of this library's session code. Never blocks: wait_for_traffic() drives any number
// of them on the test's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "fault/gateway/oms_dictionaries.hpp"
#include "integration/gateway/message.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway::fault {

using script::Fields;
using MonotonicTime = std::chrono::steady_clock::time_point;

inline constexpr const char* kGatewayCompId = "MARGINFIX";

// An application message, in its turn.
struct Received {
  std::string type;
  Fields fields;
  bool poss_dup{false}, poss_resend{false};
  std::string get(int tag) const { return script::value_of(fields, tag); }
};

struct OmsIdentity {
  FixVersion version{FixVersion::fix44};
  std::string comp_id;
  std::chrono::seconds heartbeat{30};
};

class OmsSession {
 public:
  using OnMessage = std::function<void(const Received&)>;
  OmsSession(OmsIdentity identity, OnMessage on_message);
  ~OmsSession();
  OmsSession(const OmsSession&) = delete;
  OmsSession& operator=(const OmsSession&) = delete;

  // ---- connections ----------------------------------------------------------------------------------------------------------------
  // Connects and sends a Logon(A), with 141=Y if `reset` (and from then on until one is answered). False: nobody listens.
  bool connect(std::uint16_t port, bool reset = false);
  void log_out();                                                        // Logout(5), then waits for the gateway's
  void hang_up();                                                        // FIN, whatever is under way
  void tear();                                                           // RST
  void send_half_and_tear(const std::string& type, const Fields& body);  // numbered and kept; half of it leaves
  bool connected() const noexcept { return fd_ >= 0; }
  bool logged_on() const noexcept { return logged_on_; }
  // And everything that it missed has come.
  bool caught_up() const noexcept { return logged_on_ && asked_up_to_ < next_in_ && early_.empty(); }
  void read_nothing(bool so) noexcept { reads_nothing_ = so; }
  // How the gateway's ResendRequests are answered: orders again with 43=Y and 122, or a gap fill over them.
  void resend_orders(bool so) noexcept { resends_orders_ = so; }

  // ---- messages -------------------------------------------------------------------------------------------------------------------
  // Numbered, kept, and sent if somebody is there. `body`: behind the standard header.
  void send(const std::string& type, const Fields& body, bool poss_resend = false);
  void send_test_request(const std::string& id);
  // The TestRequest with this id has been answered: everything before it, too.
  bool answered(const std::string& test_request) const { return answered_ == test_request; }

  // ---- the loop -------------------------------------------------------------------------------------------------------------------
  int fd() const noexcept { return fd_; }
  bool wants_to_read() const noexcept { return fd_ >= 0 && !reads_nothing_; }
  bool wants_to_write() const noexcept { return fd_ >= 0 && !unsent_.empty(); }
  void on_readable();
  void on_writable();
  void on_time(MonotonicTime now);

  const OmsIdentity& identity() const noexcept { return identity_; }
  std::uint64_t logons() const noexcept { return logons_; }
  std::uint64_t resends() const noexcept { return resends_; }  // messages that came with 43=Y and were new
  const std::string& last_logout() const noexcept { return last_logout_; }
  // What no client should have to see, in words.
  const std::vector<std::string>& faults() const noexcept { return faults_; }

 private:
  struct Kept {
    std::string type;
    Fields body;
    std::string sending_time;
    bool poss_resend{false};
  };
  void fault(const std::string& what);
  void lost();
  void put(const std::string& bytes);
  std::string compose(const std::string& type, std::int64_t seq, const Fields& more, const Fields& body) const;
  void send_admin(const std::string& type, const Fields& body);
  void take(const std::string& wire);
  void take_in_turn(const Received& message, std::int64_t seq);
  void take_early(const Received& message, std::int64_t seq);
  void take_logon(const Received& message, std::int64_t seq);
  bool take_out_of_turn(const Received& message, std::int64_t seq);
  void act_on(const Received& message);
  void ask_again_from_here();
  void drain_early();
  void answer_resend(std::int64_t begin, std::int64_t end);
  void fill(std::int64_t from, std::int64_t to);

  static const OmsDictionaries& dictionaries();

  OmsIdentity identity_;
  OnMessage on_message_;
  int fd_{-1};
  bool resetting_{false};  // 141=Y until a Logon(A) has answered it
  bool logged_on_{false}, reads_nothing_{false}, resends_orders_{true}, logging_out_{false}, tested_{false};
  std::string stream_, unsent_, answered_, last_logout_;
  std::int64_t next_out_{1}, next_in_{1};
  std::int64_t asked_up_to_{0};  // numbers up to here have been asked for again
  std::map<std::int64_t, Kept> sent_;
  std::map<std::int64_t, Received> early_;  // above a gap
  MonotonicTime said_{}, heard_{}, progress_{};
  std::uint64_t logons_{0}, resends_{0};
  std::vector<std::string> faults_;
};

// Waits for bytes, or so long, and lets each session deal with what came and with the time.
void wait_for_traffic(std::span<OmsSession* const> sessions, std::chrono::milliseconds limit);

}  // namespace marginfix::gateway::fault

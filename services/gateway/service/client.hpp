// One client of the gateway: its session with the acceptor, what it has been told and may not have had, what of it waits for the exchange.
// On the gateway's thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/token_bucket.hpp"
#include "marginfix/sessions/acceptor.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/oms/client_line.hpp"

namespace marginfix::gateway {

// A message that the client has been sent, or is to be sent, and may not have had. 97=Y if it must be sent again.
struct Unconfirmed {
  std::int64_t seq{0};  // 0: not in the session's store
  std::string msg_type, body;
  bool kept{true};
  bool live{false};                  // it was sent while the client was there
  std::chrono::nanoseconds sent{0};  // monotonic
};

// A request that waits for the exchange (OutagePolicy::queue), or a question that waits for one of them.
struct QueuedRequest {
  std::uint64_t id{0};
  std::string raw{};
  std::chrono::nanoseconds arrived{0};
  std::string msg_type{}, cl_ord_id{};  // of one that came to this process
  bool is_question() const noexcept { return msg_type == "H" || msg_type == "AF"; }
};

class Client final : public ClientLine {
 public:
  explicit Client(const ClientConfig& config);

  // ---- ClientLine ----
  const std::string& comp_id() const override { return config.comp_id; }
  FixVersion version() const override { return config.version; }
  bool logged_on() const override { return session != nullptr && session->logged_on(); }
  std::size_t queued() const override { return session == nullptr ? 0 : session->queued(); }
  bool send(const std::string& msg_type, std::string_view body) override;
  std::string exchange_symbol(std::string_view client_symbol) const override;
  std::string client_symbol(std::string_view exchange_symbol) const override;

  // ---- what is certain ----
  // From here on the client has had what was sent until now, were it still there later: drops what is older than `age` of a session that
  // has lasted that long. Gives the highest number dropped; 0: none.
  std::int64_t confirm(std::chrono::nanoseconds now, std::chrono::nanoseconds age);

  // The client asks for what it is due from this number on: it has had everything before. Gives the highest number dropped; 0: none.
  std::int64_t had_before(std::int64_t seq);

  // ---- what waits ----
  // Whether a D, G or F with this ClOrdID(11) waits; whether any D does. Then H and AF have no answer yet.
  bool waits(std::string_view cl_ord_id) const;
  bool orders_wait() const;
  // Requests, or questions about them, that wait.
  std::size_t waiting_count(bool questions) const;
  // Takes out the questions that nothing waits for any more, oldest first.
  std::deque<QueuedRequest> take_settled_questions();

  // ---- how old a message is ----
  // Of one that is sent again (43=Y): SendingTime(52) less OrigSendingTime(122). Where our thread stood still (`stalled`) also how late 52
  // is against the messages before, so that no clock need be right.
  std::chrono::milliseconds age_of(std::optional<Timestamp> sending_time, std::optional<Timestamp> orig_sending_time, bool poss_dup,
                                   bool stalled, Timestamp now);

  ClientConfig config;  // the limits in it change with a reload
  std::string name;
  std::string door;
  AcceptorSession* session{nullptr};
  std::deque<Unconfirmed> unconfirmed;
  std::deque<QueuedRequest> waiting;
  std::optional<TokenBucket> rate;  // MaxMessagesPerSecond
  std::chrono::nanoseconds logged_on_at{0};
  std::chrono::seconds heartbeat{30};
  std::chrono::nanoseconds next_try{0};  // to send what could not be sent
  bool owes_cancels{false};              // CancelOnDisconnect: its orders are canceled until none is open, or it is back
  std::string address;
  std::uint64_t messages_in{0}, messages_out{0}, orders{0}, refused{0}, possible_resends{0};
  Timestamp last_message{};

 private:
  std::optional<std::chrono::microseconds> usual_;  // time of arrival less 52, of the latest message that came in time
};

}  // namespace marginfix::gateway

// What a running gateway says of itself, for the page, the metrics and the sub-commands: plain values, copied on the gateway's thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::gateway {

// One OMS session.
struct ClientStatus {
  std::string comp_id;       // the client's own SenderCompID(49)
  std::string begin_string;  // 8
  std::string account;       // the key its orders go out on
  bool logged_on{false};
  std::string address;  // of the connection; "" while it is away
  std::int64_t next_sender_seq{0}, next_target_seq{0};
  std::uint64_t queued_bytes{0};      // what it has not read yet
  std::uint64_t open_orders{0};       // its orders that work, or may work, at the exchange
  std::uint64_t messages_in{0};       // application messages since the gateway began
  std::uint64_t messages_out{0};      //
  std::uint64_t orders{0};            // NewOrderSingle(D) taken
  std::uint64_t refused{0};           // of D, G and F: refused by the gateway itself
  std::uint64_t possible_resends{0};  // 43=Y or 97=Y that were known already
  std::uint64_t owed{0};              // reports that it has not been sent on a live session
  Timestamp last_message{};           // 0: none yet
  // Its limits as they hold now; "" = none.
  std::string max_order_qty, max_notional, price_collar, max_open_orders, max_position, max_messages_per_second;
};

// One key of the exchange.
struct KeyStatus {
  std::string account;               // its name in the configuration
  std::string session;               // "KalshiRT", "KalshiNR": where orders go now; "" while nowhere
  std::string state;                 // SessionState of it in words
  std::string why;                   // what happened, while it is not active
  bool market_data{false};           // KalshiMD is logged on
  std::uint64_t open_orders{0};      // of all clients
  std::uint64_t outcome_unknown{0};  // orders and requests that nobody could say anything of yet
  std::uint64_t waiting{0};          // messages that wait for tokens
  std::int64_t write_tokens{0};      // left in the default write bucket
};

// Buckets of a latency histogram, upper bounds in microseconds; the last one has no bound.
inline constexpr std::array<std::int64_t, 14> kLatencyBounds{10,    20,    50,     100,    200,     500,     1'000,
                                                             2'000, 5'000, 10'000, 50'000, 100'000, 500'000, 1'000'000};

struct LatencyHistogram {
  std::array<std::uint64_t, kLatencyBounds.size() + 1> counts{};  // of each bucket, not cumulative
  std::int64_t sum_us{0};
  std::uint64_t count{0};
  void add(std::int64_t microseconds) noexcept {
    std::size_t i = 0;
    while (i < kLatencyBounds.size() && microseconds > kLatencyBounds[i]) ++i;
    ++counts[i];
    sum_us += microseconds;
    ++count;
  }
};

struct KillStatus {
  bool killed{false};
  Timestamp since{};
  std::string by;         // "signal", "file", "http", "command"
  std::string reason;     // as given; may be ""
  bool arm_asked{false};  // the first of the two steps to arm it again has been taken
};

struct GatewayStatus {
  Timestamp now{}, started{};
  bool open{false};       // clients are let in: the recovery is done
  std::string waits_for;  // what it waits for while it is not
  KillStatus kill;
  std::vector<ClientStatus> clients;
  std::vector<KeyStatus> keys;
  LatencyHistogram oms_to_exchange;  // a client's request read until its message to the exchange has left
  LatencyHistogram exchange;         // that until the exchange's first answer
  LatencyHistogram exchange_to_oms;  // a report read until the client's has been sent
  std::uint64_t logons_refused{0}, unreadable{0}, unknown_reports{0};
  std::uint64_t journal_bytes{0}, journal_files{0};
};

// One order of a client, as the gateway knows it.
struct OrderRow {
  std::string client, account;     // SenderCompID(49), key
  std::string cl_ord_id;           // 11, the client's, at present
  std::string exchange_cl_ord_id;  // 11 on the exchange's side, at present
  std::string order_id;            // 37; "" until the exchange has said it
  std::string symbol;              // 55, the client's
  std::string side;                // "Buy", "Sell"
  FixedPointCount order_qty, cum_qty, leaves_qty;
  DollarDecimal price;
  std::string ord_status;  // OrdStatus(39) in words: "New", "PartiallyFilled", ...
  std::string text;        // of the latest report that had one
  Timestamp entered{}, changed{};
  bool open{false};
};

// How others ask. Every function may be called from any thread but the gateway's own, and waits for it.
class GatewayView {
 public:
  virtual ~GatewayView() = default;
  virtual GatewayStatus status() = 0;
  // `client` "": all. Open orders first, then those that ended, newest first; at most `most`.
  virtual std::vector<OrderRow> orders(const std::string& client, bool open_only, std::size_t most) = 0;
  // Blocks new orders and amends, and cancels everything. Gives what was done, in words.
  virtual Result<std::string> kill(const std::string& by, const std::string& reason) = 0;
  // Called twice within a minute: asks, then arms. Gives which of the two it was, in words.
  virtual Result<std::string> arm(const std::string& by) = 0;
  // Reads the limits of the configuration anew.
  virtual Result<std::string> reload() = 0;
};

}  // namespace marginfix::gateway

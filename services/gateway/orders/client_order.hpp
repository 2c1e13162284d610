// One order of a client as the gateway keeps it: the client's names and terms on one side, ours on the exchange's. What the exchange says
// of it is OrderTracker's. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"

namespace marginfix::gateway {

// TimeInForce(59) and ExpireTime(126) as the exchange takes them.
struct Expiry {
  TimeInForce time_in_force{TimeInForce::Day};
  std::optional<Timestamp> expire_time;
  friend bool operator==(const Expiry&, const Expiry&) = default;
};

// An amend or cancel of the order.
struct OrderRequest {
  enum class Kind : std::uint8_t { replace, cancel };
  enum class Cause : std::uint8_t {
    client,
    mass_cancel,
    kill,
    disconnect,
    unwanted
  };  // who asked; only the client is told of what is refused
  Kind kind{Kind::cancel};
  Cause cause{Cause::client};
  std::string cl_ord_id;         // the client's; of others' causes ""
  std::string operator_id;       // 50, where it is passed on
  std::string orig_exchange_id;  // 41 on the exchange's side
  std::string exchange_id;       // ClOrdID(11) on the exchange's side: a UUID
  FixedPointCount order_qty;
  DollarDecimal price;
  Expiry expiry;
  bool answered{false};
  bool refused{false};
  bool told_pending{false};
  friend bool operator==(const OrderRequest&, const OrderRequest&) = default;
};

std::string_view to_string(OrderRequest::Cause cause) noexcept;  // what the client reads in Text(58)

class OpenOrders;

// Sums of what anybody may write into an order, in units of FixedPointCount: 128 bits hold them all.
__extension__ using WideUnits = __int128;

// Where an open order is counted (OpenSums), and with how much; no part of what the order is. Here, because it is wanted with the order.
struct OpenPlace {
  WideUnits units{0};
  OpenOrders *client{nullptr}, *account{nullptr};  // null: it is not counted
  WideUnits *of_client{nullptr}, *of_account{nullptr};
  friend bool operator==(const OpenPlace&, const OpenPlace&) { return true; }
};

struct ClientOrder {
  std::uint64_t number{0};  // ours, ascending, for good
  std::string client;       // ClientConfig::name()
  std::string account;      // the key it went out on
  std::string symbol;       // the exchange's
  std::string client_symbol;
  Side side{};
  FixedPointCount order_qty;  // 38 as the client has it: the total asked for, as last confirmed
  DollarDecimal price;
  Expiry expiry;
  std::string client_account;       // 1, given back
  std::string secondary_cl_ord_id;  // 526: the order group
  std::string operator_id;          // 50 of the D, where it is passed on (FCM)
  std::optional<ExecInst> exec_inst;
  std::optional<std::int32_t> subaccount;
  std::string customer_account;  // party with role 24 (FCM)
  std::optional<SelfTradePreventionType> self_trade_prevention_type;
  std::optional<bool> cancel_order_on_pause;
  std::string exchange_id;      // of the D
  std::string cl_ord_id;        // the client's at present: changes when a replace is confirmed, and with the cancel that ended it
  std::string first_cl_ord_id;  // of the D
  std::string order_id;         // 37
  std::vector<OrderRequest> requests;

  // What the client has been told.
  bool told_pending{false}, told_new{false}, told_end{false};
  OrdStatus end_status{};    // once told_end
  FixedPointCount told_qty;  // sum of the trades told
  DollarDecimal told_value;  // sum of price x quantity of them
  std::string text;          // of the latest word that had one
  Timestamp entered{}, changed{};

  OpenPlace counted;

  bool open() const noexcept { return !told_end; }
  friend bool operator==(const ClientOrder&, const ClientOrder&) = default;
};

}  // namespace marginfix::gateway

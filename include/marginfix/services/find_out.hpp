// What became of an order whose outcome is unknown (OrderEntryHandlers::on_outcome_unknown, 58=EXCHANGE_UNAVAILABLE, a REST write with
// Error::may_have_been_sent). Asks in this order, as far as the sources are given, and stops at the first that is certain:
//   1. the reports that have come: a final one is the answer
//   2. drop copy, where the account may use it (most may not: EventResendRejectReason(21004)=5, NOT_ENABLED), then the reports again
//   3. REST: the order lists by client_order_id, and the fills
// Only reads; nothing is ever sent again. Blocks, for `patience` at most (plus the reads under way): not from a handler. Thread-safe as
// its sources are. Source: changes-2026-11.md D3, D5; rest-perps.md "Orders".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/sessions/drop_copy_session.hpp"

namespace marginfix {

enum class OrderFate : std::uint8_t {
  never_existed,  // refused, or never taken: nothing works and nothing was filled
  rests,          // works at the exchange, perhaps partly filled
  filled,         // completely
  canceled,       // ended with a part, or all, of it not filled: canceled or expired
  unknown         // nobody could say yet: `text` has the reason
};
std::string_view to_string(OrderFate fate) noexcept;

struct OrderQuestion {
  std::string cl_ord_id{};  // ClOrdID(11) of the order as it was placed, client_order_id of a REST order
  // Ids the order may answer to by now: those of its amends, answered or not.
  std::vector<std::string> other_ids{};
  std::string symbol{};                      // its market: fewer orders are read; empty = any
  std::optional<std::int32_t> subaccount{};  // absent = any that the key sees
  // When the order (or the latest amend or cancel of it) was sent, by this machine's clock. Absent: every order of the account is read, and
  // the time at which find_out() was called stands for it.
  std::optional<Timestamp> sent_at{};
};

struct FindOutSources {
  // What your own record has of the order with this ClOrdID(11), or nothing. Called on the calling thread.
  std::function<std::optional<OrderState>(std::string_view cl_ord_id)> reports{};
  // A drop-copy session that is logged on, and the ExecID(17) to begin at; its reports reach your record through its own handlers.
  DropCopySession* drop_copy{nullptr};
  std::string drop_copy_from{};
  // A client with a key of the same account.
  PerpsClient* rest{nullptr};
};

struct FindOutOptions {
  std::chrono::milliseconds patience{15'000};  // until "unknown" is the answer
  // REST reads come from a copy that lags, and a request may still be under way: an order that is in no list has never existed only when
  // it is still in none so long after it was sent.
  std::chrono::milliseconds settle{5'000};
  std::chrono::milliseconds pause{500};  // between two rounds of reads
};

struct FoundOrder {
  OrderFate fate{OrderFate::unknown};
  std::string source{};     // "reports", "drop copy", "REST"
  std::string order_id{};   // 37; empty when the order has never existed
  std::string cl_ord_id{};  // the id it answers to now: another than asked for when an amend was taken
  FixedPointCount filled{}, remaining{};
  DollarDecimal price{};                  // its limit now
  std::vector<rest::MarginFill> fills{};  // REST only; may lag behind `filled`
  std::string text{};                     // in words, with what was tried and why it did not help
};

FoundOrder find_out(const FindOutSources& sources, const OrderQuestion& question, const FindOutOptions& options = {});

}  // namespace marginfix

// Orders, fills, groups, the drop-copy history of an account.
// The archive: closed orders are kept for 30 days of the trading clock, at most 500,000 over all accounts (the one that closed first goes
// first); fills, 200,000 an account. `before` 0 = from the newest. Pages stay right while new orders and fills come.
#pragma once

#include <functional>

#include "sim/exchange/values/events.hpp"
#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {
struct State;
struct Order;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

OrderView order(const State& state, const Order& order);
std::optional<OrderView> find_order(const State& state, AccountId account,
                                    std::string_view cl_ord_id);  // open first, else the latest closed
std::optional<OrderView> find_order_id(const State& state, AccountId account, std::string_view order_id);
std::vector<OrderView> open_orders(const State& state, AccountId account);  // by OrderNo
OrderPage list_orders(const State& state, AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit);
FillPage list_fills(const State& state, AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit);
std::vector<GroupView> list_groups(const State& state, AccountId account, std::optional<int> subaccount);  // by creation
std::optional<GroupView> find_group(const State& state, AccountId account, std::string_view group_id);
std::vector<OrderView> group_orders(const State& state, AccountId account, std::string_view group_id);  // open ones, by OrderNo

// Drop copy: numbered reports of the account with begin <= ExecID <= end (absent = the latest), in order, at most 3 hours old on
// the trading clock. The visitor may return false to stop. Nothing is visited unless Complete. A begin that was never given out
// counts as the next one that was; a begin of {-1,-1} means the earliest kept.
HistoryStatus history(const State& state, AccountId account, ExecId begin, std::optional<ExecId> end,
                      const std::function<bool(const ExecutionEvent&)>& visit);
std::optional<ExecId> last_exec_id(const State& state, AccountId account);
EventNo last_event(const State& state) noexcept;

}  // namespace marginfix::sim::views

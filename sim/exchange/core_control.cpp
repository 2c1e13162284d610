// Expiry, pauses, market status, the house switch.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

// Orders of one moment go by number, so that a replay, which may link them in another order, does the same.
void Core::expire(Timestamp at) {
  std::vector<OrderNo> due;
  for (OrderIx ix = expiries_.find(at)->second.head; ix != kNil; ix = orders_[ix].expiry_link.next) due.push_back(orders_[ix].no);
  std::ranges::sort(due);
  Command command(*this, kSystem);
  for (const OrderNo no : due) cancel_order(orders_.find(no), {Reason::Expired, UpdateReason::ExpiryCancel, {}, {}, false});
}

void Core::cancel_paused(MarketNo only) {
  for (AccountId account = 0; account < accounts_.all.size(); ++account) {
    cancel_where(account, {Reason::ExchangePaused, UpdateReason::HaltCancel, {}, {}, false},
                 [only](const Order& o) { return o.cancel_on_pause && (only == kNoMarket || o.market == only); });
  }
}

void Core::set_paused(bool paused) {
  Command command(*this, kSystem);
  if (paused_ == paused) return;
  paused_ = paused;
  for (MarketNo i = 0; i < markets_.size(); ++i) status_event(i);
  if (paused) cancel_paused(kNoMarket);
}

void Core::halt(MarketNo market, bool halted) {
  Command command(*this, kSystem);
  if (markets_[market].halted == halted) return;
  markets_[market].halted = halted;
  status_event(market);
  if (halted) cancel_paused(market);
}

void Core::set_status(MarketNo market, MarketStatus status) {
  Command command(*this, kSystem);
  if (markets_[market].status == status) return;
  markets_[market].status = status;
  status_event(market);
  if (status != MarketStatus::Closed) return;
  for (AccountId account = 0; account < accounts_.all.size(); ++account) {
    cancel_where(account, {Reason::MarketAlreadyClosed, UpdateReason::CloseCancel, {}, {}, false},
                 [market](const Order& o) { return o.market == market; });
  }
}

void Core::status_event(MarketNo market) {
  touch(market);
  MarketStatusEvent e;
  e.market = market;
  e.symbol = symbol(market);
  e.status = markets_[market].status;
  e.halted = paused_ || markets_[market].stopped();
  emitter_.other(e, &Listener::on_market_status);
}

void Core::set_house(bool on) {
  Command command(*this, kSystem);
  house_.set_on(*this, on);
}

KeyNo Core::add_subtrader_key(AccountId member, const SubtraderKey& key) {
  clearing_.add_key(member, key);
  return accounts_.add_key(member, {key.key_id, KeyScope::Trading, std::nullopt, key.subtrader});
}

bool Core::remove_subtrader_key(AccountId member, std::string_view key_id) {
  return clearing_.remove_key(member, key_id) && accounts_.remove_key(member, key_id);
}

bool Core::transfer(AccountId account, int from, int to, Micros amount) {
  if (account >= accounts_.all.size() || amount <= 0 || from == to) return false;
  if (!accounts_.has_subaccount(account, from) || !accounts_.has_subaccount(account, to)) return false;
  if (free_funds(account, from) < amount) return false;
  accounts_.transfer(account, from, to, amount, clock_);
  risk_watch_.stir(clock_);
  return true;
}

}  // namespace marginfix::sim

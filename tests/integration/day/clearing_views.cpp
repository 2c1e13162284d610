// What Klear says of its member. See views.hpp. Clearing rounds sums, towards zero to the centicent, never what they consist of.
#include <gtest/gtest.h>

#include "integration/day/views.hpp"

namespace marginfix::day {
namespace {

constexpr Amount kCenticent = 100;  // micro-dollars
std::int64_t centicents(Amount amount) { return amount / kCenticent; }

struct Settled {
  std::int64_t pnl{0}, fees{0};
};

// The rows of one obligation add up to it.
void check_rows(const klear::ObligationEntry& o) {
  std::int64_t pnl = 0, fees = 0, total = 0, margin = 0, delta = 0, received = 0;
  for (const auto& d : o.settlement_details) {
    pnl += d.pnl_centicents.value;
    fees += d.total_fees_centicents.value;
    total += d.total_amount_centicents.value;
  }
  for (const auto& m : o.maintenance_margin_details) {
    margin += m.maintenance_margin_centicents.value;
    delta += m.maintenance_margin_delta_centicents.value;
  }
  for (const auto& r : o.receives) received += r.amount_centicents.value;
  EXPECT_EQ(pnl, o.pnl_centicents.value);
  EXPECT_EQ(fees, o.fees_centicents.value);
  EXPECT_EQ(total, pnl - fees);
  EXPECT_EQ(margin, o.maintenance_margin_centicents.value);
  EXPECT_EQ(o.amount_centicents.value, pnl - fees - delta);
  EXPECT_LE(received, std::max<std::int64_t>(0, -o.amount_centicents.value));
}

std::string customer_named(const std::string& subtrader_id, const std::string& user_id) {
  return subtrader_id == user_id ? "" : subtrader_id;
}

class Clearing {
 public:
  Clearing(KlearClient& klear, std::string user_id, const History& history, const Quiet& quiet)
      : klear_(klear), user_id_(std::move(user_id)), history_(history), quiet_(quiet) {}

  void check(Amount withdrawn) {
    done_ = klear_.margin().obligation_history_all({.limit = 100}).collect().value();
    std::vector<klear::ObligationEntry> all(done_.rbegin(), done_.rend());  // oldest first
    const auto active = klear_.margin().active_obligations().value().obligations;
    all.insert(all.end(), active.begin(), active.end());
    std::ranges::stable_sort(all, {}, &klear::ObligationEntry::execution_time);
    for (std::size_t i = 0; i < all.size(); ++i) {
      SCOPED_TRACE("obligation of " + to_rfc3339(all[i].execution_time));
      check_rows(all[i]);
      add(all[i]);
      const bool last_of_cycle = i + 1 == all.size() || all[i + 1].execution_time != all[i].execution_time;
      if (last_of_cycle) check_cycle(all[i].execution_time);
    }
    check_balance(withdrawn);
    check_estimate();
  }

 private:
  void add(const klear::ObligationEntry& o) {
    for (const auto& d : o.settlement_details) {
      Settled& s = settled_[{customer_named(d.subtrader_id, user_id_), d.market_ticker}];
      s.pnl += d.pnl_centicents.value;
      s.fees += d.total_fees_centicents.value;
    }
  }
  // Everything settled so far is what the books made of it until then, at that cycle's prices.
  void check_cycle(Timestamp cycle) {
    const auto prices =
        klear_.margin().settlement_prices({.asset_class = klear::AssetClass::Crypto, .settlement_time = cycle}).value().settlement_prices;
    for (const auto& [name, line] : keep_books(history_, cycle).lines) {
      const Amount at_price = worth(prices.at(name.second).dollars().value(), line.net);
      const Settled& s = settled_[name];
      EXPECT_EQ(s.pnl, centicents(line.flow + at_price) + centicents(line.funding)) << name.second << " of " << name.first;
      EXPECT_EQ(s.fees, centicents(line.fees)) << name.second << " of " << name.first;
    }
  }
  // The balance is the sum of its history, and an obligation moved what it is.
  void check_balance(Amount withdrawn) {
    const auto balance = klear_.margin().settlement_balance().value();
    std::int64_t available = 0, locked = 0, asked = 0;
    std::map<std::string, std::int64_t> moved;
    for (const auto& e : klear_.margin().settlement_balance_history_all({.limit = 500})) {
      available += e.value().balance_delta_centicents.value;
      locked += e->locked_balance_delta_centicents.value;
      if (e->reason == "withdrawal_requested") asked -= e->balance_delta_centicents.value;
      if (e->reason == "settlement") moved[e->business_transaction_id.value()] += e->balance_delta_centicents.value;
    }
    EXPECT_EQ(asked, centicents(withdrawn)) << "withdrawals";
    EXPECT_EQ(available, balance.balance_available_centicents.value);
    EXPECT_EQ(locked, balance.locked_balance_centicents->value);
    for (const auto& o : done_) EXPECT_EQ(moved[o.id], o.amount_centicents.value) << "what obligation " << o.id << " moved";
  }
  // What the next settlement would bring now.
  void check_estimate() {
    std::map<std::string, std::int64_t> pnl;
    std::map<std::string, Contracts> net;
    std::int64_t fees = 0;
    for (const auto& [name, line] : keep_books(history_).lines) {
      const Settled& s = settled_[name];
      const Amount at_mark = worth(quiet_.markets.at(name.second).settlement_mark_price->price, line.net);
      pnl[name.second] += centicents(line.flow + at_mark) + centicents(line.funding) - s.pnl;
      net[name.second] += line.net;
      fees += centicents(line.fees) - s.fees;
    }
    const auto estimates = klear_.margin().settlement_estimate_by_asset_class().value().estimates;
    const auto crypto = estimates.find("Crypto");
    if (crypto == estimates.end()) {
      EXPECT_EQ(fees, 0) << "something is not settled, and there is no estimate of it";
      return;
    }
    const auto& user = crypto->second.user_breakdown.value();
    EXPECT_EQ(user.total_fees_centicents.value, fees);
    for (const auto& [ticker, amount] : pnl) {
      const auto it = user.positions.find(ticker);
      EXPECT_EQ(it == user.positions.end() ? 0 : it->second.variation_margin_centicents.value, amount) << "not settled yet in " << ticker;
      EXPECT_EQ(it == user.positions.end() ? 0 : it->second.quantity_centicount.value, net[ticker]) << ticker;
    }
  }

  KlearClient& klear_;
  std::string user_id_;
  const History& history_;
  const Quiet& quiet_;
  std::vector<klear::ObligationEntry> done_;
  std::map<LineName, Settled> settled_;
};

}  // namespace

void check_clearing(KlearClient& klear, const std::string& user_id, const History& history, Amount withdrawn, const Quiet& quiet) {
  SCOPED_TRACE("clearing");
  Clearing(klear, user_id, history, quiet).check(withdrawn);
}

}  // namespace marginfix::day

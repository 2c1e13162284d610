// What the seeded days leave behind in clearing: a new simulator's Klear door has something to show. Source: design.md decision 10; issue
// "at least two closed obligations, a settlement balance of at least 10,000 USD".
#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

TEST(SimClearingPast, LeavesClosedObligationsThatAddUpAndMoneyToPayFrom) {
  ExchangeOptions options;
  options.house = false;
  options.accounts = {{"alice", {{"a-key", KeyScope::Trading}}, true, {usd("10000000"), usd("1000000")}},
                      {"bob", {{"b-key", KeyScope::Trading}}, true, {usd("10000000"), usd("1000000")}}};
  Exchange exchange(options);
  exchange.open(kStart).value();
  EXPECT_EQ(views::check(exchange.state()), std::vector<std::string>{});
  const Clearing& clearing = views::clearing(exchange.state());
  EXPECT_EQ(clearing.cycles().size(), 6U) << "three days, two cycles each";
  for (const char* name : {"alice", "bob"}) {
    const AccountId account = views::find_account(exchange.state(), name).value();
    std::size_t closed = 0, funding = 0;
    bool paid = false;
    for (const Obligation* o : clearing.obligations(account)) {
      closed += o->complete ? 1 : 0;
      paid = paid || !o->receives.empty();
      EXPECT_FALSE(o->details.empty());
    }
    for (const FundingRow& row : clearing.member(account).funding) funding += row.obligation != 0 ? 1 : 0;
    EXPECT_GE(closed, 2U) << name;
    EXPECT_TRUE(paid) << name;
    EXPECT_GT(funding, 0U) << name;
    EXPECT_GE(clearing.member(account).available, 10'000 * 10'000LL) << name;
    EXPECT_GT(clearing.member(account).balance.size(), 3U) << name;
    EXPECT_FALSE(clearing.member(account).days.empty()) << name;
  }
}

}  // namespace
}  // namespace marginfix::sim

#include "fault/gateway/campaign.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "marginfix/domain/enums.hpp"

namespace marginfix::gateway::fault {
namespace {

using namespace std::chrono_literals;

constexpr auto kQuietWithin = 150s;  // an exchange that fell silent is found out after 2.4 heartbeat intervals of 30 s
constexpr std::uint64_t kDisturbEvery = 80, kExchangeEvery = 160;  // actions, about
constexpr std::chrono::seconds kOverlap{5};

const std::vector<std::string> kAccounts{"alice", "bob"};

// What clients may differ in: version, key, what happens while the exchange is away.
ConfiguredClient configured(int number) {
  constexpr FixVersion kVersions[] = {FixVersion::fix42, FixVersion::fix44, FixVersion::fix50sp2};
  ConfiguredClient client;
  client.version = kVersions[number % 3];
  client.comp_id = "OMS" + std::to_string(number);
  client.account = kAccounts[static_cast<std::size_t>(number % 2)];
  if (number % 4 == 2) client.more = "OutagePolicy=queue\n";
  if (number % 8 == 5) client.more = "OutagePolicy=logout\n";
  return client;
}

}  // namespace

CampaignTest::CampaignTest() : seed_(static_cast<std::uint64_t>(number_of_environment("MARGINFIX_GATEWAY_SEED", 1))), random_(seed_) {
  options_.plain = true;
  options_.tier = "unlimited";
}

void CampaignTest::TearDown() {
  if (HasFailure() && gateway_) gateway_->keep();
}

void CampaignTest::begin(const std::string& session, bool long_form) {
  const int clients = long_form ? 8 : 4;
  std::cout << "MARGINFIX_GATEWAY_SEED=" << seed_ << std::endl;
  start();
  session_ = session;
  long_form_ = long_form;
  port_ = test::free_port();
  std::vector<ConfiguredClient> all;
  for (int i = 0; i < clients; ++i) {
    all.push_back(configured(i));
    traders_.push_back(std::make_unique<Trader>(OmsIdentity{all.back().version, all.back().comp_id, std::chrono::seconds(3 + i)},
                                                all.back().account, random_()));
    sessions_.push_back(&traders_.back()->session());
  }
  // Files of the journal as short as they may be, so that snapshots are read, too.
  std::string defaults = "JournalFileBytes=1048576\n", exchange, endpoints = sim().path("endpoints.json");
  if (session == "KalshiNR") {
    ::setenv("KALSHI_PERPS_API_BASE_URL", sim().endpoints().rest_url.c_str(), 1);
    defaults += "RateLimitTier=unlimited\n";
    exchange = nr_sessions(sim(), kAccounts);
    endpoints.clear();
  }
  const std::string config = folder_.write("gateway.cfg", gateway_cfg(all, port_, defaults, exchange));
  gateway_ = std::make_unique<GatewayProcess>(folder_.path(), config, endpoints);
  gateway_->start();
  round_began_ = system_clock().now();
}

// ---- trading --------------------------------------------------------------------------------------------------------------------------
FixedPointCount CampaignTest::account_net(const std::string& account) const {
  FixedPointCount net;
  for (const auto& trader : traders_) {
    if (trader->account() == account) net += trader->net();
  }
  return net;
}

void CampaignTest::turn(bool trades) {
  for (const auto& trader : traders_) {
    trader->come_back(port_);
    trader->find_out();
  }
  if (trades) act_once();
  wait_for_traffic(sessions_, trades ? 1ms : 5ms);
}

void CampaignTest::act_once() {
  Trader& trader = *traders_[chance(traders_.size())];
  if (trader.act(account_net(trader.account()))) ++all_orders_;
  if (chance(kDisturbEvery) == 0) disturb();
  if (chance(kExchangeEvery) == 0) disturb_exchange();
}

void CampaignTest::disturb() {
  Trader& trader = *traders_[chance(traders_.size())];
  if (!trader.session().logged_on()) return;
  ++client_losses_;
  trader.lose_connection();
}

// A session that is not there cannot break: the refusal says so, and nothing follows.
// And not twice without an order in between: whoever has as many open as he may, all of unknown outcome, waits for a while of peace.
void CampaignTest::disturb_exchange() {
  if (!gateway_->ready() || exchange_disturbed_at_ == all_orders_) return;
  exchange_disturbed_at_ = all_orders_;
  const std::string& key = key_id(kAccounts[chance(2)]);
  Result<void> done;
  switch (chance(long_form_ ? 12 : 4)) {
    case 0:
      done = sim().skip_seq(session_, key, 1 + static_cast<int>(chance(3)));
      break;
    case 11:  // found out after some seconds, by heartbeats
      done = sim().silence(session_, key);
      break;
    default:
      done = sim().disconnect(session_, key);
  }
  if (done) ++exchange_losses_;
}

void CampaignTest::kill_gateway() {
  ++kills_;
  gateway_->kill();
  gateway_->start();
}

void CampaignTest::trade(int orders, int kills) {
  const std::uint64_t until = all_orders_ + static_cast<std::uint64_t>(orders);
  std::vector<std::uint64_t> when;
  for (int i = 0; i < kills; ++i) when.push_back(all_orders_ + 1 + chance(static_cast<std::uint64_t>(orders)));
  std::ranges::sort(when);
  auto next = when.begin();
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60 + orders / 20 + 20 * kills);
  while (all_orders_ < until || next != when.end()) {
    ASSERT_NO_FATAL_FAILURE(expect_no_fault());
    ASSERT_TRUE(gateway_->running()) << "it ended by itself: " << gateway_->said();
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << waits_for();
    turn(true);
    if (next == when.end() || all_orders_ < *next) continue;
    ++next;
    kill_gateway();
    // Now and then while it begins, too.
    if (chance(4) != 0) continue;
    for (std::uint64_t turns = chance(400); turns > 0; --turns) turn(true);
    kill_gateway();
  }
}

std::string CampaignTest::waits_for() const {
  std::string text = "gateway: " + gateway_->said() + "\n";
  for (const auto& trader : traders_) {
    if (!trader->idle()) text += trader->unanswered();
  }
  return text;
}

void CampaignTest::expect_no_fault() {
  for (const auto& trader : traders_) ASSERT_THAT(trader->faults(), testing::IsEmpty()) << "after " << all_orders_ << " orders";
}

void CampaignTest::quieten() {
  const auto limit = std::chrono::steady_clock::now() + kQuietWithin;
  const auto quiet = [&] {
    return std::ranges::all_of(traders_, [](const auto& each) { return each->idle() && each->session().caught_up(); });
  };
  while (!quiet()) {
    ASSERT_NO_FATAL_FAILURE(expect_no_fault());
    ASSERT_TRUE(gateway_->running()) << "it ended by itself: " << gateway_->said();
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << waits_for();
    for (const auto& trader : traders_) trader->cancel_open();
    turn(false);
  }
  ASSERT_NO_FATAL_FAILURE(expect_no_fault());
  EXPECT_THAT(gateway_->orders("", true), testing::IsEmpty());
}

// ---- the comparison -------------------------------------------------------------------------------------------------------------------
void CampaignTest::compare() {
  TrueOrders truth;
  for (const std::string& account : kAccounts) read_orders(sim().path("endpoints.json"), account, round_began_ - kOverlap, truth);
  std::erase_if(truth, [&](const auto& each) { return earlier_.contains(each.first); });
  std::set<std::string> accepted;  // OrderID(37)
  for (const auto& trader : traders_) {
    SCOPED_TRACE(trader->name());
    for (const auto& [id, order] : trader->views().all()) compare_with_exchange(*trader, order, truth, accepted);
    compare_with_gateway(*trader);
  }
  for (const auto& [order_id, order] : truth)
    EXPECT_TRUE(accepted.contains(order_id)) << "the exchange has an order of " << order.account << " that no client knows: " << order_id;
  EXPECT_THAT(sim().check(), testing::IsEmpty());
  all_accepted_ += accepted.size();
  earlier_.merge(accepted);
  for (const auto& trader : traders_) trader->views().forget_all();
  round_began_ = system_clock().now();
}

// One order of the exchange for each that was told New, with the same trades, each told once.
void CampaignTest::compare_with_exchange(const Trader& trader, const ViewedOrder& order, TrueOrders& truth,
                                         std::set<std::string>& accepted) {
  SCOPED_TRACE(order.first_id + order.history);
  EXPECT_TRUE(order.told_new || order.trades.empty());
  if (!order.told_new) return;
  ASSERT_NE(order.order_id, "");
  EXPECT_TRUE(accepted.insert(order.order_id).second) << "two orders of clients are one of the exchange";
  const auto found = truth.find(order.order_id);
  ASSERT_NE(found, truth.end()) << "the exchange does not have it";
  const TrueOrder& here = found->second;
  EXPECT_EQ(here.account, trader.account());
  EXPECT_TRUE(here.remaining.is_zero());
  EXPECT_EQ(here.filled.to_string(), order.cum.to_string());
  std::vector<std::string> told, made;
  DollarDecimal value;
  for (const ToldTrade& trade : order.trades) told.push_back(trade.quantity.to_string() + " at " + trade.price.to_string());
  for (const Fill& fill : here.fills) {
    made.push_back(fill.quantity.to_string() + " at " + fill.price.to_string());
    value += fill.price * fill.quantity;
  }
  EXPECT_THAT(told, testing::UnorderedElementsAreArray(made));
  EXPECT_EQ(order.average.to_string(), average_price(value, here.filled).to_string());
  for (const ToldTrade& trade : order.trades) {
    if (trade.trd_match_id.empty()) continue;
    EXPECT_TRUE(std::ranges::any_of(here.fills, [&](const Fill& fill) { return fill.trade_id == trade.trd_match_id; }))
        << trade.trd_match_id;
  }
  const bool filled = order.status == '2';
  const bool down_to_filled = filled && order.quantity == order.cum;  // the exchange calls such a replace a cancel
  EXPECT_TRUE(here.status == (filled ? "executed" : "canceled") || (down_to_filled && here.status == "canceled")) << here.status;
  all_trades_ += made.size();
}

void CampaignTest::compare_with_gateway(Trader& trader) {
  std::map<std::string, boost::json::object> rows;
  for (const auto& row : gateway_->orders(trader.name())) rows[std::string(row.at("cl_ord_id").as_string())] = row.as_object();
  for (const auto& [first_id, order] : trader.views().all()) {
    const auto row = rows.find(order.id);
    if (order.never_came) {
      EXPECT_EQ(row, rows.end()) << first_id << " is known after all" << order.history;
      continue;
    }
    ASSERT_NE(row, rows.end()) << "the gateway does not list " << order.id << order.history;
    const auto text = [&](const char* member) { return std::string(row->second.at(member).as_string()); };
    SCOPED_TRACE(order.history);
    EXPECT_EQ(text("ord_status"), to_string(static_cast<OrdStatus>(order.status)));
    EXPECT_EQ(text("cum_qty"), order.cum.to_string());
    EXPECT_EQ(text("order_id"), order.order_id);
    EXPECT_EQ(text("account"), trader.account());
  }
}

void CampaignTest::end_orderly() {
  gateway_->signal(SIGTERM);
  EXPECT_EQ(gateway_->wait(), 0) << gateway_->said();
  std::uint64_t lost = 0, resent = 0, repeats = 0;
  for (const auto& trader : traders_) {
    lost += trader->lost();
    resent += trader->session().resends();
    repeats += trader->views().repeats();
  }
  std::cout << all_orders_ << " orders, " << all_accepted_ << " at the exchange, " << all_trades_ << " sides of trades, " << kills_
            << " kills, " << client_losses_ << " connections of clients and " << exchange_losses_ << " of the exchange lost; " << lost
            << " requests never came, " << resent << " messages resent, " << repeats << " reports told again\n";
}

void CampaignTest::reconcile() {
  const std::string output = folder_.path("reconciled"), dir = folder_.path("reconcile");
  const std::string config = folder_.write("reconcile.toml", "accounts = [\"alice\", \"bob\"]\n[rules]\ngrace = \"1s\"\n");
  test::ChildProcess pass({"reconcile", "run", "--once", "--endpoints", sim().path("endpoints.json"), "--dir", dir, "--config", config},
                          output);
  if (pass.wait() == 0) return;
  const std::string breaks = folder_.path("breaks");
  test::ChildProcess list({"reconcile", "breaks", "list", "--dir", dir}, breaks);
  list.wait();
  ADD_FAILURE() << test::read_file(output) << test::read_file(breaks);
}

}  // namespace marginfix::gateway::fault

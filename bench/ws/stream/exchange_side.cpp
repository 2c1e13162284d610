#include "bench/ws/stream/exchange_side.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fstream>
#include <random>
#include <vector>

#include "sim/doors/ws/door.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/keys/keys.hpp"

namespace marginfix::bench {
namespace {

constexpr const char* kMaker = "alice";
constexpr const char* kTaker = "7d8f1c52-3b6a-4e0f-9a51-0d2c6b7e4f10";  // a key that nobody connects with

Timestamp wall_now() { return std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now()); }

sim::ExchangeOptions fifty_markets(const std::string& key_id) {
  sim::ExchangeOptions o;
  const auto models = o.markets;
  o.markets.clear();
  for (int i = 0; i < kMarkets; ++i) {
    auto& market = o.markets.emplace_back(models[static_cast<std::size_t>(i) % 10]);  // the first ten trade
    market.symbol = ticker(i);
  }
  o.quiet_market = ticker(0);
  o.house = o.past = false;
  o.tier = sim::RateTier::Unlimited;
  o.account_limit = o.per_market_limit = DollarDecimal::whole(1'000'000'000);
  for (const auto& [name, key] : {std::pair<std::string, std::string>{kMaker, key_id}, {"taker", kTaker}}) {
    auto& account = o.accounts.emplace_back();
    account.name = name;
    account.keys = {{key}};
    account.deposits = {DollarDecimal::whole(1'000'000'000)};
  }
  return o;
}

// Resting orders come and go in every market, now and then one is traded with: about a level change a command.
class Driver final : public sim::EventSink {
 public:
  Driver(boost::asio::io_context& io, sim::Exchange& exchange, const Plan& plan, Shared& shared)
      : io_(io), pause_(io), exchange_(exchange), plan_(plan), shared_(shared), open_(kMarkets) {}

  void start() {
    maker_.from = {sim::views::find_key(exchange_.state(), plan_.key_id).value().key, sim::Door::Rest};
    taker_.from = {sim::views::find_key(exchange_.state(), kTaker).value().key, sim::Door::Rest};
    turn();
  }
  void on_level(const sim::LevelEvent&) override {
    const std::uint64_t n = shared_.produced.load(std::memory_order_relaxed) + 1;
    shared_.at[n % kStamps].store(nanoseconds_now(), std::memory_order_relaxed);
    shared_.produced.store(n, std::memory_order_release);
  }
  void on_trade(const sim::TradeEvent&) override { shared_.trades.fetch_add(1, std::memory_order_relaxed); }

 private:
  void turn() {
    if (shared_.client_gone.load()) return io_.stop();
    exchange_.step(wall_now());
    for (int i = 0; i < 64 && may_go_on(); ++i) command();
    exchange_.commit();
    if (!finished_ && shared_.produced.load() >= plan_.frames) finish();
    if (may_go_on()) return boost::asio::post(io_, [this] { turn(); });
    pause_.expires_after(std::chrono::milliseconds(1));
    pause_.async_wait([this](boost::system::error_code) { turn(); });
  }
  bool may_go_on() {
    if (finished_ || !shared_.client_ready.load()) return false;
    const std::uint64_t produced = shared_.produced.load(std::memory_order_relaxed);
    if (began_ == 0) began_ = nanoseconds_now();
    const auto passed = static_cast<std::uint64_t>(nanoseconds_now() - began_) / 1'000;
    const bool in_time = plan_.rate == 0 || produced < passed * plan_.rate / 1'000'000;
    return in_time && produced < plan_.frames && produced - shared_.received.load(std::memory_order_acquire) < kMostAhead;
  }
  std::size_t below(std::size_t n) { return random_() % n; }

  void command() {
    const std::size_t market = below(kMarkets);
    auto& open = open_[market];
    if (below(50) == 0) return trade(market);
    if (open.size() < 20 || (open.size() < 200 && below(2) == 0)) return rest(market);
    const std::size_t which = below(open.size());
    sim::CancelOrder cancel;
    cancel.orig_cl_ord_id = open[which];
    exchange_.run(sim::commands::Cancel{maker_, cancel});  // one that was traded away is refused, and forgotten all the same
    std::swap(open[which], open.back());
    open.pop_back();
  }
  DollarDecimal around(std::size_t market, std::int64_t ticks) const {
    return sim::views::market_spec(exchange_.state(), static_cast<sim::MarketNo>(market)).reference_price +
           DollarDecimal::from_units(ticks * 100);
  }
  sim::NewOrder order(std::size_t market, Side side, std::int64_t ticks) {
    symbol_ = ticker(static_cast<int>(market));
    id_ = "o" + std::to_string(++last_id_);
    sim::NewOrder o;
    o.cl_ord_id = id_;
    o.symbol = symbol_;
    o.side = side;
    o.price = around(market, ticks);
    o.quantity = FixedPointCount::whole(1 + static_cast<std::int64_t>(below(20)));
    o.time_in_force = TimeInForce::GTC;
    return o;
  }
  void rest(std::size_t market) {
    const bool buy = below(2) == 0;
    const auto ticks = 1 + static_cast<std::int64_t>(below(60));
    const auto done = exchange_.run(sim::commands::Submit{maker_, order(market, buy ? Side::Buy : Side::Sell, buy ? -ticks : ticks)});
    if (done.accepted) open_[market].push_back(id_);
  }
  void trade(std::size_t market) {
    const bool buy = below(2) == 0;
    auto o = order(market, buy ? Side::Buy : Side::Sell, buy ? 100 : -100);
    o.time_in_force = TimeInForce::IOC;
    exchange_.run(sim::commands::Submit{taker_, o});
  }

  // The truth that the client compares its books with.
  void finish() {
    finished_ = true;
    std::ofstream out(plan_.folder + "/books.txt");
    for (int m = 0; m < kMarkets; ++m) {
      for (const Side side : {Side::Buy, Side::Sell}) {
        out << ticker(m) << (side == Side::Buy ? " bid" : " ask");
        for (const auto& level : sim::views::depth(exchange_.state(), static_cast<sim::MarketNo>(m), side))
          out << ' ' << level.price.to_string() << 'x' << level.size.to_string();
        out << '\n';
      }
    }
    out.close();
    shared_.finished.store(true);
  }

  boost::asio::io_context& io_;
  boost::asio::steady_timer pause_;
  sim::Exchange& exchange_;
  const Plan& plan_;
  Shared& shared_;
  std::vector<std::vector<std::string>> open_;  // ids of the maker's orders, by market
  sim::RequestContext maker_, taker_;
  std::mt19937 random_{20261125};
  std::string id_, symbol_;
  std::uint64_t last_id_{0};
  std::int64_t began_{0};
  bool finished_{false};
};

}  // namespace

void make_keys(Plan& plan) {
  sim::ensure_server_identity(plan.folder).value();
  plan.key_id = sim::ensure_api_keys(plan.folder, {kMaker}).value()[0].key_id;
}

void run_exchange(const Plan& plan, Shared& shared, const std::function<void(std::uint16_t port)>& opened) {
  const auto identity = sim::ensure_server_identity(plan.folder).value();
  auto keys = sim::ensure_api_keys(plan.folder, {kMaker}).value();
  sim::KeyRing ring;
  ring.set(keys[0].key_id, std::move(keys[0].verifier));

  boost::asio::io_context io{1};
  sim::Exchange exchange(fifty_markets(plan.key_id));
  Driver driver(io, exchange, plan, shared);
  exchange.add_sink(driver);  // before the door: a frame is stamped before it is written
  sim::WsDoorOptions options;
  options.server.tls = plan.tls;
  options.server.certificate_file = identity.certificate.string();
  options.server.private_key_file = identity.private_key.string();
  options.limits.queued_bytes = std::size_t{64} << 20;
  options.wall_now = wall_now;
  sim::WsDoor door(io, exchange, ring, std::move(options));
  exchange.open(wall_now()).value();
  opened(door.open().value());
  driver.start();
  io.run();
}

}  // namespace marginfix::bench

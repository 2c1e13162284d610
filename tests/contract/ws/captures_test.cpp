// The recordings of the live exchange through the client: every frame typed, and the book after the last delta equal to one that is put
// together here from the JSON by other means. Says so and skips where the recordings are not beside the checkout.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <map>

#include "unit/ws/harness.hpp"

namespace marginfix::ws::test {
namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream file(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/captures/ws/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

struct Sides {
  std::map<DollarDecimal, FixedPointCount> bid, ask;
};

// Independent of the codec and of OrderBook: the DOM, two maps.
class Reconstruction {
 public:
  void take(const std::string& line) {
    const auto frame = boost::json::parse(line).as_object();
    const auto& type = frame.at("type").as_string();
    if (type == "orderbook_snapshot") {
      const auto& msg = frame.at("msg").as_object();
      Sides& sides = books[std::string(msg.at("market_ticker").as_string())];
      sides = {};
      fill(sides.bid, msg, "bid");
      fill(sides.ask, msg, "ask");
    } else if (type == "orderbook_delta") {
      const auto& msg = frame.at("msg").as_object();
      Sides& sides = books[std::string(msg.at("market_ticker").as_string())];
      auto& side = msg.at("side").as_string() == "bid" ? sides.bid : sides.ask;
      FixedPointCount& size = side[DollarDecimal::parse(msg.at("price").as_string().c_str()).value()];
      size += FixedPointCount::parse(msg.at("delta").as_string().c_str()).value();
      if (size <= FixedPointCount{}) side.erase(DollarDecimal::parse(msg.at("price").as_string().c_str()).value());
    }
  }
  std::map<std::string, Sides> books;

 private:
  static void fill(std::map<DollarDecimal, FixedPointCount>& side, const boost::json::object& msg, const char* name) {
    const auto* levels = msg.if_contains(name);
    if (levels == nullptr) return;
    for (const auto& level : levels->as_array()) {
      side[DollarDecimal::parse(level.at(0).as_string().c_str()).value()] = FixedPointCount::parse(level.at(1).as_string().c_str()).value();
    }
  }
};

std::map<DollarDecimal, FixedPointCount> levels(const OrderBook& book, BookSide side) {
  std::map<DollarDecimal, FixedPointCount> out;
  for (const BookLevel& l : book.depth(side, book.level_count(side))) out[l.price] = l.size;
  return out;
}

// Replays a recording: the subscriptions are made from what the recorded exchange confirmed.
class Captures : public Harness {
 protected:
  void replay(const std::string& name) {
    lines_ = lines_of(name);
    if (lines_.empty()) GTEST_SKIP() << "the recordings are not beside the checkout (../shared/captures/ws)";
    std::map<std::int64_t, std::vector<SubscribeRequest>> requests;  // by command
    for (const std::string& line : lines_) {
      const Frame f = reader.read(line);
      const auto* confirmed = f.as<Subscribed>();
      if (confirmed == nullptr) continue;
      SubscribeRequest request;
      request.channel = Open<Channel>::from_text(confirmed->channel).value();
      request.market_tickers = {"KXBTCPERP1"};
      requests[*f.id].push_back(request);
    }
    ASSERT_FALSE(requests.empty());
    connect();
    for (const auto& [id, group] : requests) {
      const auto made = all->make(group);
      for (const auto& s : made) s->set_handler([this](const Event& e) { events.push_back(e); });
      run();
      all->start(made, now());
      subscriptions.insert(subscriptions.end(), made.begin(), made.end());
    }
    for (const std::string& line : lines_) {
      const Frame f = reader.read(line);
      ASSERT_EQ(f.as<UnknownFrame>(), nullptr) << f.as<UnknownFrame>()->problem << "\n" << line;
      EXPECT_TRUE(f.unknown.empty()) << line;
      frame(line);
    }
    EXPECT_TRUE(unclaimed.empty());
  }
  std::vector<std::string> lines_;
  std::vector<std::shared_ptr<SubscriptionImpl>> subscriptions;
};

TEST_F(Captures, PublicChannelsAreTypedAndTheBookIsRight) {
  replay("public_orderbook_ticker_trade.jsonl");
  if (IsSkipped() || HasFatalFailure()) return;
  Reconstruction other;
  for (const std::string& line : lines_) other.take(line);
  ASSERT_FALSE(other.books.empty());
  for (const auto& s : subscriptions) {
    EXPECT_EQ(s->statistics().gaps + s->statistics().faults, 0U);
    if (s->request.channel != Channel::orderbook_delta) continue;
    for (const auto& [market, sides] : other.books) {
      ASSERT_NE(s->book(market), nullptr);
      const OrderBook book = s->book(market)->copy();
      EXPECT_FALSE(book.stale());
      EXPECT_EQ(levels(book, BookSide::bid), sides.bid);
      EXPECT_EQ(levels(book, BookSide::ask), sides.ask);
    }
  }
  EXPECT_EQ(events.size(), lines_.size());  // every frame, the confirmations included, reached somebody
}

TEST_F(Captures, PrivateChannelsAreTyped) {
  replay("private_lifecycle_first.jsonl");
  if (IsSkipped() || HasFatalFailure()) return;
  EXPECT_EQ(events.size(), lines_.size());
}

}  // namespace
}  // namespace marginfix::ws::test

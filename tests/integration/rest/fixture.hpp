// A quiet simulated exchange and clients of its REST and Klear doors. ask() runs an operation and holds the answer to the specification:
// the documented status, every required member there, no member that the schema does not have, every enumeration's word known.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "integration/sim/fixture.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"

namespace marginfix::test {

inline constexpr const char* kQuiet = "KXLTCPERP";

inline FixedPointCount contracts(std::int64_t whole) { return FixedPointCount::whole(whole); }
inline DollarDecimal dollars(const char* text) { return DollarDecimal::parse(text).value(); }

class RestTest : public sim::test::SimTest {
 protected:
  void SetUp() override {
    start();
    alice_ = std::make_unique<PerpsClient>(perps("alice"));
    bob_ = std::make_unique<PerpsClient>(perps("bob"));
  }
  std::string endpoints() const { return folder_.path("sim/endpoints.json"); }
  PerpsConfig perps(const std::string& account) const { return PerpsConfig::from_endpoints_file(endpoints(), account).value(); }
  PerpsClient& alice() { return *alice_; }
  PerpsClient& bob() { return *bob_; }

  template <class Client, class Op>
  static typename Op::Response ask(Client& client, const Op& operation) {
    const rest::OperationInfo& info = rest::Operation<Op>::info;
    typename Op::Response typed{};
    const auto answer = client.call_raw(info, &operation);
    if (!answer) {
      ADD_FAILURE() << info.operation_id << ": " << to_string(answer.error()) << "\n" << answer.error().context;
      return typed;
    }
    EXPECT_EQ(answer->status, info.success) << info.operation_id;
    EXPECT_FALSE(answer->request_id.empty()) << info.operation_id;
    if (info.response == nullptr) {
      EXPECT_EQ(answer->body, info.success == 204 ? "" : "{}") << info.operation_id;
      return typed;
    }
    json::DecodeReport report;
    const auto decoded = json::decode(*info.response, &typed, answer->body, {}, &report);
    EXPECT_TRUE(decoded) << info.operation_id << ": " << (decoded ? "" : decoded.error().message);
    EXPECT_THAT(report.missing, testing::IsEmpty()) << info.operation_id << ": " << answer->body.substr(0, 600);
    EXPECT_EQ(report.unknown_members, 0U) << info.operation_id << ": " << answer->body.substr(0, 600);
    EXPECT_EQ(report.unknown_words, 0U) << info.operation_id << ": " << answer->body.substr(0, 600);
    return typed;
  }
  template <class Op>
  typename Op::Response ask(const Op& operation) {
    return ask(alice(), operation);
  }
  // The refusal an operation gets.
  template <class Client, class Op>
  static Error refused(Client& client, const Op& operation) {
    const auto answer = client.call(operation);
    if (answer) ADD_FAILURE() << rest::Operation<Op>::info.operation_id << " was accepted";
    return answer ? Error{} : answer.error();
  }

  static rest::CreateMarginOrder order(const std::string& id, BookSide side, std::int64_t count, const char* price) {
    rest::CreateMarginOrder op;
    op.body.ticker = kQuiet;
    op.body.client_order_id = id;
    op.body.side = side;
    op.body.count = contracts(count);
    op.body.price = dollars(price);
    op.body.time_in_force = rest::OrderTimeInForce::good_till_canceled;
    op.body.self_trade_prevention_type = SelfTradePreventionType::TakerAtCross;
    return op;
  }
  // Bob offers and alice takes: `count` contracts change hands at `price`.
  void trade(std::int64_t count, const char* price) {
    ++trades_;
    ask(bob(), order("offer-" + std::to_string(trades_), BookSide::ask, count, price));
    const auto taken = ask(alice(), order("take-" + std::to_string(trades_), BookSide::bid, count, price));
    EXPECT_EQ(taken.fill_count, contracts(count));
  }
  void advance(std::chrono::milliseconds by) { ASSERT_TRUE(sim().advance_clock(by)); }

 private:
  std::unique_ptr<PerpsClient> alice_, bob_;
  int trades_{0};
};

}  // namespace marginfix::test

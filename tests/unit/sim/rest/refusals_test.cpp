// Every reason of the engine in the words of the REST exchange.
#include "sim/doors/rest/refusals.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

namespace marginfix::sim {
namespace {

// Why orders end; none of them refuses a request.
const std::set<Reason> kEnds = {Reason::OrderGroupCancel,
                                Reason::TakerSelfTrade,
                                Reason::MakerSelfTrade,
                                Reason::ImmediateOrCancelled,
                                Reason::MassCancel,
                                Reason::CancelOnDisconnect,
                                Reason::Expired,
                                Reason::UserCanceled,
                                Reason::None};

TEST(RestRefusals, EveryReasonThatRefusesHasAStatusAndACode) {
  for (int i = 0; i <= static_cast<int>(Reason::TooManyOrderGroups); ++i) {
    const auto reason = static_cast<Reason>(i);
    const HttpAnswer answer = refused(reason);
    const auto body = boost::json::parse(answer.body).at("error").as_object();
    EXPECT_FALSE(body.contains("service")) << i;
    EXPECT_FALSE(body.at("code").as_string().empty()) << i;
    EXPECT_FALSE(body.at("message").as_string().empty()) << i;
    if (kEnds.contains(reason) || reason == Reason::InternalError) {
      EXPECT_EQ(answer.status, 500) << i;
    } else if (reason == Reason::ExchangeUnavailable) {
      EXPECT_EQ(answer.status, 503);
    } else {
      EXPECT_GE(answer.status, 400) << i;
      EXPECT_LT(answer.status, 500) << "a reason without a row: " << reason_text(reason);
    }
  }
}

TEST(RestRefusals, AreSpelledAsRecorded) {
  EXPECT_EQ(refused(Reason::OrderAlreadyExists).body, R"({"error":{"code":"order_already_exists","message":"order already exists"}})");
  EXPECT_EQ(refused(Reason::InvalidPrice).body, R"({"error":{"code":"invalid_price","message":"invalid price"}})");
  EXPECT_EQ(refused(Reason::UnknownOrder).body, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_EQ(unknown_to_reads().body, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_EQ(refused(Reason::ExceededPerMarketRiskLimit).status, 400);
  EXPECT_EQ(refused(Reason::NotionalRiskLimitExceeded).body, refused(Reason::ExceededPerMarketRiskLimit).body);
}

}  // namespace
}  // namespace marginfix::sim

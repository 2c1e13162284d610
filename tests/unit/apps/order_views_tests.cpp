// What the demo's desk takes for an answer to an order, and what for none.
#include "apps/demo/order_views.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::apps {
namespace {

fix::ExecutionReport report(std::string_view id, ExecType type, OrdStatus status, std::string_view text = {}) {
  fix::ExecutionReport r;
  r.cl_ord_id = id;
  r.exec_type = type;
  r.ord_status = status;
  if (!text.empty()) r.text = text;
  return r;
}

UnknownOutcome unknown(const SentMessage& message) { return {message, UnknownCause::connection_ended, "D a: unknown"}; }

TEST(OrderViews, a_pending_report_is_no_answer) {
  OrderViews views;
  EXPECT_FALSE(views.find("a"));
  views.take(report("a", ExecType::PendingNew, OrdStatus::PendingNew));
  ASSERT_TRUE(views.find("a"));
  EXPECT_FALSE(views.find("a")->answered);
  views.take(report("a", ExecType::New, OrdStatus::New));
  EXPECT_TRUE(views.find("a")->answered);
  for (const auto& [id, type] : {std::pair{"b", ExecType::PendingReplace}, std::pair{"c", ExecType::PendingCancel}}) {
    views.take(report(id, type, OrdStatus::New));
    EXPECT_FALSE(views.find(id)->answered) << id;
  }
  // An order once answered stays so, whatever is asked of it later.
  views.take(report("a", ExecType::PendingCancel, OrdStatus::PendingCancel));
  EXPECT_TRUE(views.find("a")->answered);
}

TEST(OrderViews, a_refusal_is_an_answer_unless_the_exchange_does_not_know_itself) {
  OrderViews views;
  views.take(report("a", ExecType::Rejected, OrdStatus::Rejected, "INSUFFICIENT_BALANCE"));
  EXPECT_TRUE(views.find("a")->answered);
  views.take(report("b", ExecType::Rejected, OrdStatus::Rejected, "EXCHANGE_UNAVAILABLE"));
  EXPECT_FALSE(views.find("b")->answered);
  fix::OrderCancelReject reject;
  reject.cl_ord_id = "c";
  reject.text = "NOT_FOUND";
  views.take(reject);
  EXPECT_TRUE(views.find("c")->answered);
  EXPECT_TRUE(views.find("c")->refused_cancel);
}

TEST(OrderViews, an_unknown_outcome_stays_until_an_answer_comes) {
  OrderViews views;
  const SentMessage order{1, 7, "D", "a"};
  views.take(unknown(order));
  views.take(report("a", ExecType::PendingNew, OrdStatus::PendingNew));
  EXPECT_THAT(views.unknown(), testing::ElementsAre("D a: unknown"));
  views.take(report("a", ExecType::New, OrdStatus::New));
  EXPECT_THAT(views.unknown(), testing::IsEmpty());
  // Its amend's report names it as the former id.
  views.take(unknown(order));
  auto replaced = report("a2", ExecType::Replaced, OrdStatus::New);
  replaced.orig_cl_ord_id = "a";
  views.take(replaced);
  EXPECT_THAT(views.unknown(), testing::IsEmpty());
}

}  // namespace
}  // namespace marginfix::apps

// Faults a test asks a door for: reading POST /fault, matching, what becomes of the answer.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "sim/doors/control/fault.hpp"

namespace marginfix::sim {
namespace {

using FaultKind = HttpFault::Kind;

Result<HttpFault> read_fault(const std::string& json) { return read_http_fault(boost::json::parse(json).as_object()); }

TEST(HttpFaults, AreReadFromJson) {
  const auto answer =
      read_fault(R"({"door":"rest","status":503,"body":{"a":1},"headers":{"Retry-After":"2"},"count":3,"method":"GET","path":"/margin"})");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->kind, FaultKind::Answer);
  EXPECT_EQ(answer->reply.answer.status, 503);
  EXPECT_EQ(answer->reply.answer.body, R"({"a":1})");
  EXPECT_EQ(answer->reply.headers, (HttpHeaders{{"Retry-After", "2"}}));
  EXPECT_EQ(answer->count, 3);
  EXPECT_EQ(answer->method, "GET");
  EXPECT_EQ(answer->path, "/margin");
  EXPECT_EQ(read_fault(R"({"status":200,"body":"<html>"})")->reply.answer.body, "<html>");
  EXPECT_EQ(read_fault(R"({"delay_ms":250})")->delay, std::chrono::milliseconds(250));
  EXPECT_EQ(read_fault(R"({"cut":true})")->kind, FaultKind::Cut);
  EXPECT_EQ(read_fault(R"({"close":"before"})")->kind, FaultKind::CloseBefore);
  EXPECT_EQ(read_fault(R"({"close":"after"})")->kind, FaultKind::CloseAfter);
  EXPECT_EQ(read_fault(R"({"status":503,"done":true})")->kind, FaultKind::AnswerAfter);
  EXPECT_EQ(read_fault(R"({"status":503,"done":false})")->kind, FaultKind::Answer);
  EXPECT_TRUE(read_fault(R"({"status":503,"done":true})")->executes());
  EXPECT_FALSE(read_fault(R"({"status":503})")->executes());
}

TEST(OrderFaults, AreReadFromJsonAndTakenByThoseWhoMeetThem) {
  const auto given = [](const std::string& json) { return read_order_fault(boost::json::parse(json).as_object()); };
  const auto after = given(R"({"door":"KalshiNR","unavailable":"after","count":2,"message":"D","key_id":"k"})");
  ASSERT_TRUE(after) << after.error().message;
  OrderFaults faults;
  faults.add("KalshiNR", *after);
  faults.add("KalshiNR", *given(R"({"unavailable":"before"})"));
  EXPECT_FALSE(faults.take("KalshiRT", "k", "D"));
  EXPECT_FALSE(faults.take("KalshiNR", "k", "q"));
  EXPECT_EQ(faults.take("KalshiNR", "k", "D"), OrderFault::Kind::UnavailableAfter);
  EXPECT_EQ(faults.take("KalshiNR", "other", "D"), OrderFault::Kind::UnavailableBefore);
  EXPECT_EQ(faults.take("KalshiNR", "k", "F"), std::nullopt);
  EXPECT_EQ(faults.take("KalshiNR", "k", "D"), OrderFault::Kind::UnavailableAfter);
  faults.add("KalshiNR", *after);
  faults.clear("KalshiNR");
  EXPECT_EQ(faults.take("KalshiNR", "k", "D"), std::nullopt);
  for (const char* bad : {R"({})", R"({"unavailable":"now"})", R"({"unavailable":true})", R"({"unavailable":"after","message":"q"})",
                          R"({"unavailable":"after","count":0})", R"({"unavailable":"after","status":503})"}) {
    EXPECT_FALSE(given(bad)) << bad;
  }
}

TEST(HttpFaults, MistakesAreRefused) {
  for (const char* bad :
       {R"({})", R"({"count":1})", R"({"status":503,"cut":true})", R"({"status":99})", R"({"status":"503"})", R"({"cut":false})",
        R"({"close":"now"})", R"({"delay_ms":-1})", R"({"cut":true,"count":0})", R"({"cut":true,"method":1})",
        R"({"cut":true,"unknown":1})", R"({"status":200,"headers":{"A":"x\r\nB: y"}})", R"({"status":200,"headers":{"A:":"x"}})",
        R"({"status":200,"headers":{"A":1}})", R"({"body":"x"})", R"({"cut":true,"done":true})", R"({"status":503,"done":1})"}) {
    EXPECT_FALSE(read_fault(bad)) << bad;
  }
}

TEST(HttpFaults, AreTakenInOrderByThoseWhoMeetThem) {
  HttpFaults faults;
  HttpFault first, second;
  first.method = "POST";
  first.count = 2;
  first.kind = FaultKind::Cut;
  second.path = "/margin/orders";
  second.kind = FaultKind::Delay;
  faults.add(first);
  faults.add(second);
  EXPECT_FALSE(faults.take("GET", "/margin/markets"));
  EXPECT_EQ(faults.take("POST", "/margin/orders")->kind, FaultKind::Cut);
  EXPECT_EQ(faults.take("GET", "/margin/orders/x")->kind, FaultKind::Delay);
  EXPECT_FALSE(faults.take("GET", "/margin/orders/x"));
  EXPECT_TRUE(faults.take("POST", "/anything"));
  EXPECT_FALSE(faults.take("POST", "/margin/orders"));
  faults.add(first);
  faults.clear();
  EXPECT_FALSE(faults.take("POST", "/margin/orders"));
}

TEST(HttpFaults, SpoilAnAnswer) {
  HttpFault fault;
  fault.kind = FaultKind::Answer;
  fault.reply.answer = {500, "{}"};
  EXPECT_EQ(spoil(fault, {{200, "good"}}).answer.status, 500);
  EXPECT_FALSE(fault.executes());
  fault.kind = FaultKind::Delay;
  fault.delay = std::chrono::milliseconds(7);
  EXPECT_EQ(spoil(fault, {{200, "good"}}).delay, fault.delay);
  EXPECT_TRUE(fault.executes());
  fault.kind = FaultKind::Cut;
  EXPECT_EQ(spoil(fault, {{200, "good"}}).ending, HttpEnding::CutBody);
  fault.kind = FaultKind::CloseAfter;
  EXPECT_EQ(spoil(fault, {{200, "good"}}).ending, HttpEnding::Unanswered);
  EXPECT_TRUE(fault.executes());
  fault.kind = FaultKind::CloseBefore;
  EXPECT_EQ(spoil(fault, {{200, "good"}}).ending, HttpEnding::Unanswered);
  EXPECT_FALSE(fault.executes());
}

}  // namespace
}  // namespace marginfix::sim

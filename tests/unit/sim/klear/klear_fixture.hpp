// The Klear door over a small exchange, without sockets: requests go through the door's own routing, gate and checks.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sim/doors/klear/access.hpp"
#include "sim/doors/klear/klear_endpoints.hpp"
#include "sim/doors/klear/report_files.hpp"
#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// kStart is Monday 2026-11-23, 10:00 Eastern.
inline constexpr Timestamp kNoon = kStart + hours(2), kClose = kStart + hours(6);

// The member of the door is "fcm" (an FCM); alice and bob trade with it.
class KlearTest : public ExchangeTest {
 protected:
  KlearTest() {
    door_.add(klear_endpoints(), context_);
    add_report_files(door_, context_);
  }

  HttpAnswer send(const std::string& method, const std::string& target, const std::string& body = "") {
    HttpRequest request;
    request.method = method;
    const std::size_t mark = target.find('?');
    request.path = "/klear-api/v1" + target.substr(0, mark);
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    request.headers = {{"Authorization", "Bearer admin-1:s3cret"}, {"Content-Type", "application/json"}};
    request.body = body;
    return door_.on_request(request).answer;
  }
  boost::json::object get(const std::string& target, int status = 200) { return ask("GET", target, "", status); }
  boost::json::object ask(const std::string& method, const std::string& target, const std::string& body, int status) {
    const HttpAnswer answer = send(method, target, body);
    EXPECT_EQ(answer.status, status) << method << " " << target << ": " << answer.body.substr(0, 500);
    if (answer.body.empty()) return {};
    boost::json::object object = boost::json::parse(answer.body).get_object();
    if (status >= 400) {
      EXPECT_TRUE(object.contains("code") && object.contains("message")) << answer.body;
    }
    return object;
  }
  static std::string text(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value == nullptr ? "(absent)" : value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
  }
  static std::int64_t number(const boost::json::object& object, std::string_view name) { return object.at(name).as_int64(); }
  static std::string names(const boost::json::object& object) {
    std::string out;
    for (const auto& member : object) out += (out.empty() ? "" : " ") + std::string(member.key());
    return out;
  }

  // The FCM buys from bob, for a customer or for itself.
  void fcm_buys(std::int64_t contracts, std::string_view price, std::string_view customer = {}) {
    const std::string id = "f" + std::to_string(++orders_);
    NewOrder o = order(id, Side::Buy, contracts, price);
    o.customer_account = customer;
    ASSERT_TRUE(ExchangeTest::send("f-key", o).accepted);
    sell("b-key", "b" + std::to_string(orders_), contracts, price);
  }
  const Clearing& clearing() const { return views::clearing(exchange.state()); }
  const std::string user_id() const { return clearing().user_id(fcm); }

  KlearAccess access_{"admin-1", SecretString("s3cret")};
  std::vector<std::string> added_, removed_;
  KlearDoorContext context_{exchange,
                            "fcm",
                            "https://127.0.0.1:1/klear-api/v1",
                            [this](std::string_view id, const Signer&) { added_.emplace_back(id); },
                            [this](std::string_view id) { removed_.emplace_back(id); },
                            std::chrono::milliseconds(0),
                            SecretString("the links' secret")};
  KlearGate gate_{access_};
  EndpointDoor door_{"/klear-api/v1", gate_, {[] {}, [] {}, [] {}}};
  int orders_{0};
};

}  // namespace marginfix::sim

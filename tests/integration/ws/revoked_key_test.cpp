// A clearing member takes an API key back (Klear): whatever the key had open ends at once, on every door, and it gets in no more.
#include <boost/json/parse.hpp>
#include <future>

#include "integration/sim/http_client.hpp"
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

using sim::test::Client;
using sim::test::HttpResponse;
using sim::test::RestClient;

constexpr const char* kHolder = "alice-listener";  // whose key pair the customer's key is made from

class RevokedKey : public WsTest {
 protected:
  HttpResponse klear(const std::string& method, const std::string& target, const std::string& body = "") {
    const auto& door = sim().endpoints().klear;
    RestClient admin(sim(), "", door.url);
    const std::string who = door.admin_user_id + ":" + std::string(door.access_token.reveal());
    return admin.call(method, target, body, {.extra = "Authorization: Bearer " + who + "\r\n"});
  }
  static std::string text(const HttpResponse& response, const char* member) {
    const auto body = boost::json::parse(response.body);
    return std::string(body.at(member).as_string());
  }
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '\n' ? std::string("\\n") : std::string(1, c);
    return out + '"';
  }
  // A key of a new customer, with kHolder's key pair.
  std::string make_key() {
    RestClient alice(sim(), "alice");
    const HttpResponse customer = alice.post("/margin/fcm/subtraders", R"({"subtrader_suffix":"desk","require_category_cap":false})");
    EXPECT_EQ(customer.status, 201) << customer.body;
    const std::string pem = Signer::from_file(sim().path(sim().endpoints().find(kHolder)->private_key_path)).value().public_pem();
    const HttpResponse made =
        klear("POST", "/fcm/margin/api_keys",
              R"({"name":"Desk","public_key":)" + quoted(pem) + R"(,"fcm_subtrader_id":")" + text(customer, "subtrader_id") + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return text(made, "api_key_id");
  }
  PerpsWebSocketConfig config_of(const std::string& key) {
    auto c = config(kHolder);
    c.credentials.key_id = key;
    return c;
  }
};

TEST_F(RevokedKey, LosesWhatItHasOpenAndGetsInNoMore) {
  start();
  const std::string key = make_key();
  RestClient rest(sim(), kHolder);
  const auto orders = [&] { return rest.get("/margin/orders", {.key_id = key}).status; };
  EXPECT_EQ(orders(), 200);
  Client fix(sim(), "KalshiNR", kHolder);
  EXPECT_EQ(fix.logon({.sender_comp_id = key}).type(), "A");
  std::promise<std::uint16_t> closed;
  PerpsWebSocketOptions options;
  options.on_state = [&](const WebSocketChange& change) {
    if (change.state == WebSocketState::ended) closed.set_value(change.close_code.value_or(0));
  };
  connect(config_of(key), std::move(options));
  ASSERT_TRUE(socket_->wait_until_open(std::chrono::seconds(20)));
  auto others = std::make_unique<Client>(sim(), "KalshiNR", "alice");
  others->logon();

  EXPECT_EQ(klear("DELETE", "/fcm/margin/api_keys/" + key).status, 204);

  EXPECT_TRUE(fix.closed());
  auto code = closed.get_future();
  ASSERT_EQ(code.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(code.get(), 1008) << "final: the client does not try again";
  EXPECT_EQ(orders(), 401);
  Client again(sim(), "KalshiNR", kHolder);
  again.send_logon({.sender_comp_id = key});
  EXPECT_NE(again.next().type(), "A");
  PerpsWebSocket second(config_of(key));
  ASSERT_TRUE(second.start());
  EXPECT_EQ(second.wait_until_open(std::chrono::seconds(20)).error().status, 401);
  EXPECT_TRUE(others->quiet()) << "the member's own key goes on";
  socket_.reset();  // before what its handler writes to
}

}  // namespace
}  // namespace marginfix::ws::test

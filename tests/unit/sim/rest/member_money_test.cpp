// Operations 37 to 39: transfers and subaccounts. Source: rest-perps.md "Transfers and subaccounts"; observed.md.
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kInstance = "/portfolio/intra_exchange_instance_transfer";
constexpr const char* kSubaccounts = "/portfolio/margin/subaccounts";
constexpr const char* kBetween = "/portfolio/margin/subaccounts/transfer";
constexpr const char* kId = "a023e290-7ada-40d0-817a-189a24e944e2";

class RestMoney : public RestTradingTest {
 protected:
  DollarDecimal cash(AccountId account, std::size_t subaccount = 0) const {
    return views::balances(exchange.state(), account).at(subaccount).cash;
  }
  static std::string instance(std::string_view from, std::string_view to, std::string_view amount, std::string_view more = "") {
    return R"({"source":")" + std::string(from) + R"(","destination":")" + std::string(to) + R"(","amount":)" + std::string(amount) +
           std::string(more) + "}";
  }
  static std::string between(std::string_view id, int from, int to, std::string_view cents) {
    return R"({"client_transfer_id":")" + std::string(id) + R"(","from_subaccount":)" + std::to_string(from) + R"(,"to_subaccount":)" +
           std::to_string(to) + R"(,"amount_cents":)" + std::string(cents) + "}";
  }
};

TEST_F(RestMoney, InstanceTransfersAreInCenticents) {
  const Answer a = post("b-key", kInstance, instance("event_contract", "margined", "12345"));
  ASSERT_EQ(a.status, 200) << a.text;
  EXPECT_TRUE(is_uuid(a["transfer_id"]));
  EXPECT_EQ(cash(bob), usd("100000")) << "accepted, done later";
  exchange.advance(std::chrono::seconds(1));
  EXPECT_EQ(cash(bob), usd("100001.2345"));
  EXPECT_EQ(post("b-key", kInstance, instance("margined", "event_contract", "12345")).status, 200);
  exchange.advance(std::chrono::seconds(1));
  EXPECT_EQ(cash(bob), usd("100000"));
}

TEST_F(RestMoney, InstanceTransfersThatAreRefused) {
  for (const std::string& body : {
           instance("margined", "margined", "1"),
           instance("event_contract", "event_contract", "1"),
           instance("elsewhere", "margined", "1"),
           instance("event_contract", "margined", "0"),
           instance("event_contract", "margined", "-5"),
           instance("event_contract", "margined", "1.5"),
           instance("event_contract", "margined", "\"1\""),
           instance("event_contract", "margined", "1", R"(,"source_exchange_shard":1)"),
           instance("event_contract", "margined", "1", R"(,"destination_exchange_shard":101)"),
           instance("event_contract", "margined", "1", R"(,"destination_subaccount":1)"),
           instance("event_contract", "margined", "1", R"(,"client_transfer_id":"no uuid")"),
           instance("event_contract", "event_contract", "1",
                    R"(,"destination_subaccount":1,"client_transfer_id":"a023e290-7ada-40d0-817a-189a24e944e2")"),
           std::string(R"({"source":"margined","amount":1})"),
           std::string(R"({"destination":"margined","amount":1})"),
           std::string(R"({"source":"event_contract","destination":"margined"})"),
       }) {
    EXPECT_EQ(post("b-key", kInstance, body).code(), "400 invalid_parameters") << body;
  }
  EXPECT_EQ(post("b-key", kInstance, instance("margined", "event_contract", "1000000001")).code(), "400 insufficient_balance");
  EXPECT_TRUE(views::transfers(exchange.state(), bob).empty());
  EXPECT_EQ(post("b-key", kInstance, instance("event_contract", "event_contract", "1", R"(,"destination_subaccount":1)")).status, 200);
}

TEST_F(RestMoney, AnInstanceTransferIdIsGoodOnce) {
  const std::string body = instance("event_contract", "margined", "1", R"(,"client_transfer_id":")" + std::string(kId) + "\"");
  EXPECT_EQ(post("b-key", kInstance, body).status, 200);
  EXPECT_EQ(post("b-key", kInstance, body).code(), "409 transfer_already_applied");
  EXPECT_EQ(views::transfers(exchange.state(), bob).size(), 1U);
}

TEST_F(RestMoney, SubaccountsComeInSequence) {
  EXPECT_EQ(post("b-key", kSubaccounts, "{}").text, R"({"subaccount_number":1})");
  const Answer second = post("b-key", kSubaccounts, "{}");
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second["subaccount_number"], "2");
  for (int i = 3; i <= 63; ++i) ASSERT_EQ(post("b-key", kSubaccounts, "{}").status, 201);
  EXPECT_EQ(post("b-key", kSubaccounts, "{}").code(), "400 subaccount_limit_reached");
}

TEST_F(RestMoney, SubaccountTransfersAreInCents) {
  EXPECT_EQ(post("a-key", kBetween, between(kId, 0, 1, "1")).text, "{}");
  EXPECT_EQ(cash(alice, 1), usd("50000.01"));
  EXPECT_EQ(post("a-key", kBetween, between(kId, 0, 1, "1")).code(), "409 transfer_already_applied");
  EXPECT_EQ(post("a-key", kBetween, between("fe7f99a3-873e-4105-8f2b-3986816252d7", 1, 0, "9999999999")).code(),
            "400 insufficient_balance");
  EXPECT_EQ(post("a-key", kBetween, between("fe7f99a3-873e-4105-8f2b-3986816252d7", 0, 9, "1")).code(), "400 subaccount_not_found");
  for (const std::string& body : {between(kId, 0, 0, "1"), between(kId, 0, 64, "1"), between(kId, -1, 0, "1"), between(kId, 0, 1, "0"),
                                  between("x", 0, 1, "1"), std::string(R"({"from_subaccount":0,"to_subaccount":1,"amount_cents":1})"),
                                  std::string(R"({"client_transfer_id":"a023e290-7ada-40d0-817a-189a24e944e2","amount_cents":1})")}) {
    EXPECT_EQ(post("a-key", kBetween, body).code(), "400 invalid_parameters") << body;
  }
  std::string ignored = between("fe7f99a3-873e-4105-8f2b-3986816252d7", 1, 0, "1");
  ignored.insert(1, R"("exchange_index":3,)");
  EXPECT_EQ(post("a-key", kBetween, ignored).status, 200);
}

TEST_F(RestMoney, AccountsThatMayNotTrade) {
  AccountSpec spec;
  spec.name = "nobody";
  spec.keys = {{"n-key", KeyScope::Trading, {}, {}}};
  spec.margin_enabled = false;
  exchange.run(commands::CreateAccount{spec});
  EXPECT_EQ(post("n-key", kInstance, instance("event_contract", "margined", "1")).status, 403);
  EXPECT_EQ(post("n-key", kSubaccounts, "{}").code(), "404 user_not_found");
  EXPECT_EQ(post("n-key", kBetween, between(kId, 0, 1, "1")).code(), "404 user_not_found");
}

TEST_F(RestMoney, LockedKeysMoveNothing) {
  exchange.run(commands::AddKey{alice, {"locked", KeyScope::Trading, 1, ""}});
  EXPECT_EQ(post("locked", kInstance, instance("event_contract", "margined", "1")).status, 403);
  EXPECT_EQ(post("locked", kSubaccounts, "{}").status, 403);
  EXPECT_EQ(post("locked", kBetween, between(kId, 1, 0, "1")).status, 403);
}

}  // namespace
}  // namespace marginfix::sim

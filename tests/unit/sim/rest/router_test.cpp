// Which endpoint a path is for. Source: rest-perps.md "What a server must do": literal paths win.
#include "sim/doors/http/router.hpp"

#include <gtest/gtest.h>

namespace marginfix::sim {
namespace {

using MatchKind = RouteMatch::Kind;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    const std::pair<const char*, const char*> routes[] = {{"GET", "/margin/markets/{ticker}"},
                                                          {"GET", "/margin/markets/orderbooks"},
                                                          {"GET", "/margin/orders/{order_id}"},
                                                          {"DELETE", "/margin/orders/{order_id}"},
                                                          {"POST", "/margin/orders/{order_id}/amend"},
                                                          {"POST", "/margin/order_groups/create"},
                                                          {"GET", "/margin/order_groups/{order_group_id}"},
                                                          {"PUT", "/margin/cross/positions/{ticker}/exit_trigger/{trigger_id}"},
                                                          {"GET", "/margin/orders"},
                                                          {"POST", "/margin/orders"}};
    for (const auto& [method, path] : routes) router_.add(method, path);
  }
  RouteMatch find(const std::string& method, const std::string& path) { return router_.find(method, "/base/v2" + path); }
  Router router_{"/base/v2"};
};

TEST_F(RouterTest, FindsMethodAndPath) {
  EXPECT_EQ(find("GET", "/margin/orders").index, 8U);
  EXPECT_EQ(find("POST", "/margin/orders").index, 9U);
  EXPECT_EQ(find("POST", "/margin/orders/x/amend").index, 4U);
  const RouteMatch two = find("PUT", "/margin/cross/positions/KXBTCPERP/exit_trigger/abc");
  EXPECT_EQ(two.kind, MatchKind::Found);
  EXPECT_EQ(two.path.at("ticker"), "KXBTCPERP");
  EXPECT_EQ(two.path.at("trigger_id"), "abc");
}

TEST_F(RouterTest, ALiteralSegmentWinsWhateverTheMethod) {
  EXPECT_EQ(find("GET", "/margin/markets/orderbooks").index, 1U);
  EXPECT_TRUE(find("GET", "/margin/markets/orderbooks").path.empty());
  EXPECT_EQ(find("GET", "/margin/markets/orderbook").index, 0U);
  const RouteMatch create = find("GET", "/margin/order_groups/create");
  EXPECT_EQ(create.kind, MatchKind::WrongMethod);
  EXPECT_EQ(create.allow, "POST");
}

TEST_F(RouterTest, NamesTheMethodsThereAre) {
  const RouteMatch match = find("PATCH", "/margin/orders/x");
  EXPECT_EQ(match.kind, MatchKind::WrongMethod);
  EXPECT_EQ(match.allow, "GET, DELETE");
}

TEST_F(RouterTest, ParametersAreDecodedAndNotEmpty) {
  EXPECT_EQ(find("GET", "/margin/markets/A%2FB%20C").path.at("ticker"), "A/B C");
  EXPECT_EQ(find("GET", "/margin/markets/").kind, MatchKind::NotFound);
  EXPECT_EQ(find("GET", "/margin/markets/%zz").kind, MatchKind::Malformed);
}

TEST_F(RouterTest, EverythingElseIsNotFound) {
  for (const char* path :
       {"", "/", "/margin", "/margin/orders/", "/margin/orders/a/b", "/Margin/orders", "margin/orders", "//margin/orders"}) {
    EXPECT_EQ(find("GET", path).kind, MatchKind::NotFound) << path;
  }
  EXPECT_EQ(router_.find("GET", "/margin/orders").kind, MatchKind::NotFound);
  EXPECT_EQ(router_.find("GET", "/base/v22/margin/orders").kind, MatchKind::NotFound);
  EXPECT_EQ(router_.find("GET", "/base/v2margin/orders").kind, MatchKind::NotFound);
}

}  // namespace
}  // namespace marginfix::sim

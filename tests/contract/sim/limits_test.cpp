// Every limit that the client's tables know (ranges, lengths, decimals, signs, forms: from the exchange's file) is enforced by the
// simulator too, parameter by parameter, and the refusal names the parameter.
#include <algorithm>
#include <map>

#include "contract/sim/broken_limits.hpp"
#include "marginfix/rest/operation.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

using json::FieldInfo;
using limits::bad_values;
using limits::with;

constexpr const char* kId = "a023e290-7ada-40d0-817a-189a24e944e2";

// A request that breaks no limit: what the operation needs, and members that others must go with.
struct Sample {
  std::string query{};
  std::string body{};
};
const std::map<std::string_view, Sample> kSamples{
    {"GetMarginFundingHistory", {"start_date=2026-11-20&end_date=2026-11-21"}},
    {"GetMarginMarketOrderbooks", {"tickers=KXBTCPERP"}},
    {"ListMarginFCMOrders", {"subtrader_id=x"}},
    {"CreateMarginOrder",
     {"",
      R"({"ticker":"KXBTCPERP","client_order_id":"c1","side":"bid","count":"1","price":"6.0000","time_in_force":"good_till_canceled","self_trade_prevention_type":"maker"})"}},
    {"DecreaseMarginOrder", {"", R"({"reduce_by":"1"})"}},
    {"AmendMarginOrder", {"", R"({"ticker":"KXBTCPERP","side":"bid","price":"6.0000","count":"1"})"}},
    {"CreateMarginOrderGroup", {"", R"({"contracts_limit":5})"}},
    {"UpdateMarginOrderGroupLimit", {"", R"({"contracts_limit":5})"}},
    {"SetCrossMarginExitTrigger", {"", R"({"stop_loss_price":"5.0000","count":"1","client_trigger_id":"k"})"}},
    {"SetIsolatedMarginExitTrigger", {"", R"({"stop_loss_price":"5.0000"})"}},
    {"UpdateCrossMarginExitTrigger", {"", R"({"stop_loss_price":"5.0000"})"}},
    {"IntraExchangeInstanceTransfer",
     {"", R"({"source":"event_contract","destination":"event_contract","amount":1,"destination_subaccount":1})"}},
    {"CreateMarginSubaccount", {"", "{}"}},
    {"ApplyMarginSubaccountTransfer",
     {"", R"({"client_transfer_id":"a023e290-7ada-40d0-817a-189a24e944e2","from_subaccount":0,"to_subaccount":1,"amount_cents":1})"}},
    {"CreateMarginFCMSubtrader", {"", R"({"subtrader_suffix":"desk","require_category_cap":false})"}},
    {"UpdateFCMSubtraderRiskControls", {"", R"({"subtrader_id":"x","im_cap":"1"})"}},
    {"UpdateFCMNotionalRiskLimit", {"", R"({"notional_value_risk_limit":"1"})"}},
};

// A trailing stop's members do not go with a stop loss.
const std::map<std::string_view, std::string> kOtherBodies{
    {"trail_amount", R"({"kind":"trailing","trail_amount":"0.1000"})"},
    {"trail_bps", R"({"kind":"trailing","trail_bps":5})"},
    {"reduce_to", R"({"reduce_to":"1"})"},
    {"contracts_limit_fp", R"({"contracts_limit_fp":"5.00"})"},
};

// What the simulator takes on purpose.
constexpr std::pair<std::string_view, std::string_view> kAllowed[] = {
    {"CreateMarginOrder", "expiration_time"},  // 0 is no expiry, as on an amend
};

class Limits : public RestTradingTest {
 protected:
  void try_operation(const rest::OperationInfo& info) {
    const auto found = kSamples.find(info.operation_id);
    const Sample sample = found == kSamples.end() ? Sample{} : found->second;
    const std::string path = concrete(info);
    const Answer whole = send(info, path, sample.query, sample.body);
    EXPECT_EQ(whole.text.find("must"), std::string::npos) << info.operation_id << ": the sample breaks a limit: " << whole.text;
    for (const FieldInfo& f : info.request->fields) {
      for (const std::string& value : bad_values(f))
        expect_refused(info, f, send(info, path, with(sample.query, f.name, value), sample.body), value);
    }
    if (info.body == nullptr) return;
    for (const FieldInfo& f : info.body->fields) {
      const auto other = kOtherBodies.find(f.name);
      for (const std::string& value : bad_values(f, true)) {
        boost::json::object body = boost::json::parse(other == kOtherBodies.end() ? sample.body : other->second).as_object();
        body[f.name] = boost::json::parse(value);
        expect_refused(info, f, send(info, path, sample.query, boost::json::serialize(body)), value);
      }
    }
  }
  // With an order or a group that is there, made for this operation.
  std::string concrete(const rest::OperationInfo& info) {
    std::string path(info.path);
    const auto put = [&path](std::string_view name, const std::string& value) {
      if (const std::size_t at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    };
    put("{ticker}", kMarket);
    put("{trigger_id}", kId);
    const std::string id = "for-" + std::string(info.operation_id);
    if (path.find("{order_id}") != std::string::npos) put("{order_id}", place("f-key", id, "bid", "50", "6.0000")["order_id"]);
    if (path.find("{order_group_id}") != std::string::npos) {
      put("{order_group_id}", post("f-key", "/margin/order_groups/create", R"({"contracts_limit":5})")["order_group_id"]);
    }
    return path;
  }
  Answer send(const rest::OperationInfo& info, const std::string& path, const std::string& query, const std::string& body) {
    return call("f-key", to_string(info.method), path + (query.empty() ? "" : "?" + query), body);
  }
  void expect_refused(const rest::OperationInfo& info, const FieldInfo& f, const Answer& answer, const std::string& value) {
    if (std::ranges::find(kAllowed, std::pair(info.operation_id, f.name)) != std::end(kAllowed)) return;
    ++tried_;
    const std::string what = std::string(info.operation_id) + " " + std::string(f.name) + "=" + value.substr(0, 40) + ": " + answer.text;
    EXPECT_EQ(answer.status, 400) << what;
    EXPECT_NE(answer.text.find(f.name), std::string::npos) << "the refusal does not name it: " << what;
  }
  int tried_{0};
};

TEST_F(Limits, OfEveryParameterAreEnforced) {
  for (const auto* info : rest::perps_operations()) try_operation(*info);
  EXPECT_GE(tried_, 120);
}

}  // namespace
}  // namespace marginfix::sim

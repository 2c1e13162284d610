// The same for Klear: what breaks a limit of the client's tables is a 400 that names the parameter.
#include <map>

#include "contract/sim/broken_limits.hpp"
#include "unit/sim/klear/klear_fixture.hpp"

namespace marginfix::sim {
namespace {

using json::FieldInfo;
using limits::bad_values;
using limits::with;

constexpr const char* kKlearId = "a023e290-7ada-40d0-817a-189a24e944e2";

// What an operation needs beside the parameter that is tried.
struct Needs {
  std::string query{};
  std::string body{};
};
const std::map<std::string_view, Needs> kNeeds{
    {"GetMemberFundingPayments", {"funding_time=2026-11-23T20:00:00Z"}},
    {"EstimatePortfolioMaintenanceMargin", {"", R"({"asset_class":"Crypto","positions":[{"market_ticker":"KXBTCPERP","quantity":1}]})"}},
    {"WithdrawSettlementBalance", {"", R"({"amount":"1.00"})"}},
    {"CreateMarginSubtraderGroup", {"", R"({"subtrader_ids":["x_1"]})"}},
    {"UpdateMarginSubtraderGroup", {"", R"({"subtrader_ids":["x_1"]})"}},
    {"CreateMarginFcmApiKey",
     {"",
      R"({"name":"n","fcm_subtrader_id":"x_1","public_key":"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"})"}},
    {"GenerateMarginFcmApiKey", {"", R"({"name":"n","fcm_subtrader_id":"x_1"})"}},
};

class KlearLimits : public KlearTest {
 protected:
  void try_operation(const rest::OperationInfo& info) {
    const auto found = kNeeds.find(info.operation_id);
    const Needs needs = found == kNeeds.end() ? Needs{} : found->second;
    for (const FieldInfo& f : info.request->fields) {
      const std::string name = "{" + std::string(f.name) + "}";
      const bool in_path = info.path.find(name) != std::string_view::npos;
      for (const std::string& value : bad_values(f)) {
        const std::string text = value.substr(value.front() == '"' ? 1 : 0, value.size() - (value.front() == '"' ? 2 : 0));
        const std::string query = in_path ? needs.query : with(needs.query, f.name, value);
        expect_refused(info, f, value, path_of(info, in_path ? f.name : "", text) + (query.empty() ? "" : "?" + query), needs.body);
      }
    }
    if (info.body == nullptr) return;
    for (const FieldInfo& f : info.body->fields) {
      for (const std::string& value : bad_values(f, true)) {
        boost::json::object body = boost::json::parse(needs.body).as_object();
        body[f.name] = boost::json::parse(value);
        expect_refused(info, f, value, path_of(info, "", ""), boost::json::serialize(body));
      }
    }
  }
  static std::string path_of(const rest::OperationInfo& info, std::string_view bad, const std::string& value) {
    std::string path(info.path);
    const std::size_t open = path.find('{');
    if (open == std::string::npos) return path;
    const std::size_t close = path.find('}');
    const bool this_one = !bad.empty() && path.compare(open + 1, close - open - 1, bad) == 0;
    return path.replace(open, close - open + 1, this_one ? value : kKlearId);
  }
  void expect_refused(const rest::OperationInfo& info, const FieldInfo& f, const std::string& value, const std::string& target,
                      const std::string& body) {
    ++tried_;
    const HttpAnswer answer = send(std::string(to_string(info.method)), target, body);
    const std::string what = std::string(info.operation_id) + " " + std::string(f.name) + "=" + value.substr(0, 40) + ": " + answer.body;
    EXPECT_EQ(answer.status, 400) << what;
    EXPECT_NE(answer.body.find(f.name), std::string::npos) << "the refusal does not name it: " << what;
  }
  int tried_{0};
};

TEST_F(KlearLimits, OfEveryParameterAreEnforced) {
  fcm_buys(1, "6.2577");
  exchange.step(kNoon);
  for (const auto* info : rest::klear_operations()) try_operation(*info);
  EXPECT_GE(tried_, 20);
}

}  // namespace
}  // namespace marginfix::sim

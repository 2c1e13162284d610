#include "contract/sim/official/perps_door.hpp"

namespace marginfix::sim {
namespace {

// What the real exchange says and the file does not, and what the simulator cannot do.
std::vector<openapi::Excuse> perps_excuses() {
  return {
      {"GetMarginExchangeStatus", "status 400 is not documented", "an unknown parameter is refused everywhere alike"},
      {"GetMarginRiskParameters", "status 400 is not documented", "an unknown parameter is refused everywhere alike"},
  };
}

// Ed25519: quick to make and to sign with. Not a secret: it signs in this test only.
constexpr const char* kKey =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEILREVqbocZ812AU3btbpuAtOWdhq2FfMFN4WAIzhBe1l\n-----END PRIVATE KEY-----\n";

std::string filled(std::string path) {
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    const std::size_t close = path.find('}', open);
    const bool ticker = path.substr(open, close - open + 1) == "{ticker}";
    path.replace(open, close - open + 1, ticker ? kMarket : "a023e290-7ada-40d0-817a-189a24e944e2");
  }
  return path;
}

}  // namespace

Signer OfficialPerpsTest::make_key() { return Signer::from_pem(SecretString(kKey)).value(); }

void OfficialPerpsTest::SetUp() {
  const std::string yaml = official_file("perps_openapi.yaml");
  if (yaml.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
  check_ = std::make_unique<openapi::AnswerCheck>(yaml, "ErrorResponse", perps_excuses());
  check_->add_legacy("ListMarginFCMOrders", "GET", "/margin/fcm/orders", "GetMarginOrdersResponse");
  for (const auto& op : check_->operations()) file_.add(op.method, op.path);
  for (const char* key : {"a-key", "a-key2", "b-key", "f-key"}) ring_.set(key, Signer::from_public_pem(signer_.public_pem()).value());
  http_.add(market_endpoints(), door);
  http_.add(order_endpoints(), door);
  http_.add(account_endpoints(), door);
}

OfficialPerpsTest::Answer OfficialPerpsTest::ask(std::string_view key, const std::string& method, const std::string& target,
                                                 const std::string& body) {
  HttpRequest request;
  request.method = method;
  request.path = "/trade-api/v2" + target.substr(0, target.find('?'));
  if (const std::size_t mark = target.find('?'); mark != std::string::npos) request.query = target.substr(mark + 1);
  request.headers = {{"Content-Type", "application/json"}};
  if (!key.empty()) {
    const std::string time = std::to_string(to_epoch_ms(exchange.now()));
    request.headers.emplace_back("KALSHI-ACCESS-KEY", key);
    request.headers.emplace_back("KALSHI-ACCESS-TIMESTAMP", time);
    request.headers.emplace_back("KALSHI-ACCESS-SIGNATURE", signer_.sign(time + method + request.path).value());
  }
  request.body = body;
  const RouteMatch route = file_.find(method, request.path);
  const HttpAnswer answer = http_.on_request(request).answer;
  if (route.kind != RouteMatch::Kind::Found) {
    ADD_FAILURE() << "the official file has no " << method << " " << request.path;
  } else {
    check_->answer(check_->operations()[route.index], answer.status, answer.body);
  }
  return {answer.status, answer.body, answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body)};
}

OfficialPerpsTest::Answer OfficialPerpsTest::good(std::string_view key, const std::string& method, const std::string& target,
                                                  const std::string& body) {
  Answer answer = ask(key, method, target, body);
  EXPECT_TRUE(answer.status >= 200 && answer.status < 300) << method << " " << target << " " << body << ": " << answer.text;
  return answer;
}

void OfficialPerpsTest::refuse_everywhere() {
  for (const auto& op : check_->operations()) {
    const bool open = op.security.empty();
    const Answer answer = ask("", op.method, filled(op.path) + (open ? "?nonsense=1" : ""));
    EXPECT_EQ(answer.status, open ? 400 : 401) << op.id;
  }
}

}  // namespace marginfix::sim

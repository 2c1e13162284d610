// `marginfix rest` and `marginfix klear` as scripts run them, against a server that answers what each test wants.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "integration/apps/program.hpp"
#include "sim/doors/http/server.hpp"
#include "sim/keys/keys.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using sim::HttpReply;
using sim::HttpRequest;

// Answers in turn, keeps what was asked.
class Script final : public sim::HttpHandler {
 public:
  HttpReply on_request(const HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (replies_.empty()) return {{500, R"({"code":"unexpected","message":"no answer left"})"}};
    HttpReply reply = std::move(replies_.front());
    replies_.pop_front();
    return reply;
  }
  void answer(int status, std::string body, sim::HttpHeaders headers = {}) {
    const std::lock_guard lock(mutex_);
    replies_.push_back({{status, std::move(body)}, std::move(headers)});
  }
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<HttpReply> replies_;
  std::vector<HttpRequest> requests_;
};

class RestCommands : public ::testing::Test {
 protected:
  RestCommands() {
    sim::HttpServerOptions options;
    options.tls = false;
    server_ = std::make_unique<sim::HttpServer>(io_, script_, options);
    port_ = server_->open().value();
    thread_ = std::thread([this] { io_.run(); });
    const auto keys = sim::ensure_api_keys(folder_.path(), {"alice"}).value();
    key_id_ = keys.at(0).key_id;
    const std::string host = "http://127.0.0.1:" + std::to_string(port_);
    std::ofstream(endpoints())
        << R"({"rest":")" << host << R"(/trade-api/v2","klear":{"url":")" << host
        << R"(/klear-api/v1","admin_user_id":"admin-1","access_token":"s3cret-token"},"accounts":[{"name":"alice","key_id":")" << key_id_
        << R"(","private_key_path":")" << keys.at(0).private_key_path << R"("}]})";
    // It holds a token: its owner's alone, as the simulator writes it, or each call would begin with a warning.
    std::filesystem::permissions(endpoints(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  ~RestCommands() override {
    std::promise<void> closed;
    boost::asio::post(io_, [&] {
      server_.reset();
      closed.set_value();
    });
    closed.get_future().wait();
    work_.reset();
    io_.stop();
    thread_.join();
  }

  std::string endpoints() const { return folder_.path("endpoints.json"); }
  Outcome call(std::vector<std::string> words) {
    words.insert(words.end(), {"--endpoints", endpoints()});
    return run(words);
  }

  const test::TempFolder folder_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  Script script_;
  std::unique_ptr<sim::HttpServer> server_;
  std::thread thread_;
  std::uint16_t port_{0};
  std::string key_id_;
};

// Nothing on standard output, one line on standard error, an exit code that scripts can tell from a signal's.
void expect_refused(const Outcome& r) {
  EXPECT_GE(r.exit_code, 1);
  EXPECT_LE(r.exit_code, 125);
  EXPECT_THAT(r.out, IsEmpty());
  EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
}

TEST_F(RestCommands, PrintTheAnswerAsItCame) {
  const std::string body = R"({"orders":[],"cursor":"", "new":{"rate":-0.00095935529482860,"big":123456789012345678901234567890}})";
  script_.answer(200, body);
  const auto r = call({"rest", "orders", "list", "--ticker", "KXBTCPERP", "--limit", "5"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_EQ(r.out, body + "\n");
  EXPECT_THAT(r.err, IsEmpty());
  ASSERT_THAT(script_.requests(), SizeIs(1));
  const HttpRequest request = script_.requests()[0];
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/trade-api/v2/margin/orders");
  EXPECT_EQ(request.query, "ticker=KXBTCPERP&limit=5");
  EXPECT_EQ(request.header("KALSHI-ACCESS-KEY"), key_id_);
  EXPECT_THAT(std::string(request.header("KALSHI-ACCESS-SIGNATURE")), Not(IsEmpty()));
}

TEST_F(RestCommands, SendBodiesAndPrintNothingForNoContent) {
  script_.answer(200, "{}");
  script_.answer(204, "");
  const auto limit = call({"rest", "order_groups", "update_limit", "--order-group-id", "g-1", "--contracts-limit", "7"});
  EXPECT_EQ(limit.out, "{}\n") << limit.err;
  const auto all = call({"rest", "orders", "cancel_all"});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_THAT(all.out, IsEmpty());
  ASSERT_THAT(script_.requests(), SizeIs(2));
  EXPECT_EQ(script_.requests()[0].method, "PUT");
  EXPECT_EQ(script_.requests()[0].body, R"({"contracts_limit":7})");
  EXPECT_EQ(script_.requests()[1].method, "DELETE");
}

TEST_F(RestCommands, RefusalsNameStatusCodeAndMessage) {
  script_.answer(404, R"({"error":{"code":"not_found","message":"no such order","service":"query-exchange"}})");
  const auto nested = call({"rest", "orders", "get", "--order-id", "o-1"});
  expect_refused(nested);
  EXPECT_THAT(nested.err, AllOf(HasSubstr("404"), HasSubstr("not_found"), HasSubstr("no such order")));
  script_.answer(409, R"({"code":"conflict","message":"not visible yet"})");
  const auto flat = call({"klear", "generate_fcm_api_key", "--name", "n", "--fcm-subtrader-id", "acc_s1"});
  expect_refused(flat);
  EXPECT_THAT(flat.err, AllOf(HasSubstr("409"), HasSubstr("conflict"), HasSubstr("not visible yet")));
}

TEST_F(RestCommands, AWriteIsSentOnceAndItsFateIsNamed) {
  script_.answer(503, R"({"error":{"code":"service_unavailable","message":"later"}})");
  const auto r = call({"klear", "withdraw_settlement_balance", "--amount", "500.00"});
  expect_refused(r);
  EXPECT_THAT(r.err, AllOf(HasSubstr("503"), HasSubstr("outcome is unknown")));
  ASSERT_THAT(script_.requests(), SizeIs(1));
  EXPECT_EQ(script_.requests()[0].body, R"({"amount":"500.00"})");
}

TEST_F(RestCommands, AnswersOfAnotherTypeAreErrors) {
  for (const char* body : {R"({"schedule":7})", "[]", "null", "", "<html>"}) {
    script_.answer(200, body);
    const auto r = call({"klear", "funding_schedule", "--asset-class", "Crypto"});
    expect_refused(r);
    EXPECT_THAT(r.err, AllOf(HasSubstr("HTTP 200"), Not(HasSubstr("may have reached")))) << body;
  }
  script_.answer(200, R"({"schedule":null,"x":1})");
  EXPECT_EQ(call({"klear", "funding_schedule", "--asset-class", "Crypto"}).out, "{\"schedule\":null,\"x\":1}\n");
}

TEST_F(RestCommands, BadArgumentsSendNothing) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"rest", "markets", "orderbook"},
                                             {"rest", "markets", "orderbook", "--ticker", "T", "--depth", "x"},
                                             {"rest", "orders", "cancel", "--order-id", "o", "--force", "true"},
                                             {"rest", "nothing", "list"},
                                             {"rest", "markets", "lst"},
                                             {"rest"},
                                             {"klear", "withdraw_settlement_balance", "--amount", "-1"},
                                             {"klear", "withdraw_settlement_balance", "--body", R"({"amount":5})"},
                                             {"klear", "margin_reports", "--start-date", "2026-01-01", "--end-date", "2026-12-31"},
                                             {"rest", "markets", "list", "--all"}}) {
    const auto r = call(words);
    expect_refused(r);
  }
  EXPECT_THAT(script_.requests(), IsEmpty());
}

TEST_F(RestCommands, KlearTakesTheBearerTokenAndNeverShowsIt) {
  script_.answer(200, R"({"user_id":"u","balance_available_centicents":9007199254740993})");
  script_.answer(401, R"({"code":"unauthorized","message":"token s3cret-token is wrong"})");
  const auto good = call({"klear", "settlement_balance"});
  EXPECT_EQ(good.out, "{\"user_id\":\"u\",\"balance_available_centicents\":9007199254740993}\n") << good.err;
  const auto bad = call({"klear", "settlement_balance_withdrawal", "--id", "w-1"});
  expect_refused(bad);
  EXPECT_THAT(bad.err, AllOf(HasSubstr("401"), HasSubstr("token *** is wrong"), Not(HasSubstr("s3cret"))));
  ASSERT_THAT(script_.requests(), SizeIs(2));
  EXPECT_EQ(script_.requests()[0].header("Authorization"), "Bearer admin-1:s3cret-token");
  EXPECT_EQ(script_.requests()[0].header("KALSHI-ACCESS-KEY"), "");
  EXPECT_EQ(script_.requests()[1].query, "id=w-1");
}

TEST_F(RestCommands, NoCredentialsFollowARedirect) {
  script_.answer(307, "", {{"Location", "/trade-api/v2/margin/elsewhere"}});
  const auto r = call({"rest", "margin", "balance"});
  expect_refused(r);
  EXPECT_THAT(r.err, HasSubstr("307"));
  EXPECT_THAT(script_.requests(), SizeIs(1));
}

TEST_F(RestCommands, AllReadsEveryPage) {
  script_.answer(200, R"({"obligations":[],"cursor":"p2"})");
  script_.answer(200, R"({"obligations":[]})");
  const auto r = call({"klear", "obligation_history", "--all", "--limit", "100"});
  EXPECT_EQ(r.out, "{\"obligations\":[]}\n") << r.err;
  ASSERT_THAT(script_.requests(), SizeIs(2));
  EXPECT_EQ(script_.requests()[1].query, "limit=100&cursor=p2");
}

TEST_F(RestCommands, ADryRunShowsTheRequestAndSendsNothing) {
  const auto rest = call({"rest", "orders", "cancel", "--order-id", "o 1", "--dry-run"});
  EXPECT_THAT(rest.out, AllOf(StartsWith("DELETE http://127.0.0.1:"), HasSubstr("/trade-api/v2/margin/orders/o%201\n"),
                              HasSubstr("KALSHI-ACCESS-KEY: " + key_id_), HasSubstr("KALSHI-ACCESS-SIGNATURE: ***")));
  const auto klear = call({"klear", "withdraw_settlement_balance", "--amount", "5", "--dry-run", "--json"});
  EXPECT_THAT(klear.out, AllOf(HasSubstr("Bearer admin-1:***"), HasSubstr(R"("body":{"amount":"5.00"})"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(script_.requests(), IsEmpty());
}

TEST_F(RestCommands, OptionsOfTheProgramMayStandAnywhere) {
  script_.answer(200, "{}");
  const auto r = run({"--endpoints", endpoints(), "rest", "--account", "alice", "order_groups", "list"});
  EXPECT_EQ(r.out, "{}\n") << r.err;
  const auto unknown = run({"rest", "order_groups", "list", "--endpoints", endpoints(), "--account", "carol"});
  expect_refused(unknown);
  EXPECT_THAT(unknown.err, HasSubstr("alice"));
}

TEST(RestHelpCommand, ListsAndExplains) {
  const auto list = run({"rest", "--list"});
  EXPECT_EQ(list.exit_code, 0);
  EXPECT_EQ(std::count(list.out.begin(), list.out.end(), '\n'), 55) << "53 of the file, list_fcm, endpoint_costs";
  const auto klear = run({"klear", "--list"});
  EXPECT_EQ(std::count(klear.out.begin(), klear.out.end(), '\n'), 28);
  EXPECT_THAT(run({"rest", "--help"}).out, HasSubstr("marginfix rest FAMILY OPERATION"));
  EXPECT_THAT(run({"rest", "markets", "--help"}).out, HasSubstr("rest markets orderbook"));
  EXPECT_THAT(run({"rest", "markets", "orderbook", "--help"}).out, AllOf(HasSubstr("--ticker"), HasSubstr("[path, required]")));
  EXPECT_THAT(run({"--help"}).out, AllOf(HasSubstr("rest"), HasSubstr("klear")));
}

}  // namespace
}  // namespace marginfix::testing_apps

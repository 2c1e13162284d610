// Who may write what: no entrance of the simulator takes a text that another door cannot say, and one that an older journal holds is shown
// by every door without breaking its messages. The rule: marginfix/core/text.hpp.
#include <boost/json.hpp>
#include <set>
#include <sstream>

#include "marginfix/core/text.hpp"
#include "marginfix/json/binding.hpp"
#include "marginfix/rest/operation.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/ws/frame_reader.hpp"
#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/klear/klear_endpoints.hpp"
#include "sim/doors/rest/endpoint.hpp"
#include "sim/doors/ws/protocol.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/truth.hpp"
#include "support/odd_texts.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using marginfix_tests::odd_texts;

// ---- every parameter and member of every operation, REST and Klear ---------------------------------------------------------------

struct OpenGate final : EndpointGate {
  std::optional<HttpReply> admit(const HttpRequest&, const EndpointEntry&, int, EndpointRequest&) override { return std::nullopt; }
};

class EveryEntrance : public ::testing::Test {
 protected:
  template <class Context>
  void add(std::span<const Endpoint<Context>> table) {
    for (const Endpoint<Context>& e : table) {
      EndpointEntry entry;
      entry.method = e.method;
      entry.path = e.path;
      entry.query_names = e.query_names;
      entry.body_names = e.body_names;
      entry.handle = [this](EndpointRequest&) {
        ++calls_;
        return HttpAnswer{200, "{}"};
      };
      entries_.push_back(entry);
      door_.add(std::move(entry));
    }
  }
  void expect_refused(const EndpointEntry& e, const std::string& path, const std::string& query, const std::string& body,
                      std::string_view what) {
    const HttpReply reply = door_.on_request({std::string(e.method), path, query, {{"Content-Type", "application/json"}}, body, ""});
    EXPECT_EQ(reply.answer.status, 400) << e.method << ' ' << e.path << ' ' << what << ": " << reply.answer.body;
    EXPECT_EQ(text_fault(reply.answer.body), nullptr) << reply.answer.body;
    EXPECT_EQ(calls_, 0) << e.method << ' ' << e.path << ' ' << what;
    ++tried_;
  }
  void try_all(const EndpointEntry& e, const marginfix_tests::OddText& odd) {
    const std::string encoded = rest::percent_encode(odd.text), path(e.path);
    const std::string json = odd.utf8 ? json::quoted(odd.text) : '"' + odd.text + '"';
    if (const auto place = path.find('{'); place != std::string::npos) {
      std::string odd_path = path;
      odd_path.replace(place, path.find('}') - place + 1, encoded);
      expect_refused(e, odd_path, "", "", odd.name);
    }
    for (const std::string& name : names_of(e.query_names)) expect_refused(e, path, name + "=" + encoded, "", odd.name);
    for (const std::string& name : names_of(e.body_names)) {
      if (name == "public_key" && odd.utf8) continue;  // PEM has lines: its reader judges it
      expect_refused(e, path, "", "{" + json::quoted(name) + ":" + json + "}", odd.name);
      expect_refused(e, path, "", "{" + json::quoted(name) + ":[{\"inner\":" + json + "}]}", odd.name);
    }
  }
  static std::vector<std::string> names_of(std::string_view list) {
    std::vector<std::string> out;
    std::istringstream in{std::string(list)};
    for (std::string name; in >> name;) out.push_back(name);
    return out;
  }
  OpenGate gate_;
  EndpointDoor door_{"", gate_, {[] {}, [] {}, [] {}}};
  std::vector<EndpointEntry> entries_;
  int calls_{0}, tried_{0};
};

TEST_F(EveryEntrance, OfRestRefusesControlCharactersAndWhatIsNoUtf8) {
  add(market_endpoints());
  add(order_endpoints());
  add(account_endpoints());
  for (const EndpointEntry& e : entries_) {
    for (const auto& odd : odd_texts()) {
      if (!odd.fit_for_text) try_all(e, odd);
    }
  }
  EXPECT_GT(tried_, 1'000);
}

TEST_F(EveryEntrance, OfKlearRefusesControlCharactersAndWhatIsNoUtf8) {
  add(klear_endpoints());
  for (const EndpointEntry& e : entries_) {
    for (const auto& odd : odd_texts()) {
      if (!odd.fit_for_text) try_all(e, odd);
    }
  }
  EXPECT_GT(tried_, 300);
}

TEST(RestBody, IdentifiersArePrintableAsciiAndTextsMayBeMore) {
  EndpointRequest request;
  request.body = boost::json::parse("{\"client_order_id\":\"caf\xc3\xa9\",\"name\":\"caf\xc3\xa9\",\"ticker\":\"A\"}").as_object();
  EXPECT_EQ(request.body_text("ticker"), "A");
  EXPECT_EQ(request.body_free_text("name"), "caf\xc3\xa9");
  EXPECT_FALSE(request.problem);
  EXPECT_EQ(request.body_text("client_order_id"), std::nullopt);
  ASSERT_TRUE(request.problem);
  EXPECT_EQ(request.problem->status, 400);
  EXPECT_NE(request.problem->body.find("client_order_id contains a character outside ASCII"), std::string::npos) << request.problem->body;
}

// ---- an older journal ------------------------------------------------------------------------------------------------------------

struct Frames final : WsOut {
  void send(WsClient, std::string text) override { texts.push_back(std::move(text)); }
  std::vector<std::string> texts;
};

class OlderJournal : public ExchangeTest {
 protected:
  // Straight into the engine, past the doors of today: what a journal of yesterday holds.
  void SetUp() override {
    int n = 0;
    for (const auto& odd : odd_texts()) {
      NewOrder o = order(odd.text, Side::Buy, 1 + n % 3, "6.0000");
      ASSERT_TRUE(send("a-key", o).accepted) << odd.name;
      ++n;
    }
  }
  // What a JSON document can say of it.
  static std::string said(const marginfix_tests::OddText& odd) { return odd.utf8 ? odd.text : visible(odd.text); }
};

TEST_F(OlderJournal, EveryRestListOfTheAccountStillParses) {
  RestDoorContext door{exchange, [this] { return exchange.now(); }};
  for (const Endpoint<RestDoorContext>& e : order_endpoints()) {
    if (e.method != "GET" || e.path != "/margin/orders") continue;
    EndpointRequest request;
    request.caller = views::find_key(exchange.state(), "a-key");
    request.query["limit"] = "100";
    const HttpAnswer answer = e.handle(door, request);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(text_fault(answer.body), nullptr);
    const auto read = json::decode<rest::GetMarginOrdersResponse>(answer.body);
    ASSERT_TRUE(read) << to_string(read.error());
    ASSERT_EQ(read->orders.size(), odd_texts().size());
    std::set<std::string> ids;
    for (const auto& o : read->orders) ids.insert(o.client_order_id);
    for (const auto& odd : odd_texts()) EXPECT_TRUE(ids.contains(said(odd))) << odd.name;
  }
}

TEST_F(OlderJournal, TheStateOfTheExchangeStillParses) {
  const std::string truth = views::truth_json(exchange.state());
  const auto parsed = boost::json::parse(truth).as_object();  // throws where it is no JSON
  std::set<std::string> ids;
  for (const auto& account : parsed.at("accounts").as_array()) {
    if (const auto* orders = account.as_object().if_contains("orders")) {
      for (const auto& o : orders->as_array()) ids.insert(std::string(o.at("client_order_id").as_string()));
    }
  }
  for (const auto& odd : odd_texts()) {
    EXPECT_TRUE(ids.contains(odd.fit_for_text ? odd.text : visible(odd.text))) << odd.name;
  }
}

TEST_F(OlderJournal, EveryWebSocketFrameStillReads) {
  Frames out;
  WsProtocol protocol(exchange, out, [this] { return exchange.now(); });
  exchange.add_sink(protocol);
  protocol.join(1, *views::find_key(exchange.state(), "a-key"));
  protocol.command(1, R"({"id":1,"cmd":"subscribe","params":{"channels":["user_orders","fill","orderbook_delta"],"market_ticker":")" +
                          std::string(kMarket) + "\"}}");
  sell("b-key", "hit", 100, "6.0000");  // fills every one of them
  ws::FrameReader reader;
  std::set<std::string> ids;
  for (const std::string& text : out.texts) {
    EXPECT_EQ(text_fault(text), nullptr) << text;
    const ws::Frame frame = reader.read(text);
    EXPECT_EQ(frame.as<ws::UnknownFrame>(), nullptr) << text;
    if (const auto* fill = frame.as<ws::MarginFill>()) ids.insert(fill->client_order_id.value_or(""));
  }
  for (const auto& odd : odd_texts()) EXPECT_TRUE(ids.contains(said(odd))) << odd.name;
}

}  // namespace
}  // namespace marginfix::sim

// See honest.hpp.
#include "siege/honest.hpp"

#include <atomic>
#include <stdexcept>
#include <string>

#include "integration/sim/client.hpp"
#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "integration/ws/raw_client.hpp"
#include "marginfix/core/endpoints.hpp"

namespace marginfix::siege {
namespace {

using sim::Simulator;
using sim::test::Client;
using sim::test::HttpResponse;
using sim::test::RestClient;

std::string next_id() {
  static std::atomic<int> number{0};
  return "h" + std::to_string(++number);
}

void expect(bool right, const std::string& what) {
  if (!right) throw std::runtime_error(what);
}

class OrdersByFix final : public Honest {
 public:
  OrdersByFix(const Simulator& simulator, const std::string& session) : client_(simulator, session, "alice") {
    client_.logon({.extra = "21011=Y|"});
  }
  void round() override {
    const std::string id = next_id();
    client_.send("D", sim::test::Order{.id = id, .quantity = "1", .price = "3.9000"}.body());
    expect(client_.expect_report('0').get(11) == id, "another order's report");
    client_.send("F", sim::test::cancel_of("c" + id, id));
    client_.expect_report('4');
  }

 private:
  Client client_;
};

class DropCopyByFix final : public Honest {
 public:
  explicit DropCopyByFix(const Simulator& simulator) : client_(simulator, "KalshiDC", "alice-dropcopy") { client_.logon(); }
  // From the last report on that it knows: what was asked for once is not asked for again.
  void round() override {
    client_.send("U1", "21001=" + last_ + "|");
    for (auto message = client_.next(); message.type() != "U2"; message = client_.next()) {
      expect(message.type() == "8", "no report: " + message.pipes());
      last_ = message.get(17);
    }
  }

 private:
  Client client_;
  std::string last_{"0;0"};
};

class BooksByFix final : public Honest {
 public:
  explicit BooksByFix(const Simulator& simulator) : client_(simulator, "KalshiMD", "alice") { client_.logon(); }
  void round() override {
    client_.send("V", "262=" + next_id() + "|263=0|146=1|55=KXLTCPERP|");
    expect(client_.expect("W").get(55) == "KXLTCPERP", "another market's book");
  }

 private:
  Client client_;
};

class Rest final : public Honest {
 public:
  explicit Rest(const Simulator& simulator) : client_(simulator, "alice") {}
  void round() override {
    const HttpResponse made =
        client_.post("/margin/orders", R"({"client_order_id":")" + next_id() +
                                           R"(","ticker":"KXLTCPERP","side":"bid","count":"1.00","price":"3.9000",)"
                                           R"("time_in_force":"good_till_canceled","self_trade_prevention_type":"maker"})");
    expect(made.status == 201, "order: " + std::to_string(made.status) + " " + made.body);
    const std::size_t at = made.body.find("\"order_id\":\"") + 12;
    const HttpResponse gone = client_.call("DELETE", "/margin/orders/" + made.body.substr(at, 36));
    expect(gone.status == 200, "cancel: " + std::to_string(gone.status) + " " + gone.body);
  }

 private:
  RestClient client_;
};

class Klear final : public Honest {
 public:
  explicit Klear(const Simulator& simulator) : client_(simulator, "", simulator.endpoints().klear.url) {
    const auto& klear = simulator.endpoints().klear;
    tweaks_.extra = "Authorization: Bearer " + klear.admin_user_id + ":" + std::string(klear.access_token.reveal()) + "\r\n";
  }
  void round() override {
    const HttpResponse answer = client_.get("/margin/settlement_balance", tweaks_);
    expect(answer.status == 200, "balance: " + std::to_string(answer.status) + " " + answer.body);
  }

 private:
  RestClient client_;
  sim::test::RestTweaks tweaks_;
};

class Stream final : public Honest {
 public:
  explicit Stream(const Simulator& simulator)
      : client_(PerpsWebSocketConfig::from_endpoints(Endpoints::from_file(simulator.path("endpoints.json")).value(), "alice").value()) {}
  void round() override {
    const std::string id = std::to_string(++number_);
    client_.send(R"({"id":)" + id + R"(,"cmd":"list_subscriptions"})");
    const std::string answer = client_.read();
    expect(answer.find("\"id\":" + id) != std::string::npos && answer.find("\"ok\"") != std::string::npos, answer);
  }

 private:
  ws::test::RawClient client_;
  int number_{0};
};

class Control final : public Honest {
 public:
  explicit Control(const Simulator& simulator) : simulator_(simulator) {}
  void round() override {
    const auto [status, body] = sim::test::control(simulator_, "POST", "/clock", R"({"advance_ms":0})");
    expect(status == 200, "clock: " + std::to_string(status) + " " + body);
  }

 private:
  const Simulator& simulator_;
};

}  // namespace

std::unique_ptr<Honest> honest(const Simulator& simulator, const Target& target) {
  if (target.name == "KalshiDC") return std::make_unique<DropCopyByFix>(simulator);
  if (target.name == "KalshiMD") return std::make_unique<BooksByFix>(simulator);
  if (target.name == "rest") return std::make_unique<Rest>(simulator);
  if (target.name == "klear") return std::make_unique<Klear>(simulator);
  if (target.name == "ws") return std::make_unique<Stream>(simulator);
  if (target.name == "control") return std::make_unique<Control>(simulator);
  return std::make_unique<OrdersByFix>(simulator, target.name);
}

}  // namespace marginfix::siege

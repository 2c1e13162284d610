#include "siege/honest.hpp"

#include <atomic>
#include <stdexcept>
#include <string>

#include "integration/sim/client.hpp"
#include "integration/sim/http_client.hpp"
#include "integration/sim/order_bodies.hpp"
#include "integration/ws/raw_client.hpp"

namespace marginfix::siege {
namespace {

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
  OrdersByFix(const Endpoints& endpoints, const std::string& session) : client_(endpoints, session, "alice") {
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
  explicit DropCopyByFix(const Endpoints& endpoints) : client_(endpoints, "KalshiDC", "alice-dropcopy") { client_.logon(); }
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
  explicit BooksByFix(const Endpoints& endpoints) : client_(endpoints, "KalshiMD", "alice") { client_.logon(); }
  void round() override {
    client_.send("V", "262=" + next_id() + "|263=0|146=1|55=KXLTCPERP|");
    expect(client_.expect("W").get(55) == "KXLTCPERP", "another market's book");
  }

 private:
  Client client_;
};

class Rest final : public Honest {
 public:
  explicit Rest(const Endpoints& endpoints) : client_(endpoints, "alice") {}
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
  explicit Klear(const Endpoints& endpoints) : client_(endpoints, "", endpoints.klear->url) {
    const Endpoints::Klear& klear = *endpoints.klear;
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
  explicit Stream(const Endpoints& endpoints) : client_(PerpsWebSocketConfig::from_endpoints(endpoints, "alice").value()) {}
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
  explicit Control(const Endpoints& endpoints) : endpoints_(endpoints) {}
  void round() override {
    const auto [status, body] = sim::test::control(endpoints_, "POST", "/clock", R"({"advance_ms":0})");
    expect(status == 200, "clock: " + std::to_string(status) + " " + body);
  }

 private:
  const Endpoints endpoints_;
};

}  // namespace

std::unique_ptr<Honest> honest(const Endpoints& endpoints, const std::string& door) {
  if (door == "KalshiDC") return std::make_unique<DropCopyByFix>(endpoints);
  if (door == "KalshiMD") return std::make_unique<BooksByFix>(endpoints);
  if (door == "rest") return std::make_unique<Rest>(endpoints);
  if (door == "klear") return std::make_unique<Klear>(endpoints);
  if (door == "ws") return std::make_unique<Stream>(endpoints);
  if (door == "control") return std::make_unique<Control>(endpoints);
  return std::make_unique<OrdersByFix>(endpoints, door);
}

}  // namespace marginfix::siege

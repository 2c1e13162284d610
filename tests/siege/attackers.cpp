// See attackers.hpp.
#include "siege/attackers.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <random>
#include <utility>

#include "integration/sim/client.hpp"
#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"

namespace marginfix::siege {

using sim::Simulator;
using sim::test::Client;
using sim::test::HttpConnection;
using sim::test::RestClient;

namespace {

constexpr const char* kHost = "127.0.0.1";

// Between two small things; over when the attack is.
void rest_a_little(const Attack::Over& over) {
  for (int i = 0; i < 5 && !over(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

void wait_until(const Attack::Over& over) {
  while (!over()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

std::unique_ptr<HttpConnection> connect(const Target& target, bool hands) {
  return std::make_unique<HttpConnection>(kHost, target.port, hands ? target.ca_file : std::string());
}

std::string masked_text(const std::string& text) {
  std::string frame = "\x81";
  if (text.size() < 126) {
    frame += static_cast<char>(0x80 | text.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size());
  }
  return frame + std::string(4, '\0') + text;  // a mask of zeros
}

void flood_orders(const Simulator& simulator, const std::string& session, const Attack::Over& over) {
  Client bob(simulator, session, "bob");
  bob.logon({.extra = "21011=Y|"});
  static std::atomic<int> number{0};
  // It comes again after a while: the test client remembers all that it was told.
  for (int batch = 0; batch < 10 && !over(); ++batch) {
    // A batch at once: the door reads as much as comes.
    for (int i = 0; i < 200; ++i) {
      const std::string id = "f" + std::to_string(++number);
      bob.send("D", sim::test::Order{.id = id, .quantity = "1", .price = "4.0000"}.body());
      bob.send("F", sim::test::cancel_of("c" + id, id));
    }
    bob.drain();
  }
}

// Ten times all there is, and then not a byte of it read.
void ask_for_resends(const Simulator& simulator, const Attack::Over& over) {
  Client bob(simulator, "KalshiRT", "bob");
  bob.logon({.reset = false});
  for (int i = 0; i < 50; ++i) bob.send("2", "7=1|16=0|");
  wait_until(over);
}

void flood_rest(const Simulator& simulator, const Target& target, const Attack::Over& over) {
  const bool klear = target.name == "klear";
  const auto& endpoints = simulator.endpoints();
  RestClient bob(simulator, klear ? "" : "bob", klear ? endpoints.klear.url : endpoints.rest_url);
  sim::test::RestTweaks tweaks;
  if (klear) {
    tweaks.extra =
        "Authorization: Bearer " + endpoints.klear.admin_user_id + ":" + std::string(endpoints.klear.access_token.reveal()) + "\r\n";
  }
  const std::string target_path = klear ? "/margin/positions" : "/margin/trades?limit=1000";
  // Pipelined and unread for a while, then read.
  while (!over()) {
    for (int i = 0; i < 20; ++i) bob.connection().send(bob.request("GET", target_path, "", tweaks));
    for (int i = 0; i < 20; ++i) bob.connection().receive();
  }
}

void subscribe_and_not_read(const Simulator& simulator, const Attack::Over& over) {
  RestClient bob(simulator, "bob", simulator.endpoints().ws_url);
  sim::test::RestTweaks tweaks;
  tweaks.extra =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  bob.connection().send(bob.request("GET", "", "", tweaks));
  if (bob.connection().receive().status != 101) return;
  // Many frames for every change, all for somebody who does not read.
  for (int i = 0; i < 25; ++i) {
    bob.connection().send(masked_text(R"({"id":1,"cmd":"subscribe","params":{"channels":["orderbook_delta","user_orders","ticker"],)"
                                      R"("market_ticker":"KXLTCPERP"}})"));
    if (i % 5 == 4) rest_a_little(over);
  }
  wait_until(over);
}

void flood_control(const Simulator& simulator, const Attack::Over& over) {
  while (!over()) sim::test::control(simulator, "GET", "/state");
}

}  // namespace

std::vector<Target> targets_of(const Simulator& simulator) {
  const sim::SimulatorPorts& p = simulator.endpoints().ports;
  const std::string ca = simulator.path(simulator.endpoints().ca_file);
  return {{"KalshiNR", p.nr, ca}, {"KalshiRT", p.rt, ca}, {"KalshiDC", p.dc, ca}, {"KalshiMD", p.md, ca},
          {"rest", p.rest, ca},   {"klear", p.klear, ca}, {"ws", p.ws, ca},       {"control", p.control, ""}};
}

Attack::~Attack() {
  over_ = true;
  for (std::thread& thread : threads_) thread.join();
}

void Attack::begin(std::function<void(const Over& over)> once) {
  threads_.emplace_back([this, once = std::move(once)] {
    const Over over = [this] { return over_.load(); };
    while (!over()) {
      ++rounds_;
      try {
        once(over);
      } catch (const std::exception&) {
        rest_a_little(over);  // cut off
      }
    }
  });
}

void idle(Attack& attack, const Target& target, int connections) {
  attack.begin([target, connections](const Attack::Over& over) {
    std::vector<std::unique_ptr<HttpConnection>> held;
    for (int i = 0; i < connections && !over(); ++i) held.push_back(connect(target, i % 8 == 0));
    wait_until(over);
  });
}

void slow(Attack& attack, const Target& target, int connections) {
  attack.begin([target, connections](const Attack::Over& over) {
    const bool fix = target.name.starts_with("Kalshi");
    const std::string text = fix ? "8=FIXT.1.1\x01"
                                   "9=900000\x01"
                                   "35=A\x01"
                                   "49=" +
                                       std::string(100'000, 'x')
                                 : "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n" + std::string(100'000, 'x');
    std::vector<std::unique_ptr<HttpConnection>> held;
    for (int i = 0; i < connections && !over(); ++i) held.push_back(connect(target, true));
    // Half of them in drops, half of them in gulps that never end.
    for (std::size_t at = 0; !over() && !held.empty() && at + 1'000 < text.size(); ++at) {
      std::erase_if(held, [&](const auto& connection) {
        try {
          const bool drops = &connection - held.data() < static_cast<std::ptrdiff_t>(held.size() / 2);
          connection->send(std::string_view(text).substr(drops ? at : at * 50 % 90'000, drops ? 1 : 1'000));
          return false;
        } catch (const std::exception&) {
          return true;
        }
      });
      rest_a_little(over);
    }
  });
}

void garbage(Attack& attack, const Target& target, unsigned seed) {
  attack.begin([target, random = std::make_shared<std::mt19937>(seed)](const Attack::Over& over) {
    const auto connection = connect(target, (*random)() % 2 == 0);
    std::string bytes((*random)() % 5'000, '\0');
    for (char& c : bytes) c = static_cast<char>((*random)());
    if ((*random)() % 3 == 0)
      bytes =
          "8=FIXT.1.1\x01"
          "9=5\x01" +
          bytes;
    if ((*random)() % 3 == 0) bytes = "GET / HTTP/1.1\r\n" + bytes;
    connection->send(bytes);
    rest_a_little(over);
  });
}

void greedy(Attack& attack, const Simulator& simulator, const Target& target) {
  const Simulator* exchange = &simulator;
  const auto begin = [&](auto what) {
    attack.begin([exchange, target, what](const Attack::Over& over) { what(*exchange, target, over); });
  };
  const auto flood = [](const char* session) {
    return [session](const Simulator& s, const Target&, const Attack::Over& over) { flood_orders(s, session, over); };
  };
  if (target.name == "KalshiNR" || target.name == "KalshiMD" || target.name == "KalshiDC") begin(flood("KalshiNR"));
  if (target.name == "KalshiRT") {
    begin(flood("KalshiNR"));
    begin([](const Simulator& s, const Target&, const Attack::Over& over) { ask_for_resends(s, over); });
  }
  if (target.name == "rest" || target.name == "klear") {
    begin([](const Simulator& s, const Target& t, const Attack::Over& over) { flood_rest(s, t, over); });
  }
  if (target.name == "ws") {
    begin(flood("KalshiNR"));
    for (int i = 0; i < 3; ++i) begin([](const Simulator& s, const Target&, const Attack::Over& over) { subscribe_and_not_read(s, over); });
  }
  if (target.name == "control") begin([](const Simulator& s, const Target&, const Attack::Over& over) { flood_control(s, over); });
}

void guess(Attack& attack, const Simulator& simulator, const Target& target) {
  const Simulator* exchange = &simulator;
  attack.begin([exchange, target](const Attack::Over& over) {
    if (target.name.starts_with("Kalshi")) {
      Client wrong(*exchange, target.name, "alice");
      wrong.send_logon({.spoil_signature = true});
      wrong.expect("3");
      return;
    }
    const auto& endpoints = exchange->endpoints();
    const bool signs = target.name == "rest" || target.name == "ws";
    const std::string url = target.name == "rest"    ? endpoints.rest_url
                            : target.name == "klear" ? endpoints.klear.url
                            : target.name == "ws"    ? endpoints.ws_url
                                                     : endpoints.control_url + "/";
    RestClient wrong(*exchange, signs ? "alice" : "", url);
    sim::test::RestTweaks tweaks;
    tweaks.signed_path = "/elsewhere";
    if (!signs) tweaks.extra = "Authorization: Bearer wrong:wrong\r\n";
    if (target.name == "ws") {
      tweaks.extra =
          "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    }
    while (!over()) wrong.get(target.name == "ws" ? "" : target.name == "control" ? "state" : "/margin/positions", tweaks);
  });
}

}  // namespace marginfix::siege

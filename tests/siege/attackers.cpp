#include "siege/attackers.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

#include "integration/sim/client.hpp"
#include "integration/sim/http_client.hpp"
#include "integration/sim/order_bodies.hpp"

namespace marginfix::siege {

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

void flood_orders(const Endpoints& endpoints, const std::string& session, const Attack::Over& over) {
  Client bob(endpoints, session, "bob");
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

// bob on KalshiRT, whose numbers go on from wherever they stand: where the exchange says that they are too low, it says which comes next.
std::unique_ptr<Client> log_on_where_it_stands(const Endpoints& endpoints) {
  static std::atomic<std::int64_t> next{1};
  auto bob = std::make_unique<Client>(endpoints, "KalshiRT", "bob");
  bob->set_next_out(next);
  bob->send_logon({.reset = false});
  const auto answer = bob->next();
  if (answer.type() == "A") return bob;
  const std::string& text = answer.get(58);
  const std::size_t at = text.find("expecting ");
  if (at == std::string::npos) throw std::runtime_error(text);
  next = std::stoll(text.substr(at + 10));
  return log_on_where_it_stands(endpoints);
}

// Fifty times all there is, and then not a byte of it read.
void ask_for_resends(const Endpoints& endpoints, const Attack::Over& over) {
  const auto bob = log_on_where_it_stands(endpoints);
  for (int i = 0; i < 50; ++i) bob->send("2", "7=1|16=0|");
  wait_until(over);
}

void read_resends(const Endpoints& endpoints, const Attack::Over& over) {
  const auto bob = log_on_where_it_stands(endpoints);
  for (int i = 0; i < 5 && !over(); ++i) {
    bob->send("2", "7=1|16=0|");
    bob->drain();
  }
}

void flood_rest(const Endpoints& endpoints, const Target& target, const Attack::Over& over) {
  const bool klear = target.name == "klear";
  RestClient bob(endpoints, klear ? "" : "bob", klear ? endpoints.klear->url : endpoints.rest);
  sim::test::RestTweaks tweaks;
  if (klear) {
    tweaks.extra =
        "Authorization: Bearer " + endpoints.klear->admin_user_id + ":" + std::string(endpoints.klear->access_token.reveal()) + "\r\n";
  }
  const std::string target_path = klear ? "/margin/positions" : "/margin/trades?limit=1000";
  // Pipelined and unread for a while, then read.
  while (!over()) {
    for (int i = 0; i < 20; ++i) bob.connection().send(bob.request("GET", target_path, "", tweaks));
    for (int i = 0; i < 20; ++i) bob.connection().receive();
  }
}

void subscribe_and_not_read(const Endpoints& endpoints, const Attack::Over& over) {
  RestClient bob(endpoints, "bob", endpoints.ws);
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

void flood_control(const Endpoints& endpoints, const Attack::Over& over) {
  while (!over()) sim::test::control(endpoints, "GET", "/state");
}

}  // namespace

std::vector<Target> targets_of(const Endpoints& endpoints) {
  const auto port = [](const std::string& url) {
    const std::size_t colon = url.find(':', url.find("://") + 3);
    return static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)));
  };
  const auto& fix = endpoints.fix->ports;
  const std::string& ca = endpoints.ca_file;
  return {{"KalshiNR", fix.at("KalshiNR"), ca}, {"KalshiRT", fix.at("KalshiRT"), ca},    {"KalshiDC", fix.at("KalshiDC"), ca},
          {"KalshiMD", fix.at("KalshiMD"), ca}, {"rest", port(endpoints.rest), ca},      {"klear", port(endpoints.klear->url), ca},
          {"ws", port(endpoints.ws), ca},       {"control", port(endpoints.control), ""}};
}

Attack::~Attack() { finish(); }

std::size_t Attack::finish() {
  over_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  return rounds_;
}

void Attack::begin(const std::string& what, const std::string& door, int connections) {
  const auto target = std::ranges::find(targets_, door, &Target::name);
  if (target == targets_.end()) throw std::invalid_argument("no such door: " + door);
  if (what == "idle") return idle(*target, connections, 8);
  if (what == "shaken") return idle(*target, connections, 1);
  if (what == "slow") return slow(*target, connections);
  if (what == "garbage") return garbage(*target, connections);
  if (what == "greedy") return greedy(*target);
  if (what == "guess") return guess(*target);
  if (what == "come") return come(*target, connections);
  if (what == "resends") return repeat([this](const Over& over) { read_resends(endpoints_, over); });
  if (what == "unread" && door == "ws") return repeat([this](const Over& over) { subscribe_and_not_read(endpoints_, over); });
  if (what == "unread") return repeat([this](const Over& over) { ask_for_resends(endpoints_, over); });
  throw std::invalid_argument("no such attack: " + what);
}

void Attack::wait_until_there() const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (there_ < threads_.size() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void Attack::repeat(std::function<void(const Over& over)> once, bool there_at_once) {
  threads_.emplace_back([this, there_at_once, once = std::move(once)] {
    const Over over = [this] { return over_.load(); };
    if (there_at_once) ++there_;
    while (!over()) {
      try {
        once(over);
        ++rounds_;
      } catch (const std::exception&) {
        rest_a_little(over);  // cut off
      }
    }
  });
}

void Attack::idle(const Target& target, int connections, int one_shakes_hands_of) {
  const auto once = [this, target, connections, one_shakes_hands_of](const Over& over) {
    std::vector<std::unique_ptr<HttpConnection>> held;
    for (int i = 0; i < connections && !over(); ++i) held.push_back(connect(target, i % one_shakes_hands_of == 0));
    ++there_;
    wait_until(over);
  };
  repeat(once, false);
}

void Attack::slow(const Target& target, int connections) {
  repeat([target, connections](const Over& over) {
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

void Attack::garbage(const Target& target, int connections) {
  for (int i = 0; i < connections; ++i) {
    repeat([target, random = std::make_shared<std::mt19937>(target.port + i)](const Over& over) {
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
}

void Attack::come(const Target& target, int connections) {
  for (int i = 0; i < connections; ++i) {
    repeat([target](const Over&) { connect(target, true)->send("GET /"); });
  }
}

void Attack::greedy(const Target& target) {
  const auto flood = [this] { repeat([this](const Over& over) { flood_orders(endpoints_, "KalshiNR", over); }); };
  if (target.name == "KalshiNR" || target.name == "KalshiMD" || target.name == "KalshiDC") flood();
  if (target.name == "KalshiRT") {
    flood();
    repeat([this](const Over& over) { ask_for_resends(endpoints_, over); });
  }
  if (target.name == "rest" || target.name == "klear") repeat([this, target](const Over& over) { flood_rest(endpoints_, target, over); });
  if (target.name == "ws") {
    flood();
    for (int i = 0; i < 3; ++i) repeat([this](const Over& over) { subscribe_and_not_read(endpoints_, over); });
  }
  if (target.name == "control") repeat([this](const Over& over) { flood_control(endpoints_, over); });
}

void Attack::guess(const Target& target) {
  repeat([this, target](const Over& over) {
    if (target.name.starts_with("Kalshi")) {
      Client wrong(endpoints_, target.name, "alice");
      wrong.send_logon({.spoil_signature = true});
      wrong.expect("3");
      return;
    }
    const bool signs = target.name == "rest" || target.name == "ws";
    const std::string url = target.name == "rest"    ? endpoints_.rest
                            : target.name == "klear" ? endpoints_.klear->url
                            : target.name == "ws"    ? endpoints_.ws
                                                     : endpoints_.control + "/";
    RestClient wrong(endpoints_, signs ? "alice" : "", url);
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

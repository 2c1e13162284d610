// The simulated exchange under siege: on each door an idle, a slow, a greedy, a garbage and a guessing client beside an honest one. The
// short form asserts that every answer comes and is right, and prints how long it took; MARGINFIX_SIEGE_MINUTES (scripts/campaign siege)
// besieges all doors at once for so long, with bounds on latency and memory, and MARGINFIX_SIEGE_ORDERS gives the exchange a past.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "siege/besiegers.hpp"
#include "siege/honest.hpp"

namespace marginfix::siege {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::array<const char*, 8> kDoors{"KalshiNR", "KalshiRT", "KalshiDC", "KalshiMD", "rest", "klear", "ws", "control"};

class Latencies {
 public:
  template <class What>
  void measure(What&& what) {
    const auto begin = Clock::now();
    what();
    all_.push_back(Milliseconds(Clock::now() - begin).count());
  }
  double at(double share) {
    std::ranges::sort(all_);
    return all_.empty() ? 0 : all_[static_cast<std::size_t>(share * static_cast<double>(all_.size() - 1))];
  }
  std::size_t count() const { return all_.size(); }
  std::string text() {
    char out[160];
    std::snprintf(out, sizeof out, "%zu rounds, ms: p50 %.1f, p99 %.1f, longest %.1f", count(), at(0.5), at(0.99), at(1));
    return out;
  }

 private:
  std::vector<double> all_;
};

double resident_mb() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// A number of the environment; 0 when it is not there.
double asked(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::atof(text);
}

bool long_form() { return asked("MARGINFIX_SIEGE_MINUTES") > 0 || asked("MARGINFIX_SIEGE_ORDERS") > 0; }

constexpr int kGivesWay = 19;  // nice(2)

class Siege : public sim::test::SimTest {
 protected:
  Siege() { options_.tier = "unlimited"; }
  void open() {
    start();
    endpoints_ = sim::test::endpoints_of(sim());
    for (const char* door : kDoors) clients_[door] = honest(endpoints_, door);
  }
  // Where latencies are what is asked for, the attackers give way to every other process: they have machines of their own. The short form
  // asks for answers only, and an attacker who gives way on a busy machine never gets there.
  std::unique_ptr<Besiegers> besiege(const std::vector<std::string>& attacks) {
    return std::make_unique<Besiegers>(sim().path("endpoints.json"), attacks, long_form() ? kGivesWay : 0);
  }
  static void besiege(std::vector<std::string>& attacks, const std::string& door) {
    for (const char* attack : {"idle", "slow", "garbage", "greedy", "guess"}) {
      const std::string count = attack == std::string("idle") ? ":300" : attack == std::string("slow") ? ":20" : "";
      attacks.push_back(attack + (":" + door) + count);
    }
  }
  // Orders of bob's, sent and canceled again on KalshiRT: something to resend, to save, to tell.
  void make_past(int orders) {
    std::int64_t next = 1;
    for (int made = 0; made < orders;) {
      sim::test::Client bob(sim(), "KalshiRT", "bob");  // another one now and then: it remembers all that it was told
      bob.set_next_out(next);
      bob.logon({.extra = "21011=Y|", .reset = false});
      for (const int until = std::min(orders, made + 5'000); made < until; ++made) {
        const std::string id = "p" + std::to_string(made);
        bob.send("D", sim::test::Order{.id = id, .quantity = "1", .price = "3.8000"}.body());
        bob.send("F", sim::test::cancel_of("c" + id, id));
        if (made % 200 == 199) bob.drain();
      }
      bob.drain();
      next = bob.next_out();
    }
  }
  std::string newest_snapshot() const {
    std::string newest;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.dir)) {
      if (entry.path().extension() == ".mfs") newest = std::max(newest, entry.path().filename().string());
    }
    return newest;
  }
  void round_of_all(std::map<std::string, Latencies>& latencies) {
    for (const auto& [door, client] : clients_) latencies[door].measure([&] { client->round(); });
    for (const char* door : {"rest", "klear"}) latencies[door + std::string(", new")].measure([&] { honest(endpoints_, door)->round(); });
  }

  Endpoints endpoints_;
  std::map<std::string, std::unique_ptr<Honest>> clients_;
};

TEST_F(Siege, AnHonestClientOfEachDoorIsServed) {
  open();
  for (const char* door : kDoors) {
    // One that is there before the siege, and one that comes during it.
    Latencies latencies;
    std::vector<std::string> attacks;
    besiege(attacks, door);
    const auto besiegers = besiege(attacks);
    const auto rounds = [&](Honest& who) {
      const auto until = Clock::now() + std::chrono::milliseconds(400);
      // Thirty at most: a WebSocket takes a hundred commands a second.
      for (int i = 0; i < 10 || (i < 30 && Clock::now() < until); ++i) latencies.measure([&] { who.round(); });
    };
    rounds(*clients_[door]);
    if (!std::string_view(door).starts_with("Kalshi")) rounds(*honest(endpoints_, door));
    rounds(*clients_[door]);
    EXPECT_GT(besiegers->go_home(), 0U) << door << ": nobody attacked";
    std::cout << door << " under siege: " << latencies.text() << std::endl;
  }
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
}

struct Trouble {
  std::string what;
  std::vector<std::string> attacks;
  bool snapshot{false};  // goes on until one has been written
};

TEST_F(Siege, OneClientsTroubleIsNotAnothers) {
  const std::string many = long_form() ? "1000" : "300";  // more than the door keeps without a key
  const std::vector<Trouble> troubles{
      {"nobody else", {}},
      {"a resend of everything, read", {"resends:KalshiRT"}},
      {"50 ResendRequests, unread", {"unread:KalshiRT"}},
      {"orders as fast as they go", {"greedy:KalshiNR"}},
      {"the same, and a snapshot", {"greedy:KalshiNR"}, true},
      {"GET /state without end", {"greedy:control"}},
      {"a WebSocket that reads nothing", {"unread:ws"}},
      {many + " idle TLS connections", {"shaken:rest:" + many}},
      {"400 idle control connections", {"idle:control:400"}},
      {"300 slow clients", {"slow:rest:300"}},
      {"16 who come and go", {"come:rest:8", "come:KalshiNR:8"}},
  };
  const int orders = std::max(500, static_cast<int>(asked("MARGINFIX_SIEGE_ORDERS")));
  const std::size_t least = long_form() ? 200 : 5;
  options_.snapshot_bytes = std::size_t{64} << 10;
  open();
  make_past(orders);
  std::cout << orders << " orders and cancels behind it; longest round of each door's client in ms" << std::endl;
  for (const Trouble& trouble : troubles) {
    std::map<std::string, Latencies> latencies;
    const std::string before = newest_snapshot();
    const auto besiegers = besiege(trouble.attacks);
    std::size_t rounds = 0;
    while (rounds < least || (trouble.snapshot && newest_snapshot() == before)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // a WebSocket takes a hundred commands a second
      round_of_all(latencies);
      ++rounds;
    }
    const std::size_t attacks = besiegers->go_home();
    EXPECT_TRUE(attacks > 0 || trouble.attacks.empty()) << trouble.what << ": nobody attacked";
    std::cout << trouble.what << ", " << rounds << " rounds:";
    for (auto& [door, each] : latencies) std::cout << "  " << door << " " << std::round(each.at(1) * 10) / 10;
    std::cout << std::endl;
  }
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
}

TEST_F(Siege, WithoutFileDescriptorsTheIdleMakeRoom) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at virtual tables needs a file descriptor of its own; scripts/campaign runs this without it";
#endif
  start();
  sim::test::RestClient early(sim(), "alice");
  EXPECT_EQ(early.get("/margin/positions").status, 200);
  const auto& ports = sim().endpoints().ports;
  // Both ends of each connection are this process's: it has none left long before the table is full.
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<std::unique_ptr<sim::test::HttpConnection>> held;
  rlimit few = before;
  few.rlim_cur = 220;
  ::setrlimit(RLIMIT_NOFILE, &few);
  try {
    while (held.size() < 1'000) held.push_back(std::make_unique<sim::test::HttpConnection>("127.0.0.1", ports.control, ""));
  } catch (const std::exception&) {
    // none left
  }
  EXPECT_GT(held.size(), 20U);
  EXPECT_LT(held.size(), 220U);
  EXPECT_EQ(early.get("/margin/positions").status, 200) << "who has shown a key keeps the connection";
  held.resize(held.size() - 3);  // our own two ends, and the file of the CA
  sim::test::HttpConnection late("127.0.0.1", ports.rest, sim().path(sim().endpoints().ca_file));
  late.send("GET /trade-api/v2/margin/exchange/status HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(late.receive().status, 200);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Siege, ForAsLongAsAsked) {
  if (asked("MARGINFIX_SIEGE_MINUTES") == 0) GTEST_SKIP() << "MARGINFIX_SIEGE_MINUTES is not set: scripts/campaign siege";
  const auto length = std::chrono::duration<double, std::ratio<60>>(asked("MARGINFIX_SIEGE_MINUTES"));
  options_.tier.clear();  // every order that was ever taken is remembered: the rate limit is what keeps a flood of them small
  open();
  std::map<std::string, Latencies> latencies;
  double early_mb = 0;
  std::vector<std::string> attacks;
  for (const char* door : kDoors) besiege(attacks, door);
  const auto besiegers = besiege(attacks);
  const auto begin = Clock::now();
  for (auto next = begin; next - begin < length; next += std::chrono::milliseconds(200)) {
    std::this_thread::sleep_until(next);  // alice keeps to her rate limit
    round_of_all(latencies);
    const std::size_t rounds = latencies["control"].count();
    if (rounds % 100 == 0) std::cout << rounds << " rounds: " << resident_mb() << " MB" << std::endl;
    if (early_mb == 0 && Clock::now() - begin > length / 4) early_mb = resident_mb();
  }
  const double late_mb = resident_mb();
  std::cout << "memory after a quarter " << early_mb << " MB, at the end " << late_mb << " MB" << std::endl;
  EXPECT_LT(late_mb, early_mb * 1.2 + 32);
  EXPECT_GT(besiegers->go_home(), 100U);
  for (auto& [door, each] : latencies) {
    std::cout << door << ": " << each.text() << std::endl;
    EXPECT_LT(each.at(0.5), 100) << door;
    EXPECT_LT(each.at(0.99), 1'000) << door;
  }
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
}

}  // namespace
}  // namespace marginfix::siege

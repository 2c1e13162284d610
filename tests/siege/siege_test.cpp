// The simulated exchange under siege: on each door an idle, a slow, a greedy, a garbage and a guessing client beside an honest one. The
// short form asserts that every answer comes and is right, and prints how long it took; MARGINFIX_SIEGE_MINUTES (scripts/campaign siege)
// besieges all doors at once for so long, with bounds on latency and memory.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "siege/attackers.hpp"
#include "siege/honest.hpp"

namespace marginfix::siege {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

class Latencies {
 public:
  void measure(Honest& who) {
    const auto begin = Clock::now();
    who.round();
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

// Of this process: exchange and attackers together.
double resident_mb() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

class Siege : public sim::test::SimTest {
 protected:
  Siege() {
    std::signal(SIGPIPE, SIG_IGN);  // attackers write to sockets that the exchange has closed
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 20'000);
    ::setrlimit(RLIMIT_NOFILE, &files);
    options_.tier = "unlimited";
  }
  static void besiege(Attack& attack, const sim::Simulator& simulator, const Target& target) {
    idle(attack, target, 300);
    slow(attack, target, 20);
    garbage(attack, target, target.port);
    greedy(attack, simulator, target);
    guess(attack, simulator, target);
  }
};

TEST_F(Siege, AnHonestClientOfEachDoorIsServed) {
  start();
  for (const Target& target : targets_of(sim())) {
    // One that is there before the siege, and one that comes during it.
    const auto early = honest(sim(), target);
    Latencies latencies;
    {
      Attack attack;
      besiege(attack, sim(), target);
      const auto rounds = [&](Honest& who) {
        const auto until = Clock::now() + std::chrono::milliseconds(400);
        // Thirty at most: a WebSocket takes a hundred commands a second.
        for (int i = 0; i < 10 || (i < 30 && Clock::now() < until); ++i) latencies.measure(who);
      };
      rounds(*early);
      if (!target.name.starts_with("Kalshi")) rounds(*honest(sim(), target));
      rounds(*early);
      EXPECT_GT(attack.rounds(), 4U) << target.name;
    }
    std::cout << target.name << " under siege: " << latencies.text() << std::endl;
  }
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
}

TEST_F(Siege, OneDoorsTroubleIsNotAnothers) {
  start();
  const auto targets = targets_of(sim());
  std::vector<std::unique_ptr<Honest>> clients;
  for (const Target& target : targets) clients.push_back(honest(sim(), target));
  std::vector<Latencies> latencies(targets.size());
  {
    Attack attack;
    idle(attack, targets.back(), 400);  // control: many a connection, and not a word
    greedy(attack, sim(), targets[1]);  // KalshiRT: resends for somebody who does not read
    greedy(attack, sim(), targets[6]);  // a WebSocket that does not read
    for (int i = 0; i < 10; ++i) {
      for (std::size_t t = 0; t < targets.size(); ++t) latencies[t].measure(*clients[t]);
    }
  }
  for (std::size_t t = 0; t < targets.size(); ++t) std::cout << targets[t].name << " beside it: " << latencies[t].text() << std::endl;
}

TEST_F(Siege, WithoutFileDescriptorsTheIdleMakeRoom) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at virtual tables needs a file descriptor of its own; scripts/campaign runs this without it";
#endif
  start();
  sim::test::RestClient early(sim(), "alice");
  EXPECT_EQ(early.get("/margin/positions").status, 200);
  const Target rest = targets_of(sim())[4], control = targets_of(sim())[7];
  // Both ends of each connection are this process's: it has none left long before the table is full.
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<std::unique_ptr<sim::test::HttpConnection>> held;
  rlimit few = before;
  few.rlim_cur = 220;
  ::setrlimit(RLIMIT_NOFILE, &few);
  try {
    while (held.size() < 1'000) held.push_back(std::make_unique<sim::test::HttpConnection>("127.0.0.1", control.port, ""));
  } catch (const std::exception&) {
    // none left
  }
  EXPECT_GT(held.size(), 20U);
  EXPECT_LT(held.size(), 220U);
  EXPECT_EQ(early.get("/margin/positions").status, 200) << "who has shown a key keeps the connection";
  held.resize(held.size() - 2);  // our own two ends
  sim::test::HttpConnection late("127.0.0.1", rest.port, rest.ca_file);
  late.send("GET /trade-api/v2/margin/exchange/status HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(late.receive().status, 200);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(Siege, ForAsLongAsAsked) {
  const char* asked = std::getenv("MARGINFIX_SIEGE_MINUTES");
  if (asked == nullptr) GTEST_SKIP() << "MARGINFIX_SIEGE_MINUTES is not set: scripts/campaign siege";
  const auto length = std::chrono::duration<double, std::ratio<60>>(std::atof(asked));
  options_.tier.clear();  // every order that was ever taken is remembered: the rate limit is what keeps a flood of them small
  start();
  const auto targets = targets_of(sim());
  std::vector<std::unique_ptr<Honest>> clients;
  for (const Target& target : targets) clients.push_back(honest(sim(), target));
  std::vector<Latencies> latencies(targets.size());
  double early_mb = 0;
  {
    Attack attack;
    for (const Target& target : targets) besiege(attack, sim(), target);
    const auto begin = Clock::now();
    for (auto next = begin; next - begin < length; next += std::chrono::milliseconds(200)) {
      std::this_thread::sleep_until(next);  // alice keeps to her rate limit
      for (std::size_t t = 0; t < targets.size(); ++t) latencies[t].measure(*clients[t]);
      if (latencies[0].count() % 100 == 0) std::cout << latencies[0].count() << " rounds: " << resident_mb() << " MB" << std::endl;
      if (early_mb == 0 && Clock::now() - begin > length / 4) early_mb = resident_mb();
    }
    const double late_mb = resident_mb();
    std::cout << "memory after a quarter " << early_mb << " MB, at the end " << late_mb << " MB" << std::endl;
    EXPECT_LT(late_mb, early_mb * 1.2 + 32);
  }
  for (std::size_t t = 0; t < targets.size(); ++t) {
    std::cout << targets[t].name << ": " << latencies[t].text() << std::endl;
    EXPECT_LT(latencies[t].at(0.5), 100) << targets[t].name;
    EXPECT_LT(latencies[t].at(0.99), 1'000) << targets[t].name;
  }
  EXPECT_EQ(sim().check(), std::vector<std::string>{});
}

}  // namespace
}  // namespace marginfix::siege

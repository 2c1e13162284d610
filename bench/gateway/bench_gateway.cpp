// What the OMS gateway costs, in one run and one table; TLS on both legs, a neutral acceptor for the exchange:
//   order to ack   one order at a time, from before it is made until its New report has been read: a direct marginfix connection
//                  (KalshiRT with its store), the same through a pass-through of bytes between two TLS sockets, and through the gateway
//                  (FIX 4.4, the order's identity on disk before it leaves); a client as thin as can be beside, straight and through the
//                  pass-through, so that both clients' own share is seen. Goals: p50 at most 2.2 x direct, p99 at most 2.5 x
//   burst          orders a second: one direct KalshiRT session with its store, the same through the pass-through, and 8 clients together
//                  through the gateway. Goal: at least 0.25 x direct
// Everything shares one core, as the peer harness's onecore: a round trip is then the processor time of all ends, without the waking up of
// idle ones. Rounds take turns, medians are printed.
// Usage: marginfix_bench_gateway [--orders N] [--burst N] [--rounds N] [--core C|free] [--dir FOLDER] [--only WHAT]
// The folder should be on the disk that is meant: by default it is made in the current one.
#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "bench/gateway/byte_relay.hpp"
#include "bench/gateway/direct_client.hpp"
#include "bench/gateway/neutral_acceptor.hpp"
#include "bench/gateway/plain_client.hpp"
#include "services/gateway/service/gateway_service.hpp"
#include "support/certificates.hpp"

namespace marginfix::bench {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

constexpr int kClients = 8, kWarm = 2'000;
constexpr const char *kGatewayKey = "3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77", *kDirectKey = "3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e78";

struct Options {
  int orders{10'000};
  int burst{40'000};
  int rounds{5};
  std::string core{"0"};  // "free": nothing is pinned
  std::string dir{"."};
  std::string only;  // one row of the table, for profiling
};

struct Files {
  explicit Files(const std::string& dir) : authority(dir, "bench"), leaf(authority.issue("server")), key(dir + "/key.pem") {
    std::FILE* out = std::fopen(key.c_str(), "w");
    const std::string pem = test::make_rsa_private_pem();
    if (out == nullptr || std::fwrite(pem.data(), 1, pem.size(), out) != pem.size()) give_up("cannot write " + key);
    std::fclose(out);
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
  }
  test::CertificateAuthority authority;
  test::LeafFiles leaf;
  std::string key;
};

class Gateway {
 public:
  Gateway(const Files& files, std::uint16_t exchange_port, const std::string& dir) {
    std::string cfg = fmt::format(
        "[DEFAULT]\nConnectionType=acceptor\nSenderCompID=MARGINFIX\nSocketAcceptHost=127.0.0.1\nSocketAcceptPort=0\nSocketUseSSL=Y\n"
        "ServerCertificateFile={}\nServerCertificateKeyFile={}\nRateLimitTier=unlimited\nSendAgeLimit=-1\n",
        files.leaf.certificate, files.leaf.private_key);
    for (int i = 1; i <= kClients; ++i)
      cfg += fmt::format("[SESSION]\nConnectionType=acceptor\nBeginString=FIX.4.4\nTargetCompID=OMS{}\n", i);
    cfg += kalshi_rt_session(kGatewayKey, exchange_port, files.authority.ca_file(), files.key, dir + "/exchange");
    gateway::GatewaySources sources;
    sources.dir = dir;
    auto config = gateway::gateway_config_of(cfg, "bench", sources);
    if (!config) give_up(config.error().message);
    gateway::ServiceOptions options;
    options.config = *std::move(config);
    options.dir = dir;
    auto opened = gateway::GatewayService::open(std::move(options));
    if (!opened) give_up(opened.error().message);
    service_ = *std::move(opened);
    if (const auto started = service_->start(); !started) give_up(started.error().message);
    for (int i = 0; i < 1'000 && !service_->is_open(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (!service_->is_open()) give_up("the gateway does not open: " + service_->status().waits_for);
  }
  std::uint16_t port() const { return service_->port(); }

 private:
  std::unique_ptr<gateway::GatewayService> service_;
};

// ---- figures --------------------------------------------------------------------------------------------------------------

double cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

double at(std::vector<double> sorted, double part) {
  std::ranges::sort(sorted);
  return sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part)];
}
double median(const std::vector<double>& values) { return at(values, 0.5); }

struct RoundTrips {
  std::vector<double> p50, p99, cpu;  // of each round, microseconds
  void add(const std::vector<double>& times, double cpu_of_all) {
    p50.push_back(at(times, 0.5));
    p99.push_back(at(times, 0.99));
    cpu.push_back(cpu_of_all / static_cast<double>(times.size()));
  }
};

template <class Client>
void time_round_trips(Client& client, int count, RoundTrips& to) {
  client.round_trips(kWarm);
  const double before = cpu_us();
  const std::vector<double> times = client.round_trips(count);
  to.add(times, cpu_us() - before);
}

template <class Burst>
double orders_a_second(int count, const Burst& burst) {
  const auto began = SteadyClock::now();
  burst();
  return static_cast<double>(count) / std::chrono::duration<double>(SteadyClock::now() - began).count();
}

void print_round_trips(const char* what, const RoundTrips& of, const RoundTrips& base, bool judged) {
  const double p50 = median(of.p50), p99 = median(of.p99);
  const double r50 = p50 / median(base.p50), r99 = p99 / median(base.p99);
  fmt::print("{:<44} {:>8.1f} {:>8.1f} {:>9.1f} {:>7.2f} {:>7.2f}{}\n", what, p50, p99, median(of.cpu), r50, r99,
             !judged                    ? ""
             : r50 <= 2.2 && r99 <= 2.5 ? "   goals 2.2, 2.5: met"
                                        : "   goals 2.2, 2.5: MISSED");
}

void print_burst(const char* what, double per_second, double base, bool judged) {
  const double ratio = per_second / base;
  fmt::print("{:<44} {:>10.0f} {:>7.2f}{}\n", what, per_second, ratio,
             !judged         ? ""
             : ratio >= 0.25 ? "   goal 0.25: met"
                             : "   goal 0.25: MISSED");
}

// ---- the run --------------------------------------------------------------------------------------------------------------

class Bench {
 public:
  Bench(const Options& options, const std::string& dir)
      : options_(options),
        dir_(dir),
        files_(dir),
        acceptor_(files_.leaf.certificate, files_.leaf.private_key),
        context_(client_context(files_.authority.ca_file())),
        relay_(server_context(files_.leaf.certificate, files_.leaf.private_key), context_, acceptor_.port()),
        gateway_(files_, acceptor_.port(), dir + "/gateway") {
    for (int i = 1; i <= kClients; ++i)
      clients_.push_back(std::make_unique<PlainClient>(*context_, gateway_.port(), "FIX.4.4", "OMS" + std::to_string(i), "MARGINFIX"));
  }

  void run() {
    for (int round = 0; round < options_.rounds; ++round) {
      if (wanted("direct")) direct(acceptor_.port(), round, "direct");
      if (wanted("relay")) direct(relay_.port(), round, "relay");
      if (wanted("plain")) plain(acceptor_.port(), "plain");
      if (wanted("plain relay")) plain(relay_.port(), "plain relay");
      if (wanted("gateway")) time_round_trips(*clients_.front(), options_.orders, times_["gateway"]);
      if (wanted("burst")) through_gateway();
    }
  }

  void print() {
    if (!options_.only.empty()) return print_one();
    const RoundTrips& base = times_["direct"];
    fmt::print("{:<44} {:>8} {:>8} {:>9} {:>7} {:>7}\n", fmt::format("order to ack, {} x {} orders", options_.rounds, options_.orders),
               "p50 us", "p99 us", "cpu us", "x p50", "x p99");
    print_round_trips("direct marginfix (KalshiRT, store)", base, base, false);
    print_round_trips("  through a pass-through of bytes", times_["relay"], base, false);
    print_round_trips("thin client, straight", times_["plain"], base, false);
    print_round_trips("  through a pass-through of bytes", times_["plain relay"], base, false);
    print_round_trips("  through the gateway, FIX 4.4", times_["gateway"], base, true);
    fmt::print("\n{:<44} {:>10} {:>7}\n", fmt::format("burst, {} x {} orders", options_.rounds, options_.burst), "orders/s", "x");
    const double direct = median(bursts_["direct"]);
    print_burst("direct marginfix (KalshiRT, store)", direct, direct, false);
    print_burst("  through a pass-through of bytes", median(bursts_["relay"]), direct, false);
    print_burst("  8 clients through the gateway", median(bursts_["gateway"]), direct, true);
  }

 private:
  bool wanted(std::string_view what) const { return options_.only.empty() || options_.only == what; }

  void direct(std::uint16_t port, int round, const std::string& row) {
    const std::string store = fmt::format("{}/{}-{}", dir_, row, round);
    DirectClient client(kalshi_rt_session(kDirectKey, port, files_.authority.ca_file(), files_.key, store));
    time_round_trips(client, options_.orders, times_[row]);
    bursts_[row].push_back(orders_a_second(options_.burst, [&] { client.burst(options_.burst); }));
  }

  void plain(std::uint16_t port, const std::string& row) {
    PlainClient client(*context_, port, "FIXT.1.1", "OMS", "KalshiRT");
    time_round_trips(client, options_.orders, times_[row]);
  }

  void through_gateway() {
    const int each = options_.burst / kClients;
    bursts_["gateway"].push_back(orders_a_second(each * kClients, [&] {
      std::vector<std::thread> threads;
      for (const auto& client : clients_) threads.emplace_back([&client, each] { client->burst(each); });
      for (std::thread& thread : threads) thread.join();
    }));
  }

  void print_one() {
    for (const auto& [row, figures] : times_)
      fmt::print("{}: p50 {:.1f} us, p99 {:.1f} us, cpu {:.1f} us\n", row, median(figures.p50), median(figures.p99), median(figures.cpu));
    for (const auto& [row, figures] : bursts_) fmt::print("{}: {:.0f} orders/s\n", row, median(figures));
  }

  const Options& options_;
  std::string dir_;
  Files files_;
  NeutralAcceptor acceptor_;
  std::shared_ptr<SSL_CTX> context_;
  ByteRelay relay_;
  Gateway gateway_;
  std::vector<std::unique_ptr<PlainClient>> clients_;  // logged on all the time: a gateway remembers who comes again
  std::map<std::string, RoundTrips> times_;
  std::map<std::string, std::vector<double>> bursts_;
};

void pin(const std::string& core) {
  if (core == "free") return;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(std::stoul(core)), &cores);
  if (::sched_setaffinity(0, sizeof(cores), &cores) != 0) give_up("there is no core " + core);
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (i + 1 == argc)
      give_up("usage: marginfix_bench_gateway [--orders N] [--burst N] [--rounds N] [--core C|free] [--dir FOLDER] [--only WHAT]");
    const std::string value = argv[++i];
    if (name == "--orders")
      options.orders = std::stoi(value);
    else if (name == "--burst")
      options.burst = std::stoi(value);
    else if (name == "--rounds")
      options.rounds = std::stoi(value);
    else if (name == "--core")
      options.core = value;
    else if (name == "--dir")
      options.dir = value;
    else if (name == "--only")
      options.only = value;
    else
      give_up("unknown " + name);
  }
  return options;
}

// A folder that is removed in the end.
struct Folder {
  explicit Folder(const std::string& in) {
    path = in + "/marginfix-bench-gateway-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) give_up("cannot make a folder in " + in);
    path = fs::absolute(path);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

}  // namespace
}  // namespace marginfix::bench

int main(int argc, char** argv) {
  using namespace marginfix::bench;
  const Options options = options_of(argc, argv);
  ::mallopt(M_ARENA_MAX, 1);  // as run_gateway() does
  ::mallopt(M_TOP_PAD, 4 << 20);
  pin(options.core);
  const Folder folder(options.dir);
  Bench bench(options, folder.path);
  bench.run();
  bench.print();
  return 0;
}

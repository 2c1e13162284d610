// End to end from the simulated exchange: fifty tickers, three channels, the engine driven by random orders in one process and
// PerpsWebSocket in another. Fails when a frame is lost, a book ends up wrong, or (--memory) the client's memory grows.
//   marginfix_bench_ws_stream                      plain, TLS, TLS with compression, TLS at a steady pace
//   marginfix_bench_ws_stream --memory [FRAMES]    memory over 10 million frames: streams with their queues, and books
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>
#include <vector>

#include "bench/ws/stream/client_side.hpp"
#include "bench/ws/stream/exchange_side.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::bench {
namespace {

constexpr std::int64_t kMostGrowthKib = 1'024;

Shared* make_shared_memory() {
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  return new (memory) Shared{};
}

// The client is the child: forked before anything has a thread. It learns the port through a pipe.
int run(Plan plan, const std::string& folder) {
  plan.folder = folder;
  make_keys(plan);
  Shared* const shared = make_shared_memory();
  int ends[2];
  if (::pipe(ends) != 0) return 1;
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) return 1;
  if (child == 0) {
    std::uint16_t port = 0;
    if (::read(ends[0], &port, sizeof(port)) != sizeof(port)) ::_exit(1);
    const int code = run_client(plan, *shared, port);
    shared->client_gone.store(true);
    ::_exit(code);
  }
  run_exchange(plan, *shared, [&](std::uint16_t port) {
    if (::write(ends[1], &port, sizeof(port)) != sizeof(port)) std::abort();
  });
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  ::close(ends[1]);
  ::munmap(shared, sizeof(Shared));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace
}  // namespace marginfix::bench

int main(int argc, char** argv) {
  using marginfix::bench::Plan;
  std::vector<Plan> plans;
  if (argc >= 2 && std::string_view(argv[1]) == "--memory") {
    const std::uint64_t frames = argc >= 3 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
    plans.push_back({.name = "memory", .frames = frames, .tls = false, .streams = true, .memory_kib = marginfix::bench::kMostGrowthKib});
  } else {
    plans.push_back({.name = "plain", .tls = false});
    plans.push_back({.name = "TLS"});
    plans.push_back({.name = "TLS, compressed", .frames = 100'000, .compression = true});
    plans.push_back({.name = "TLS, 5,000 a second", .frames = 50'000, .rate = 5'000});
  }
  const marginfix::test::TempFolder folder;
  int code = 0;
  for (const Plan& plan : plans) code |= marginfix::bench::run(plan, folder.path());
  return code;
}

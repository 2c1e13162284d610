// hffix (jamesdbrock/hffix) walks every field of the messages that marginfix_bench_peer --mode decode decodes: tags and where values lie,
// no CheckSum(10), nothing typed. Usage: hffix_decode N
#include <hffix.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "bench/peer/decode_messages.hpp"

namespace {

double thread_cpu_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

std::size_t walk(const std::string& wire) {
  std::size_t seen = 0;
  hffix::message_reader reader(wire.data(), wire.size());
  for (auto field = reader.begin(); field != reader.end(); ++field) seen += static_cast<std::size_t>(field->tag()) + field->value().size();
  return seen;
}

void measure(const char* name, const std::string& wire, int count) {
  std::size_t seen = 0;
  double began = 0;
  for (int i = -count / 10; i < count; ++i) {
    if (i == 0) began = thread_cpu_ns();
    seen += walk(wire);
    asm volatile("" : "+r"(seen));  // each walk is made
  }
  const double each = (thread_cpu_ns() - began) / count;
  if (seen == 0) std::exit(1);
  std::printf("{\"engine\":\"hffix\",\"mode\":\"decode\",\"msg\":\"%s\",\"bytes\":%zu,\"read_fields\":false,\"ns\":%.1f}\n", name,
              wire.size(), each);
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  measure("ER", marginfix::bench::trade_report(), count);
  measure("X", marginfix::bench::incremental_refresh(), count);
}

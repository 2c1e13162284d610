#include "bench/peer/decode.hpp"

#include <cstdio>
#include <string>

#include "bench/peer/decode_messages.hpp"
#include "bench/peer/options.hpp"
#include "bench/peer/process.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/reader.hpp"

namespace marginfix::bench {
namespace {

template <class Decode>
void measure(const char* engine, const char* name, const std::string& wire, int count, const Decode& decode) {
  double began = 0;
  for (int i = -count / 10; i < count; ++i) {
    if (i == 0) began = thread_cpu_ns();
    if (!decode()) throw PeerFailure(std::string(name) + " was not decoded, or with findings");
  }
  const double each = (thread_cpu_ns() - began) / count;
  std::printf("{\"engine\":\"%s\",\"mode\":\"decode\",\"msg\":\"%s\",\"bytes\":%zu,\"read_fields\":true,\"ns\":%.1f}\n", engine, name,
              wire.size(), each);
}

template <class M>
void measure_both(const char* name, const std::string& wire, int count) {
  M message;
  fix::Findings findings;
  measure("marginfix", name, wire, count, [&] { return fix::decode(wire, message, findings) && findings.empty(); });
  // As a session does it: framed once, which checks it, and decoded from the frame.
  fix::Framer framer(1 << 20);
  fix::Frame frame;
  measure("marginfix-framed", name, wire, count, [&] {
    return framer.scan(wire.data(), wire.size(), &frame).kind == fix::Scan::Kind::message && fix::decode(frame, message, findings) &&
           findings.empty();
  });
}

}  // namespace

void decode_messages(int count) {
  measure_both<fix::ExecutionReport>("ER", trade_report(), count);
  measure_both<fix::MarketDataIncrementalRefresh>("X", incremental_refresh(), count);
}

}  // namespace marginfix::bench

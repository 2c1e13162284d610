// The two messages that the harness's clients decode: an ExecutionReport of a trade, and a MarketDataIncrementalRefresh of four entries.
// No header of ours, so that others can be measured with the same bytes.
#pragma once

#include <cstdio>
#include <string>

namespace marginfix::bench {

inline std::string whole_message(std::string body) {
  for (char& c : body)
    if (c == '|') c = '\x01';
  std::string message =
      "8=FIXT.1.1\x01"
      "9=" +
      std::to_string(body.size()) + '\x01' + body;
  unsigned sum = 0;
  for (const char c : message) sum += static_cast<unsigned char>(c);
  char end[16];
  std::snprintf(end, sizeof(end), "10=%03u\x01", sum % 256);
  return message + end;
}

inline std::string trade_report() {
  return whole_message(
      "35=8|34=1234|49=KalshiNR|52=20261122-10:11:12.123|56=11111111-2222-3333-4444-555555555555|6=19.5000|"
      "11=3f1d3f1d-3f1d-3f1d-3f1d-3f1d3f1d3f1d|14=5.00|17=123456;789|31=19.5000|32=5.00|37=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee|38=10.00|"
      "39=1|44=19.5000|54=1|55=BTC-PERP|60=20261122-10:11:12.120|136=1|137=0.0150|138=USD|139=4|891=0|150=F|151=5.00|704=5.00|705=0.00|"
      "880=ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee|1057=Y|");
}

inline std::string incremental_refresh() {
  std::string body = "35=X|34=1234|49=KalshiMD|52=20261122-10:11:12.123|56=11111111-2222-3333-4444-555555555555|268=4|";
  for (int i = 0; i < 4; ++i)
    body += "279=1|269=" + std::to_string(i % 2) + "|55=BTC-PERP|270=19.50" + std::to_string(10 + i) + "|271=" + std::to_string(100 + i) +
            ".00|";
  return whole_message(body);
}

}  // namespace marginfix::bench

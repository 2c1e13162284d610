#include "bench/peer/options.hpp"

#include <charconv>
#include <functional>
#include <map>
#include <string_view>

namespace marginfix::bench {
namespace {

int number(const std::string& name, const std::string& text, int least, int most) {
  int value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    throw PeerFailure(name + " wants a number from " + std::to_string(least) + " to " + std::to_string(most) + ", not '" + text + "'");
  return value;
}

TargetSession session_of(const std::string& text) {
  if (text == "KalshiNR") return TargetSession::NR;
  if (text == "KalshiRT") return TargetSession::RT;
  throw PeerFailure("--session is KalshiNR or KalshiRT, not '" + text + "'");
}

void check(const PeerOptions& options) {
  if (options.mode != "rtt" && options.mode != "burst" && options.mode != "md" && options.mode != "decode")
    throw PeerFailure("--mode is rtt, burst, md or decode, not '" + options.mode + "'");
  if (options.mode != "decode" && options.port == 0) throw PeerFailure("--port is missing");
  if (options.session != TargetSession::RT && (options.sync || !options.store.empty()))
    throw PeerFailure("only KalshiRT has a store: --session KalshiRT");
}

}  // namespace

std::string PeerOptions::engine() const {
  std::string name = "marginfix";
  if (mode == "md") {
    name += !book ? "" : ticks > 0 ? "-book-" + std::to_string(ticks) : "-book";
  } else if (mode != "decode") {
    name += session == TargetSession::RT ? "-rt" : "-nr";
    if (sync) name += "-sync";
    if (on_io_thread) name += "-io";
    if (in_flight > 0) name += "-" + std::to_string(in_flight) + "-in-flight";
  }
  return spin ? name + "-spin" : name;
}

PeerOptions peer_options(int argc, char** argv) {
  constexpr int kMost = 100'000'000;
  PeerOptions options;
  const std::map<std::string_view, std::function<void()>> flags{
      {"--tls", [&] { options.tls = true; }},   {"--sync", [&] { options.sync = true; }},
      {"--spin", [&] { options.spin = true; }}, {"--io-thread", [&] { options.on_io_thread = true; }},
      {"--book", [&] { options.book = true; }},
  };
  const std::map<std::string_view, std::function<void(const std::string&)>> values{
      {"--host", [&](const std::string& v) { options.host = v; }},
      {"--port", [&](const std::string& v) { options.port = static_cast<std::uint16_t>(number("--port", v, 1, 65'535)); }},
      {"--ca", [&](const std::string& v) { options.ca_file = v; }},
      {"--mode", [&](const std::string& v) { options.mode = v; }},
      {"--n", [&](const std::string& v) { options.count = number("--n", v, 1, kMost); }},
      {"--warm", [&](const std::string& v) { options.warm = number("--warm", v, 0, kMost); }},
      {"--session", [&](const std::string& v) { options.session = session_of(v); }},
      {"--store", [&](const std::string& v) { options.store = v; }},
      {"--in-flight", [&](const std::string& v) { options.in_flight = number("--in-flight", v, 1, kMost); }},
      {"--queue", [&](const std::string& v) { options.queue = number("--queue", v, 1, 10'000'000); }},
      {"--resident", [&](const std::string& v) { options.resident = number("--resident", v, 0, 3'600); }},
      {"--ticks", [&](const std::string& v) { options.ticks = number("--ticks", v, 1, 9'000); }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (const auto flag = flags.find(name); flag != flags.end()) {
      flag->second();
      continue;
    }
    const auto value = values.find(name);
    if (value == values.end()) throw PeerFailure("unknown " + name + "\n" + kPeerUsage);
    if (i + 1 == argc) throw PeerFailure(name + " wants a value\n" + kPeerUsage);
    value->second(argv[++i]);
  }
  check(options);
  return options;
}

}  // namespace marginfix::bench

// Decode and encode of every hot message beside QuickFIX's parse and build of the same bytes, in the same run.
// Ours: CheckSum and BodyLength checked, every field typed; encoding formats numbers and times. QuickFIX: parse with dictionaries, no
// typing, no validation; building from ready texts. Prints a table of ratios at the end.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>

#include "bench/codec/quickfix_peer.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/fix/printer.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"

namespace {

using namespace marginfix;

std::string framed(const std::string& fields) {
  fix::Buffer out;
  fix::frame_message("FIXT.1.1", fix::from_pipe_form(fields), out);
  return std::string(out.view());
}

constexpr const char* kInbound = "|34=1024|49=KalshiNR|52=20261001-14:30:00.150|56=8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901|";
constexpr const char* kOutbound = "|34=1024|49=8f1c6a52-3e0d-4b7a-9c11-5d2f0a7be901|52=20261001-14:30:00.150|56=KalshiNR|";
constexpr const char* kId = "11=c0ffee00-0000-4000-8000-000000000000|";

std::string trade_report() {
  return framed(
      std::string("35=8") + kInbound + "6=6.2577|" + kId +
      "14=3.00|17=77121;1|30=2|31=6.2577|32=3.00|37=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|38=10.00|39=1|44=6.2577|54=1|55=KXBTCPERP|"
      "60=20261001-14:30:00.149|136=1|137=0.0094|138=USD|139=4|891=0|150=F|151=7.00|704=3.00|705=0.00|715=20261001|880=b7d90000|1057=N|"
      "1703=1|1704=-3.1983|1705=BALANCE|");
}
std::string new_report() {
  return framed(
      std::string("35=8") + kInbound + "6=0.0000|" + kId +
      "14=0.00|17=77120;1|30=2|37=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|38=10.00|39=0|44=6.2577|54=1|55=KXBTCPERP|60=20261001-14:30:00.149|"
      "150=0|151=10.00|");
}
std::string cancel_reject() {
  return framed(
      std::string("35=9") + kInbound + kId +
      "37=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|39=2|41=c0ffee00-0000-4000-8000-000000000001|58=CANNOT_UPDATE_FILLED_ORDER|102=0|434=1|");
}
std::string refresh() {
  std::string body = "268=4|";
  for (const char* price : {"6.2577", "6.2576", "6.2580", "6.2581"})
    body += std::string("279=1|55=KXBTCPERP|269=0|270=") + price + "|271=117.00|";
  return framed(std::string("35=X") + kInbound + body);
}
// The same four with what entries hold since August 2026: two levels, one that an own order changed, one block trade.
std::string documented_refresh() {
  const std::string when = "272=20261001|273=14:30:00.149|";
  std::string body = "268=4|";
  for (const char* price : {"6.2577", "6.2576", "6.2580"})
    body += std::string("279=1|55=KXBTCPERP|269=0|270=") + price + "|271=117.00|" + when;
  body += "11=c0ffee00-0000-4000-8000-000000000000|79=3|";
  body += "279=0|55=KXBTCPERP|269=2|270=6.2580|271=3.00|" + when + "2446=1|828=1|1003=b7d90000-5c1e-0f3a-1d2b-9a1c00000007|";
  return framed(std::string("35=X") + kInbound + body);
}
// Every entry with all of them, which no entry has (a trade is no level): the upper bound.
std::string crowded_refresh() {
  std::string body = "268=4|";
  for (const char* price : {"6.2577", "6.2576", "6.2580", "6.2581"})
    body += std::string("279=0|55=KXBTCPERP|269=2|270=") + price +
            "|271=117.00|272=20261001|273=14:30:00.149|2446=1|828=1|1003=b7d90000-5c1e-0f3a-1d2b-9a1c00000007|"
            "11=c0ffee00-0000-4000-8000-000000000000|79=3|";
  return framed(std::string("35=X") + kInbound + body);
}
// Four levels with 272 and 273 only: what the time of each entry costs.
std::string timed_refresh() {
  std::string body = "268=4|";
  for (const char* price : {"6.2577", "6.2576", "6.2580", "6.2581"})
    body += std::string("279=1|55=KXBTCPERP|269=0|270=") + price + "|271=117.00|272=20261001|273=14:30:00.149|";
  return framed(std::string("35=X") + kInbound + body);
}
std::string snapshot(const std::string& when) {
  std::string body = "55=KXBTCPERP|268=20|";
  for (int i = 0; i < 20; ++i) body += "269=" + std::to_string(i / 10) + "|270=6.25" + std::to_string(10 + i) + "|271=117.00|" + when;
  return framed(std::string("35=W") + kInbound + body);
}
std::string new_order() {
  return framed(std::string("35=D") + kOutbound + kId + "38=10.00|40=2|44=6.2577|54=1|55=KXBTCPERP|59=1|60=20261001-14:30:00.149|");
}
std::string cancel() {
  return framed(std::string("35=F") + kOutbound + kId +
                "37=0b5d1f0e-6a1c-4b0e-9d5a-7f3f1c2a0000|41=c0ffee00-0000-4000-8000-000000000001|54=1|55=KXBTCPERP|");
}
std::string replace() {
  return framed(std::string("35=G") + kOutbound + kId +
                "38=10.00|40=2|41=c0ffee00-0000-4000-8000-000000000001|44=6.2577|54=1|55=KXBTCPERP|");
}

template <class M>
void decode(benchmark::State& state, const std::string& wire) {
  M message;
  fix::Findings findings;
  for (auto _ : state) {
    const bool ok = fix::decode(wire, message, findings).has_value();
    benchmark::DoNotOptimize(message);
    if (!ok || !findings.empty()) return state.SkipWithError("decode");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * wire.size()));
}

// What a session does with each message that comes: framed once, decoded from the frame.
template <class M>
void receive(benchmark::State& state, const std::string& wire) {
  M message;
  fix::Findings findings;
  fix::Framer framer(1 << 20);
  fix::Frame frame;
  for (auto _ : state) {
    const bool framed = framer.scan(wire.data(), wire.size(), &frame).kind == fix::Scan::Kind::message;
    const bool ok = framed && fix::decode(frame, message, findings).has_value();
    benchmark::DoNotOptimize(message);
    if (!ok || !findings.empty()) return state.SkipWithError("receive");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * wire.size()));
}

template <class M>
void encode(benchmark::State& state, const std::string& wire) {
  M message;
  fix::Findings findings;
  if (!fix::decode(wire, message, findings)) return state.SkipWithError("decode");
  fix::Header header = message.header;
  header.sending_time_text = {};  // formatted like every other value
  fix::Buffer out;
  for (auto _ : state) {
    out.clear();
    const bool ok = fix::encode(message, header, out).has_value();
    benchmark::DoNotOptimize(out.data());
    if (!ok) return state.SkipWithError("encode");
  }
  if (out.view() != wire) return state.SkipWithError("other bytes");
}

std::string dictionary(const char* name) { return std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/" + name; }
peer::QuickFix& quickfix() {
  static peer::QuickFix engine(dictionary("FIXT11-margin.xml"), dictionary("FIX50SP2-margin.xml"));
  return engine;
}

void quickfix_parse(benchmark::State& state, const std::string& wire) {
  for (auto _ : state) benchmark::DoNotOptimize(quickfix().parse(wire));
}

void quickfix_build(benchmark::State& state, const std::string& wire) {
  std::vector<peer::FieldText> fields;
  std::vector<int> order;
  int counter = 0;
  const auto* info = fix::find_message_info(fix::peek(wire).value().msg_type);
  fix::for_each_field(wire, [&](const fix::PrintedField& f) {
    if (f.tag == 9 || f.tag == 10) return;
    if (f.counter) {
      counter = f.tag;
      for (const auto& field : info->fields) {
        if (field.tag != f.tag) continue;
        order.clear();
        for (const auto& child : field.children) order.push_back(child.tag);
        order.push_back(0);
      }
      return;
    }
    bool header = f.tag == 8;
    for (const auto& field : fix::header_fields()) header = header || field.tag == f.tag;
    fields.push_back({f.tag, std::string(f.value), f.depth > 0 ? counter : 0, f.entry, header});
  });
  for (auto _ : state) benchmark::DoNotOptimize(quickfix().build(fields, order).data());
  if (info->msg_type != "8" && quickfix().build(fields, order) != wire) return state.SkipWithError("other bytes");
}

// Collects the times and prints the ratios behind the usual table.
class Ratios : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (run.error_occurred)
        failed_ = true;
      else if (run.run_type == Run::RT_Aggregate ? run.aggregate_name == "median" : run.repetitions <= 1)
        ns_[run.run_name.function_name] = run.GetAdjustedCPUTime();
    }
  }
  bool failed() const { return failed_; }
  void print_table() const {
    std::printf("\n%-28s %10s %10s %12s %8s %10s %12s %8s\n", "ns", "receive", "decode", "QuickFIX", "ratio", "encode", "QuickFIX",
                "ratio");
    for (const auto& [name, ns] : ns_) {
      if (name.rfind("decode/", 0) != 0) continue;
      const std::string what = name.substr(7);
      const auto of = [&](const char* kind) {
        const auto found = ns_.find(kind + what);
        return found == ns_.end() ? 0.0 : found->second;
      };
      std::printf("%-28s %10.1f %10.1f %12.1f %7.1fx %10.1f %12.1f %7.1fx\n", what.c_str(), of("receive/"), ns, of("quickfix_parse/"),
                  of("quickfix_parse/") / ns, of("encode/"), of("quickfix_build/"), of("quickfix_build/") / of("encode/"));
    }
  }

 private:
  std::map<std::string, double> ns_;
  bool failed_{false};
};

template <class M>
void add(const std::string& name, const std::string& wire) {
  const std::string what = name + "_" + std::to_string(wire.size()) + "B";
  benchmark::RegisterBenchmark(("decode/" + what).c_str(), [wire](benchmark::State& s) { decode<M>(s, wire); });
  benchmark::RegisterBenchmark(("receive/" + what).c_str(), [wire](benchmark::State& s) { receive<M>(s, wire); });
  benchmark::RegisterBenchmark(("quickfix_parse/" + what).c_str(), [wire](benchmark::State& s) { quickfix_parse(s, wire); });
  benchmark::RegisterBenchmark(("encode/" + what).c_str(), [wire](benchmark::State& s) { encode<M>(s, wire); });
  benchmark::RegisterBenchmark(("quickfix_build/" + what).c_str(), [wire](benchmark::State& s) { quickfix_build(s, wire); });
}

}  // namespace

int main(int argc, char** argv) {
  add<fix::ExecutionReport>("8_trade", trade_report());
  add<fix::ExecutionReport>("8_new", new_report());
  add<fix::OrderCancelReject>("9_cancel_reject", cancel_reject());
  add<fix::MarketDataIncrementalRefresh>("X_4_entries", refresh());
  add<fix::MarketDataIncrementalRefresh>("X_4_entries_timed", timed_refresh());
  add<fix::MarketDataIncrementalRefresh>("X_4_entries_documented", documented_refresh());
  add<fix::MarketDataIncrementalRefresh>("X_4_entries_crowded", crowded_refresh());
  add<fix::MarketDataSnapshotFullRefresh>("W_20_levels", snapshot(""));
  add<fix::MarketDataSnapshotFullRefresh>("W_20_levels_timed", snapshot("272=20261001|273=14:30:00.149|"));
  add<fix::NewOrderSingle>("D_new_order", new_order());
  add<fix::OrderCancelRequest>("F_cancel", cancel());
  add<fix::OrderCancelReplaceRequest>("G_replace", replace());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  Ratios reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_table();
  return reporter.failed() ? 1 : 0;
}

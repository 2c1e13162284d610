// The fan-out to NATS JetStream, with a nats-server of its own on loopback (one server, file storage), in one run:
//   written   execution reports a second into the ledger, with the outbox and without it (journal on the disk, booked, committed)
//   drained   events a second from the outbox into the stream, beside a bare publish of the same messages by the NATS C client, as many
//             without an answer at a time; goal: at least 0.5 of it
//   together  execution reports a second into ledger and stream: from the first report until the stream has acknowledged the last event
//   latency   from a report at a steady rate until a consumer has its execution, p50 and p99
// Usage: marginfix_bench_stream [--reports N] [--batch N] [--rate N] [--seconds N] [--dir FOLDER]
#include <nats/nats.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/reconcile/executions.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/stream/outbox.hpp"
#include "services/reconcile/stream/publisher.hpp"
#include "support/nats_server.hpp"

namespace {

using namespace marginfix;
using namespace marginfix::reconcile;
using namespace marginfix::reconcile::bench;
using test::NatsServer;

struct Options {
  std::int64_t reports{30'000}, batch{100}, rate{500}, seconds{10};
  std::string dir{"."};
};

std::vector<std::vector<Record>> batches_of(const Options& options) {
  std::vector<std::vector<Record>> batches;
  for (std::int64_t i = 0; i < options.reports; ++i) {
    if (i % options.batch == 0) batches.emplace_back();
    const Execution execution{i};
    batches.back().push_back(record_of(RecordKind::fix, Source::listener, execution.time(), execution.message()));
  }
  return batches;
}

std::unique_ptr<LedgerWriter> begun(const std::string& dir, bool stream) {
  auto writer = LedgerWriter::open(dir).value();
  const std::string begin = std::string(R"({"version":"bench","accounts":[],"rules":{"stream":")") + (stream ? "on" : "off") + "\"}}";
  writer
      ->write({record_of(RecordKind::begin, Source::listener, kBegin, begin),
               record_of(RecordKind::source_state, Source::listener, kBegin, "up\n")})
      .value();
  return writer;
}

double written(const std::string& dir, bool stream, const Options& options) {
  const auto batches = batches_of(options);
  const auto writer = begun(dir, stream);
  const auto begin = SteadyClock::now();
  for (const auto& batch : batches) writer->write(batch).value();
  return seconds_since(begin);
}

PublisherOptions publisher_of(const std::string& dir, const BrokerSettings& settings) {
  PublisherOptions options;
  options.connect = [settings] { return connect_nats(settings); };
  options.stream = settings.stream;
  options.read = [dir] { return open_ledger_for_reading(dir); };
  return options;
}

BrokerSettings settings_of(const NatsServer& server, const std::string& stream) {
  BrokerSettings settings;
  settings.servers = {server.url()};
  settings.stream.name = stream;
  settings.stream.subject = stream;
  return settings;
}

std::int64_t events_in(const std::string& dir) { return outbox_state(*open_ledger_for_reading(dir).value()).number; }

double drained(const std::string& dir, const BrokerSettings& settings) {
  const std::int64_t events = events_in(dir);
  Publisher publisher(publisher_of(dir, settings));
  const auto begin = SteadyClock::now();
  publisher.start().value();
  if (!publisher.wait_published(events, std::chrono::minutes(10))) std::abort();
  return seconds_since(begin);
}

// The same subjects, ids and payloads, nothing else: no order is checked, no place is found.
double bare_publish(const std::string& dir, const BrokerSettings& settings, std::size_t in_flight) {
  const auto rows = outbox_rows(*open_ledger_for_reading(dir).value(), 0, INT64_MAX);
  auto made = connect_nats(settings).value();
  made->create(settings.stream).value();
  natsConnection* connection = nullptr;
  natsSubscription* answers = nullptr;
  if (natsConnection_ConnectTo(&connection, settings.servers[0].c_str()) != NATS_OK) std::abort();
  natsConnection_SubscribeSync(&answers, connection, "bench.answers");
  const auto begin = SteadyClock::now();
  std::size_t waiting = 0;
  const auto take = [&](std::size_t until) {
    while (waiting > until) {
      natsMsg* answer = nullptr;
      if (natsSubscription_NextMsg(&answer, answers, 10'000) != NATS_OK) std::abort();
      natsMsg_Destroy(answer);
      --waiting;
    }
  };
  for (const OutboxRow& row : rows) {
    natsMsg* message = nullptr;
    natsMsg_Create(&message, (settings.stream.subject + '.' + row.subject).c_str(), "bench.answers", row.payload.data(),
                   static_cast<int>(row.payload.size()));
    natsMsgHeader_Set(message, "Nats-Msg-Id", row.message_id.c_str());
    if (natsConnection_PublishMsg(connection, message) != NATS_OK) std::abort();
    natsMsg_Destroy(message);
    if (++waiting == in_flight) take(in_flight / 2);
  }
  take(0);
  const double seconds = seconds_since(begin);
  natsSubscription_Destroy(answers);
  natsConnection_Destroy(connection);
  return seconds;
}

double together(const std::string& dir, const BrokerSettings& settings, const Options& options) {
  const auto batches = batches_of(options);
  const auto writer = begun(dir, true);
  Publisher publisher(publisher_of(dir, settings));
  publisher.start().value();
  const auto begin = SteadyClock::now();
  for (const auto& batch : batches) {
    writer->write(batch).value();
    publisher.wake();
  }
  if (!publisher.wait_published(events_in(dir), std::chrono::minutes(10))) std::abort();
  return seconds_since(begin);
}

struct Latencies {
  std::vector<double> micros;
  double at(double part) {
    std::ranges::sort(micros);
    return micros.empty() ? 0 : micros[static_cast<std::size_t>(part * static_cast<double>(micros.size() - 1))];
  }
};

Latencies latency(const std::string& dir, const BrokerSettings& settings, const Options& options) {
  const std::int64_t count = options.rate * options.seconds;
  const auto writer = begun(dir, true);
  Publisher publisher(publisher_of(dir, settings));
  publisher.start().value();
  auto consumer = connect_nats(settings).value();
  consumer->follow(settings.stream.name, settings.stream.subject + ".execution.>", {}).value();
  std::vector<SteadyClock::time_point> told(static_cast<std::size_t>(count));
  Latencies latencies;
  std::thread reader([&] {
    for (std::int64_t i = 0; i < count; ++i) {
      auto next = consumer->next_message(std::chrono::seconds(10));
      while (next && !*next) next = consumer->next_message(std::chrono::seconds(10));
      if (!next) std::abort();
      latencies.micros.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - told[static_cast<std::size_t>(i)]).count());
    }
  });
  const auto begin = SteadyClock::now();
  for (std::int64_t i = 0; i < count; ++i) {
    std::this_thread::sleep_until(begin + std::chrono::nanoseconds(i * 1'000'000'000 / options.rate));
    const Execution execution{i};
    told[static_cast<std::size_t>(i)] = SteadyClock::now();
    writer->write({record_of(RecordKind::fix, Source::listener, execution.time(), execution.message())}).value();
    publisher.wake();
  }
  reader.join();
  return latencies;
}

void run(const Options& options) {
  const std::string dir = options.dir;
  const auto n = static_cast<double>(options.reports);
  NatsServer server;
  const double without = written(dir + "/without", false, options), with = written(dir + "/with", true, options);
  const auto events = static_cast<double>(events_in(dir + "/with"));
  std::printf("written  %9.0f reports, %.0f events: %8.0f/s; without an outbox %8.0f/s; ratio %.2f\n", n, events, n / with, n / without,
              without / with);
  const double ours = drained(dir + "/with", settings_of(server, "drained"));
  const double bare = bare_publish(dir + "/with", settings_of(server, "bare"), PublisherOptions{}.in_flight);
  std::printf("drained  %9.0f events: %8.0f/s; bare publish of the same %8.0f/s; ratio %.2f (goal >= 0.5)\n", events, events / ours,
              events / bare, bare / ours);
  const double both = together(dir + "/together", settings_of(server, "together"), options);
  std::printf("together %9.0f reports into ledger and stream: %8.0f/s (%.0f events/s)\n", n, n / both, events / both);
  Latencies latencies = latency(dir + "/latency", settings_of(server, "latency"), options);
  std::printf("latency  %lld reports a second, one a transaction, report to consumer: p50 %.0f us, p99 %.0f us\n",
              static_cast<long long>(options.rate), latencies.at(0.5), latencies.at(0.99));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const std::map<std::string_view, std::int64_t*> numbers{
      {"--reports", &options.reports}, {"--batch", &options.batch}, {"--rate", &options.rate}, {"--seconds", &options.seconds}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view word(argv[i]);
    if (const auto found = numbers.find(word); found != numbers.end()) *found->second = std::atoll(argv[i + 1]);
    if (word == "--dir") options.dir = argv[i + 1];
  }
  if (test::nats_server_program().empty()) {
    std::puts(test::kNoNatsServer);
    return 1;
  }
  options.dir += "/bench-reconcile-stream-" + std::to_string(::getpid());
  std::filesystem::create_directories(options.dir);
  try {
    run(options);
  } catch (const std::exception& e) {
    std::printf("%s\n", e.what());
  }
  std::filesystem::remove_all(options.dir);
  return 0;
}

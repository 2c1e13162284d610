// The service against a simulated exchange: in process, with REST behind a proxy that can change what it says.
#pragma once

#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/service.hpp"
#include "support/scripted_http_server.hpp"

namespace marginfix::test {

namespace rc = marginfix::reconcile;
using namespace std::chrono_literals;

// Stands in front of REST (or Klear) of a plain simulator. `doctor` makes of each answer what the service gets; every request is noted.
class DoctoringProxy {
 public:
  using Doctor = std::function<ScriptedAnswer(const SeenRequest&, const sim::test::HttpResponse&)>;
  // `base`: the path that its URL has beside the address.
  explicit DoctoringProxy(std::uint16_t port, std::string base = "/trade-api/v2")
      : port_(port), base_(std::move(base)), server_([this](const SeenRequest& request) { return answer(request); }) {}
  void set_doctor(Doctor doctor) {
    const std::lock_guard lock(mutex_);
    doctor_ = std::move(doctor);
  }
  std::string url() const { return server_.origin() + base_; }
  std::vector<SeenRequest> requests() const { return server_.requests(); }

 private:
  ScriptedAnswer answer(const SeenRequest& request) {
    Doctor doctor;
    {
      const std::lock_guard lock(mutex_);
      doctor = doctor_;
    }
    std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n";
    for (const auto& [name, value] : request.headers) {
      if (name.starts_with("kalshi-") || name == "authorization") bytes += name + ": " + value + "\r\n";
    }
    sim::test::HttpConnection upstream("127.0.0.1", port_, "");
    upstream.send(bytes + "\r\n");
    const sim::test::HttpResponse told = upstream.receive();
    return doctor ? doctor(request, told) : http_answer(told.status, told.body);
  }

  std::uint16_t port_;
  std::string base_;
  std::mutex mutex_;
  Doctor doctor_;
  ScriptedHttpServer server_;
};

class ReconcileTest : public sim::test::SimTest {
 protected:
  ReconcileTest() {
    options_.plain = true;
    options_.tier = "unlimited";
  }
  void SetUp() override {
    start();
    proxy_ = std::make_unique<DoctoringProxy>(sim().endpoints().ports.rest);
    endpoints_ = sim().path("endpoints.json");
    lead(sim().endpoints().rest_url, proxy_->url());
    config_.rules.grace_us = 1'000'000;
    config_.sweep = 200ms;
    config_.rest_poll = 1s;
  }
  void TearDown() override { stop_service(); }
  // What the service is told of the exchange's addresses: `to` in place of `from`.
  void lead(const std::string& from, const std::string& to) {
    std::string text = TempFolder::read(endpoints_);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    endpoints_ = folder_.write("sim/through-proxy.json", text);
  }

  // ---- trading: alice buys from bob
  void trade(int quantity = 10, const std::string& price = "5.0000") {
    if (!alice_) {
      alice_ = std::make_unique<sim::test::Client>(sim(), "KalshiNR", "alice");
      bob_ = std::make_unique<sim::test::Client>(sim(), "KalshiNR", "bob");
      alice_->logon();
      bob_->logon();
    }
    const std::string number = std::to_string(++orders_), count = std::to_string(quantity);
    bob_->send("D", sim::test::Order{.id = "bob-" + number, .side = '2', .quantity = count, .price = price}.body());
    bob_->expect_report('A');
    bob_->expect_report('0');
    alice_->send("D", sim::test::Order{.id = "alice-" + number, .side = '1', .quantity = count, .price = price}.body());
    alice_->expect_report('A');
    while (alice_->next().get(150) != "F") {
    }
    while (bob_->next().get(150) != "F") {
    }
  }

  // ---- the service
  std::string dir() const { return folder_.path("reconcile"); }
  rc::ServiceOptions service_options() const {
    rc::ServiceOptions options;
    options.config = config_;
    options.dir = dir();
    options.endpoints = endpoints_;
    options.version = "test";
    options.queue = queue_;
    return options;
  }
  rc::OnePass once() {
    auto service = rc::Service::open(service_options()).value();
    return service->run_once([] { return false; }).value();
  }
  // Until its page is there.
  void start_service() {
    stop_ = false;
    auto ready = std::make_shared<std::promise<std::string>>();
    auto page = ready->get_future();
    auto service = std::make_shared<std::unique_ptr<rc::Service>>(rc::Service::open(service_options()).value());
    ended_ = std::async(std::launch::async, [this, ready, service] {
      const auto done = (*service)->run([this] { return stop_.load(); }, [ready](const std::string& url) { ready->set_value(url); });
      service->reset();
      return done;
    });
    ASSERT_EQ(page.wait_for(60s), std::future_status::ready);
    page_ = page.get();
  }
  Result<void> stop_service() {
    if (!ended_.valid()) return {};
    stop_ = true;
    return ended_.get();
  }

  // ---- its ledger
  std::unique_ptr<rc::Storage> ledger() const { return rc::open_ledger_for_reading(dir()).value(); }
  std::vector<rc::BreakRow> breaks() const { return rc::all<rc::BreakRow>(*ledger(), "ORDER BY id"); }
  std::vector<rc::BreakRow> open_breaks() const { return rc::all<rc::BreakRow>(*ledger(), "WHERE state < 2 ORDER BY id"); }
  std::vector<rc::FillRow> fills() const { return rc::all<rc::FillRow>(*ledger(), "ORDER BY number"); }
  std::vector<rc::PositionRow> positions() const { return rc::all<rc::PositionRow>(*ledger(), "ORDER BY account, subaccount, symbol"); }
  std::vector<rc::GapRow> gaps() const { return rc::all<rc::GapRow>(*ledger(), "ORDER BY number"); }
  rc::SourceRow source(rc::Source which, const std::string& account = "alice") const {
    return rc::find<rc::SourceRow>(*ledger(), account, which).value_or(rc::SourceRow{});
  }
  // As soon as the condition holds, which a service beside the test brings about.
  template <class Condition>
  static bool eventually(const Condition& condition, std::chrono::milliseconds limit = 60s) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(20ms);
    }
    return true;
  }

  std::unique_ptr<DoctoringProxy> proxy_;
  std::string endpoints_, page_;
  rc::Config config_;
  rc::RecordQueueOptions queue_;
  std::unique_ptr<sim::test::Client> alice_, bob_;
  int orders_{0};
  std::atomic<bool> stop_{false};
  std::future<Result<void>> ended_;
};

inline std::string in_words(const std::vector<rc::BreakRow>& breaks) {
  std::string text;
  for (const rc::BreakRow& row : breaks) {
    text += std::string(rc::to_string(row.category)) + " " + std::string(rc::to_string(row.state)) + " " + row.subject + ": " +
            row.here_source + "=" + row.here_value + " | " + row.there_source + "=" + row.there_value + " (" + row.explanation + ")\n";
  }
  return text;
}
inline std::string in_words(const rc::OnePass& pass) {
  std::string text;
  for (const rc::SourceAnswer& one : pass.sources) {
    text += one.account + " " + std::string(rc::to_string(one.source)) + " " + std::string(rc::to_string(one.state)) + " " + one.why + "\n";
  }
  return text;
}

}  // namespace marginfix::test

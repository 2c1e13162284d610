// The inside of a Simulator: what simulator.cpp puts together and simulator_control.cpp works on.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/brake.hpp"
#include "sim/doors/control/control.hpp"
#include "sim/doors/fix/fix_doors.hpp"
#include "sim/doors/ws/door.hpp"
#include "sim/endpoints.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/http_doors.hpp"
#include "sim/keys/key_ring.hpp"
#include "sim/keys/keys.hpp"
#include "sim/simulator.hpp"

namespace marginfix::sim {

struct SimulatorKey {
  std::string name;
  std::string account;
  KeyScope scope{KeyScope::Trading};
  std::optional<int> subaccount{};  // locked to it
};

struct Simulator::Impl final : ControlTarget {
  explicit Impl(SimulatorOptions given) : options(std::move(given)) {}
  ~Impl() override { end(true); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  static Timestamp wall_now() { return system_clock().now(); }

  // ---- start and end
  Result<void> start();
  Result<void> lock_directory();
  Result<void> open_everything();
  Result<void> open_engine();
  Result<void> open_fix(const ServerIdentity& identity);
  Result<void> open_http(const ServerIdentity& identity);
  Result<void> open_ws(const ServerIdentity& identity);
  Result<void> open_control();
  std::vector<AccountSpec> account_specs() const;
  void add_new_keys();
  void plan_keys();
  void describe();
  void arm_timer();
  void set_timer(Timestamp at);
  void on_timer();
  void end(bool abruptly);
  template <class F>
  auto on_thread(F&& work) -> decltype(work());

  // ---- control, on the I/O thread
  Result<std::vector<AcceptorSession*>> find(std::string_view session, std::string_view key_id);
  Result<void> control_disconnect(std::string_view session, std::string_view key_id) override;
  Result<void> control_skip_seq(std::string_view session, std::string_view key_id, int count) override;
  Result<void> control_delay(std::string_view session, std::string_view key_id, std::chrono::milliseconds held_back) override;
  Result<void> control_silence(std::string_view session, std::string_view key_id) override;
  Result<void> control_cut_in_frame(std::string_view key_id) override;
  Result<void> control_send(std::string_view key_id, const std::string& text) override;
  Result<void> control_close(std::string_view key_id, std::uint16_t code, const std::string& reason) override;
  // Runs `fault` on the WebSocket connections of the key; an error when there is none.
  template <class Fault>
  Result<void> on_ws(std::string_view key_id, Fault fault);
  Result<void> control_halt(std::string_view ticker, bool halted) override;
  Result<void> control_drop_copy(const std::string& account, bool enabled) override;
  Result<void> control_clock(std::chrono::milliseconds advance) override;
  Result<void> control_fault(std::string_view door, HttpFault fault) override;
  Result<void> control_order_fault(std::string_view door, OrderFault fault) override;
  Result<void> control_clear_faults(std::string_view door) override;
  Result<void> control_reference_price(std::string_view ticker, DollarDecimal price) override;
  Result<void> control_subtrader_limit(std::string_view subtrader_id, std::string_view ticker, std::optional<DollarDecimal> limit) override;
  Result<std::string> control_corporate_action(const CorporateActionRequest& request) override;
  std::string control_state(const TruthQuery& query) override;

  ConnectionTableLimits connection_limits() const {
    ConnectionTableLimits limits = ConnectionTableLimits::of_this_process();
    limits.held_bytes = options.held_bytes;
    return limits;
  }

  SimulatorOptions options;
  std::filesystem::path dir;
  Endpoints endpoints;
  std::vector<std::string> notes;
  std::vector<SimulatorKey> plan;  // which keys there are to be ...
  std::vector<ApiKey> keys;        // ... and the keys, in the same order
  KeyRing ring;
  boost::asio::io_context io{1};
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work;
  std::shared_ptr<ConnectionTable> connections = std::make_shared<ConnectionTable>(connection_limits());
  Brake brake;
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<FixDoors> fix_doors;
  std::unique_ptr<HttpDoors> http;
  std::unique_ptr<WsDoor> ws;
  std::unique_ptr<ControlPort> control;
  boost::asio::steady_timer timer{io};
  Timestamp timer_at{};  // wall time the timer is set for; the epoch: not set
  std::thread thread;
  int lock{-1};  // file descriptor of DIR/simulator.lock
  bool started{false};
  bool ended{false};
};

template <class F>
auto Simulator::Impl::on_thread(F&& work_item) -> decltype(work_item()) {
  std::packaged_task<decltype(work_item())()> task(std::forward<F>(work_item));
  auto result = task.get_future();
  boost::asio::post(io, [&task] { task(); });
  return result.get();
}

}  // namespace marginfix::sim

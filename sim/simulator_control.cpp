// What the control port's verbs do to a running simulator.
#include "marginfix/sessions/acceptor_faults.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/truth.hpp"
#include "sim/simulator_impl.hpp"

namespace marginfix::sim {
namespace {
constexpr std::string_view kWs = "WS";  // what control calls the WebSocket's connections
}  // namespace

template <class Fault>
Result<void> Simulator::Impl::on_ws(std::string_view key_id, Fault fault) {
  if (fault() > 0) return {};
  return fail(ErrorCategory::config, "no WebSocket connection of key " + std::string(key_id));
}

Result<std::vector<AcceptorSession*>> Simulator::Impl::find(std::string_view session, std::string_view key_id) {
  std::vector<AcceptorSession*> found;
  for (AcceptorSession* candidate : fix_doors->acceptor().sessions()) {
    if (candidate->door().comp_id == session && (key_id.empty() || candidate->peer_comp_id() == key_id)) found.push_back(candidate);
  }
  if (found.empty()) return fail(ErrorCategory::config, "no session " + std::string(session) + " of key " + std::string(key_id));
  return found;
}

Result<void> Simulator::Impl::control_disconnect(std::string_view session, std::string_view key_id) {
  if (session == kWs) return on_ws(key_id, [&] { return ws->cut(key_id); });
  const auto found = find(session, key_id);
  if (!found) return found.error();
  for (AcceptorSession* each : *found) each->drop();
  return {};
}

Result<void> Simulator::Impl::control_skip_seq(std::string_view session, std::string_view key_id, int count) {
  if (session == kWs) return on_ws(key_id, [&] { return ws->skip_seq(key_id, count); });
  const auto found = find(session, key_id);
  if (!found) return found.error();
  for (AcceptorSession* each : *found) each->faults().skip_sequence(count);
  return {};
}

Result<void> Simulator::Impl::control_delay(std::string_view session, std::string_view key_id, std::chrono::milliseconds held_back) {
  if (session == kWs) return on_ws(key_id, [&] { return ws->delay(key_id, held_back); });
  const auto found = find(session, key_id);
  if (!found) return found.error();
  for (AcceptorSession* each : *found) each->faults().set_delay(held_back);
  return {};
}

Result<void> Simulator::Impl::control_silence(std::string_view session, std::string_view key_id) {
  if (session == kWs) return on_ws(key_id, [&] { return ws->stall(key_id); });
  const auto found = find(session, key_id);
  if (!found) return found.error();
  for (AcceptorSession* each : *found) each->faults().set_silent(true);
  return {};
}

Result<void> Simulator::Impl::control_cut_in_frame(std::string_view key_id) {
  return on_ws(key_id, [&] { return ws->cut_in_frame(key_id); });
}

Result<void> Simulator::Impl::control_send(std::string_view key_id, const std::string& text) {
  return on_ws(key_id, [&] { return ws->send_text(key_id, text); });
}

Result<void> Simulator::Impl::control_close(std::string_view key_id, std::uint16_t code, const std::string& reason) {
  return on_ws(key_id, [&] { return ws->close_with(key_id, code, reason); });
}

Result<void> Simulator::Impl::control_halt(std::string_view ticker, bool halted) {
  const auto market = views::find_market(exchange->state(), ticker);
  if (!market) return fail(ErrorCategory::config, "no market " + std::string(ticker));
  exchange->step(wall_now());
  exchange->run(commands::Halt{*market, halted});
  arm_timer();
  return {};
}

Result<void> Simulator::Impl::control_drop_copy(const std::string& account, bool enabled) {
  exchange->step(wall_now());
  return fix_doors->enable_drop_copy(account, enabled);
}

Result<void> Simulator::Impl::control_clock(std::chrono::milliseconds advance) {
  exchange->step(wall_now());
  exchange->advance(advance);
  arm_timer();
  return {};
}

Result<void> Simulator::Impl::control_reference_price(std::string_view ticker, DollarDecimal price) {
  const auto market = views::find_market(exchange->state(), ticker);
  if (!market) return fail(ErrorCategory::config, "no market " + std::string(ticker));
  exchange->step(wall_now());
  auto done = exchange->run(commands::SetReference{*market, price});
  arm_timer();
  if (!done) return fail(ErrorCategory::decode, done.error().message);
  return {};
}

Result<void> Simulator::Impl::control_subtrader_limit(std::string_view subtrader_id, std::string_view ticker,
                                                      std::optional<DollarDecimal> limit) {
  std::optional<MarketNo> market;
  if (!ticker.empty()) {
    market = views::find_market(exchange->state(), ticker);
    if (!market) return fail(ErrorCategory::config, "no market " + std::string(ticker));
  }
  exchange->step(wall_now());
  for (const KeyEntry& key : endpoints.accounts) {
    const auto account = views::find_account(exchange->state(), key.account);
    if (account && exchange->run(commands::SetSubtraderLimit{*account, subtrader_id, market, limit}) == FcmRefusal::None) return {};
  }
  return fail(ErrorCategory::config, "no subtrader " + std::string(subtrader_id));
}

Result<std::string> Simulator::Impl::control_corporate_action(const CorporateActionRequest& request) {
  exchange->step(wall_now());
  if (!request.cancel.empty()) {
    const auto no = views::corporate_action_number(exchange->state(), request.cancel);
    if (no && exchange->run(commands::CancelAction{*no})) return request.cancel;
    return fail(ErrorCategory::config, "no scheduled corporate action " + request.cancel);
  }
  const auto market = views::find_market(exchange->state(), request.ticker);
  if (!market) return fail(ErrorCategory::config, "no market " + request.ticker);
  CorporateAction action = request.action;
  action.market = *market;
  if (request.in) action.execution_time = exchange->now() + *request.in;
  const auto id = exchange->run(commands::ScheduleAction{action});
  if (!id) return fail(ErrorCategory::decode, id.error().message);
  // What is due at once is done at once.
  exchange->step(wall_now());
  arm_timer();
  return std::string(id->view());
}

Result<void> Simulator::Impl::control_fault(std::string_view door, HttpFault fault) {
  HttpFaults* const faults = http->faults(door);
  if (faults == nullptr) return fail(ErrorCategory::config, "no HTTP door " + std::string(door));
  faults->add(std::move(fault));
  return {};
}

Result<void> Simulator::Impl::control_order_fault(std::string_view door, OrderFault fault) {
  fix_doors->order_faults().add(std::string(door), std::move(fault));
  return {};
}

Result<void> Simulator::Impl::control_clear_faults(std::string_view door) {
  if (door == "KalshiNR" || door == "KalshiRT") {
    fix_doors->order_faults().clear(door);
    return {};
  }
  HttpFaults* const faults = http->faults(door);
  if (faults == nullptr) return fail(ErrorCategory::config, "no HTTP door " + std::string(door));
  faults->clear();
  return {};
}

// The engine's truth with the FIX sessions added.
std::string Simulator::Impl::control_state(const TruthQuery& query) {
  exchange->step(wall_now());
  std::string state = views::truth_json(exchange->state(), query);
  if (state.empty()) return state;
  const std::size_t end = state.rfind('}');
  state.insert(end, ",\"sessions\":" + fix_doors->sessions_json());
  return state;
}

}  // namespace marginfix::sim

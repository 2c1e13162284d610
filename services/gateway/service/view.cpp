// GatewayService: what it says of itself, kill switch, and limits read anew.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <future>

#include "marginfix/core/monotonic.hpp"
#include "services/gateway/orders/order_rows.hpp"
#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::chrono::seconds kArmWithin{60};

template <class T>
std::string text_of(const std::optional<T>& limit) {
  if (!limit) return {};
  if constexpr (std::is_same_v<T, std::int64_t>)
    return std::to_string(*limit);
  else
    return limit->to_string();
}

}  // namespace

template <class Ask>
auto GatewayService::on_thread(Ask&& ask) {
  std::promise<decltype(ask())> answer;
  auto result = answer.get_future();
  boost::asio::post(io_, [&] {
    try {
      answer.set_value(ask());
    } catch (...) {
      answer.set_exception(std::current_exception());
    }
  });
  return result.get();
}

GatewayStatus GatewayService::status() {
  return on_thread([this] { return status_now(); });
}
std::vector<OrderRow> GatewayService::orders(const std::string& client, bool open_only, std::size_t most) {
  return on_thread([&] { return orders_now(client, open_only, most); });
}
Result<std::string> GatewayService::kill(const std::string& by, const std::string& reason) {
  return on_thread([&]() -> Result<std::string> { return kill_now(by, reason); });
}
Result<std::string> GatewayService::arm(const std::string& by) {
  return on_thread([&]() -> Result<std::string> { return arm_now(by); });
}

Result<std::string> GatewayService::reload() {
  auto read = read_limits(options_.config.file);
  if (!read) return read.error();
  return on_thread([&]() -> Result<std::string> {
    options_.config.total = read->total;
    for (const auto& client : clients_) {
      const auto limits = read->clients.find(client->name);
      if (limits != read->clients.end()) client->config.limits = limits->second;
    }
    set_rates();
    want_books();
    note(LogLevel::info, "limits were read anew");
    return std::string("limits were read anew; everything else of the file needs a restart");
  });
}

GatewayStatus GatewayService::status_now() {
  GatewayStatus out;
  out.now = now();
  out.started = started_;
  out.open = open_;
  for (const auto& [name, line] : lines_) {
    if (line.recovered) continue;
    out.waits_for += (out.waits_for.empty() ? "" : "; ") + name + ": " + (line.key->caught_up() ? "REST" : line.key->session_name());
  }
  out.kill = kill_;
  out.kill.arm_asked = arm_asked_at_.count() != 0 && monotonic_time() - arm_asked_at_ < kArmWithin;
  for (const auto& client : clients_) {
    ClientStatus one;
    one.comp_id = client->config.comp_id;
    one.begin_string = begin_string(client->config.version);
    one.account = line_of(client->config).key->name();
    one.logged_on = client->logged_on();
    one.address = client->address;
    if (client->session != nullptr) {
      one.next_sender_seq = client->session->next_sender_seq();
      one.next_target_seq = client->session->next_target_seq();
    }
    one.queued_bytes = client->queued();
    one.open_orders = static_cast<std::uint64_t>(desk_->open_sums().of_client(client->name).count());
    one.messages_in = client->messages_in;
    one.messages_out = client->messages_out;
    one.orders = client->orders;
    one.refused = client->refused;
    one.possible_resends = client->possible_resends;
    one.owed = client->logged_on() ? 0 : static_cast<std::uint64_t>(std::ranges::count(client->unconfirmed, false, &Unconfirmed::live));
    one.last_message = client->last_message;
    const OrderLimits& limits = client->config.limits;
    one.max_order_qty = text_of(limits.max_order_qty);
    one.max_notional = text_of(limits.max_notional);
    one.price_collar = text_of(limits.price_collar);
    one.max_open_orders = text_of(limits.max_open_orders);
    one.max_position = text_of(limits.max_position);
    one.max_messages_per_second = text_of(limits.max_messages_per_second);
    out.clients.push_back(std::move(one));
  }
  const std::vector<std::string> unknown = desk_->unknown_outcomes();
  for (auto& [name, line] : lines_) {
    KeyStatus one;
    one.account = name;
    one.session = line.key->session_name();
    const StateChange state = line.key->state();
    one.state = to_string(state.state);
    if (!line.key->up()) one.why = state.text;
    one.market_data = line.feed && line.feed->connected();
    for (const std::uint64_t number : desk_->open_orders()) {
      const ClientOrder* order = desk_->find(number);
      if (order != nullptr && order->account == name) ++one.open_orders;
    }
    for (const std::string& id : unknown) {
      const ClientOrder* order = desk_->find_exchange_id(id);
      if (order != nullptr && order->account == name) ++one.outcome_unknown;
    }
    one.waiting = line.key->statistics().waiting;
    one.write_tokens = line.key->write_tokens();
    out.keys.push_back(std::move(one));
  }
  out.oms_to_exchange = oms_to_exchange_;
  out.exchange = exchange_;
  out.exchange_to_oms = exchange_to_oms_;
  out.logons_refused = logons_refused_;
  out.unreadable = unreadable_;
  out.unknown_reports = unknown_reports_;
  out.journal_bytes = static_cast<std::uint64_t>(journal_->bytes());
  out.journal_files = static_cast<std::uint64_t>(journal_->files());
  return out;
}

std::vector<OrderRow> GatewayService::orders_now(const std::string& client, bool open_only, std::size_t most) const {
  return order_rows(*desk_, client, open_only, most);
}

// ---- kill switch
// ----------------------------------------------------------------------------------------------------------------------------------------
void GatewayService::cancel_everything(Actions& out) {
  desk_->cancel_all(
      OrderRequest::Cause::kill, [](const ClientOrder&) { return true; }, now(), out);
}

std::string GatewayService::kill_now(const std::string& by, const std::string& reason) {
  arm_asked_at_ = {};
  const bool already = kill_.killed;
  if (!already) {
    kill_ = {true, now(), by, reason, false};
    journal_->append(JournalKind::kill, {}, by + "\n" + reason, now());
    note(LogLevel::warning, fmt::format("kill switch on, by {}{}{}", by, reason.empty() ? "" : ": ", reason));
  }
  Actions actions;
  const std::size_t before = desk_->open_orders().size();
  cancel_everything(actions);
  perform(actions);
  return fmt::format("{}: new orders are refused, {} open orders are being canceled", already ? "killed already" : "killed", before);
}

std::string GatewayService::arm_now(const std::string& by) {
  if (!kill_.killed) return "armed already";
  if (std::filesystem::exists(options_.dir + "/kill")) return "the file " + options_.dir + "/kill keeps it killed: remove it first";
  const std::chrono::nanoseconds clock = monotonic_time();
  if (arm_asked_at_.count() == 0 || clock - arm_asked_at_ > kArmWithin) {
    arm_asked_at_ = clock;
    return fmt::format("asked: arm again within {} s to let orders through", kArmWithin.count());
  }
  arm_asked_at_ = {};
  kill_ = {};
  journal_->append(JournalKind::arm, {}, by, now());
  note(LogLevel::warning, "armed again, by " + by);
  (void)journal_->commit();
  return "armed: orders are taken";
}

void GatewayService::watch_kill_file() {
  if (signalled_.exchange(false)) kill_now("signal", {});
  if (!kill_.killed && std::filesystem::exists(options_.dir + "/kill")) kill_now("file", {});
}

}  // namespace marginfix::gateway

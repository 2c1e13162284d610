// GatewayService: the exchange's side.
#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/monotonic.hpp"
#include "services/gateway/orders/limits.hpp"
#include "services/gateway/service/gateway_service.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::chrono::seconds kSecuritiesEvery{60}, kSecuritiesAgain{3};

}  // namespace

// One word of the exchange. What cannot be applied is in the journal, told, and stands in nobody's way.
template <class Step>
void GatewayService::step(const char* what, Step&& step_of) {
  const Turn turn(*this);
  const std::chrono::nanoseconds began = monotonic_time();
  Actions actions;
  try {
    step_of(actions);
  } catch (const std::exception& fault) {
    note(LogLevel::error, fmt::format("{} could not be applied: {}", what, fault.what()));
  }
  const bool tells = !actions.tells.empty();
  perform(actions);
  if (tells) exchange_to_oms_.add(std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - began).count());
}

void GatewayService::answered(std::string_view exchange_id) {
  const auto sent = sent_at_.find(id_hash(exchange_id));
  if (sent == sent_at_.end()) return;
  exchange_.add(std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - sent->second).count());
  sent_at_.erase(sent);
}

// `who` of its messages in the journal; until the next call.
const std::string& GatewayService::end_name(const KeyLine& key, std::string_view session) {
  return end_name_.assign(key.name()).append("/").append(session);
}

void GatewayService::on_exchange_message(KeyLine& key, const std::string& session, const Inbound& in) {
  // Market data is nobody's order, and a lot.
  if (in.msg_type == "W" || in.msg_type == "X") return;
  journal_->append(JournalKind::exchange_in, end_name(key, session), in.raw, now());
}

void GatewayService::on_exchange_sent(KeyLine& key, const std::string& session, std::string_view raw) {
  journal_->append(JournalKind::exchange_out, end_name(key, session), raw, now());
}

void GatewayService::on_report(KeyLine&, const fix::ExecutionReport& report) {
  answered(report.cl_ord_id);
  step("a report", [&](Actions& actions) {
    if (!desk_->on_report(report, now(), actions)) ++unknown_reports_;
  });
}

void GatewayService::on_cancel_reject(KeyLine&, const fix::OrderCancelReject& reject) {
  answered(reject.cl_ord_id);
  step("a cancel reject", [&](Actions& actions) {
    if (!desk_->on_cancel_reject(reject, now(), actions)) ++unknown_reports_;
  });
}

void GatewayService::on_not_taken(KeyLine&, std::string_view cl_ord_id, const std::string& text) {
  answered(cl_ord_id);
  step("a refusal", [&](Actions& actions) { desk_->on_not_taken(cl_ord_id, text, now(), actions); });
}

void GatewayService::on_outcome_unknown(KeyLine& key, std::string_view cl_ord_id, UnknownCause cause, const std::string& text) {
  step("an unknown outcome", [&](Actions& actions) { desk_->on_outcome_unknown(cl_ord_id, cause, text, now(), actions); });
  on_hole(key);
}

void GatewayService::on_line(KeyLine& key, bool up) {
  if (stopping_) return;
  Line& line = lines_.at(key.name());
  note(LogLevel::info,
       fmt::format("{}: {}", key.name(), up ? key.session_name() + " takes orders" : "no orders are taken: " + key.state().text));
  on_hole(key);
  if (up) {
    if (kill_.killed) {
      Actions actions;
      cancel_everything(actions);
      perform(actions);
    }
    if (line.recovered) release_waiting(line);
    return;
  }
  for (const auto& client : clients_) {
    if (&line_of(client->config) == &line && client->config.outage == OutagePolicy::logout && client->logged_on())
      client->session->logout("the exchange is not connected");
  }
}

void GatewayService::on_hole(KeyLine& key) {
  Line& line = lines_.at(key.name());
  line.suspected_at = monotonic_time();
  for (const std::uint64_t number : desk_->open_orders()) {
    if (desk_->find(number)->account == key.name()) line.suspects.insert(number);
  }
}

// ---- lists
// ------------------------------------------------------------------------------------------------------------------------------------------
void GatewayService::refresh_securities() {
  const std::chrono::nanoseconds clock = monotonic_time();
  if (clock < next_securities_ || lines_.empty()) return;
  Line& line = lines_.at(options_.config.account_order.front());
  if (!line.lists) return;
  next_securities_ = clock + kSecuritiesEvery;
  line.lists->read_markets([this](const Result<std::vector<Security>>& securities) {
    if (!securities) next_securities_ = monotonic_time() + kSecuritiesAgain;
    securities_.update(securities);
    want_books();
  });
}

// Collars need the books of every market that may be traded.
void GatewayService::want_books() {
  const bool wanted = wants_books(options_.config.total) ||
                      std::ranges::any_of(clients_, [](const auto& client) { return wants_books(client->config.limits); });
  if (!wanted || !securities_.known()) return;
  for (auto& [name, line] : lines_) {
    if (!line.feed) continue;
    for (const std::string& symbol : securities_.symbols()) {
      if (line.collars.insert(symbol).second && !line.feed->subscribe(symbol)) line.collars.erase(symbol);
    }
  }
}

void GatewayService::ask(const ClientLine& client, Answer answer) {
  const auto found = std::ranges::find_if(clients_, [&](const auto& each) { return each.get() == &client; });
  Line& line = line_of((*found)->config);
  if (!(*found)->config.customer_account.empty())
    return answer(fail(ErrorCategory::config, "positions of a customer's account are its clearing member's to say"));
  if (!line.lists) return answer(fail(ErrorCategory::config, "no REST is configured for this account"));
  line.lists->read_positions((*found)->config.subaccount, std::move(answer));
}

}  // namespace marginfix::gateway

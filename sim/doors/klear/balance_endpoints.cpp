// The settlement balance, the guaranty fund, withdrawals. Source: klear.md operations 16 to 20, "Balances".
#include "sim/doors/klear/support.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::int64_t kMicrosPerCenticentOfDollar = 100;

HttpAnswer balance(KlearDoorContext& context, EndpointRequest& /*request*/) {
  const AccountId member = member_of(context);
  const ClearingMember& m = views::clearing(context.exchange.state()).member(member);
  HttpAnswer answer;
  json::Writer(answer.body)
      .begin_object()
      .member("user_id", views::clearing(context.exchange.state()).user_id(member))
      .member("balance_available_centicents", m.available)
      .member("locked_balance_centicents", m.locked)
      .end_object();
  return answer;
}

HttpAnswer guaranty_fund(KlearDoorContext& context, EndpointRequest& /*request*/) {
  const AccountId member = member_of(context);
  const ClearingMember& m = views::clearing(context.exchange.state()).member(member);
  HttpAnswer answer;
  json::Writer(answer.body)
      .begin_object()
      .member("user_id", views::clearing(context.exchange.state()).user_id(member))
      .member("amount_centicents", m.guaranty_fund)
      .member("updated_ts", to_rfc3339(m.guaranty_fund_updated))
      .end_object();
  return answer;
}

std::string_view reason_name(BalanceReason reason) {
  static constexpr std::string_view kNames[] = {"deposit", "settlement", "withdrawal_requested", "withdrawal_processed", "wire_received"};
  return kNames[static_cast<std::size_t>(reason)];
}

// Newest first; a position is how many entries are older than the last one shown.
HttpAnswer history(KlearDoorContext& context, EndpointRequest& request) {
  const std::size_t most = limit(request, 100, 500);
  const auto before = cursor(request);
  if (request.problem) return *request.problem;
  const Clearing& clearing = views::clearing(context.exchange.state());
  const auto& entries = clearing.member(member_of(context)).balance;
  std::size_t i = std::min<std::size_t>(entries.size(), before.value_or(entries.size()));
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("entries").begin_array();
  for (std::size_t shown = 0; i > 0 && shown < most; ++shown) {
    const BalanceEntry& e = entries[--i];
    out.begin_object().member("balance_delta_centicents", e.available).member("locked_balance_delta_centicents", e.locked);
    out.member("reason", reason_name(e.reason)).member("business_transaction_id", clearing.public_id(e.cause).view());
    out.member("created_ts", to_rfc3339(e.time)).end_object();
  }
  out.end_array();
  end_page(out, i > 0 ? std::optional<std::uint64_t>(i) : std::nullopt);
  return answer;
}

HttpAnswer withdraw(KlearDoorContext& context, EndpointRequest& request) {
  const auto amount = request.body_dollars("amount", true, 2);  // a wire is in cents
  if (request.problem) return *request.problem;
  if (amount->units() <= 0) return invalid("amount must be positive");
  const AccountId member = member_of(context);
  const auto no = context.exchange.run(commands::WithdrawSettlement{member, amount->units() / kMicrosPerCenticentOfDollar});
  if (!no) return klear_error(400, "insufficient_balance", "insufficient settlement balance", "amount is more than the available balance");
  HttpAnswer answer;
  json::Writer(answer.body).begin_object().member("id", views::clearing(context.exchange.state()).public_id(*no).view()).end_object();
  return answer;
}

HttpAnswer withdrawal(KlearDoorContext& context, EndpointRequest& request) {
  static constexpr std::string_view kStatus[] = {"pending", "processing", "processed"};
  const std::string id = request.text("id");
  if (id.empty()) return invalid("id is required");
  const Clearing& clearing = views::clearing(context.exchange.state());
  const auto no = clearing.number_of(id);
  for (const Withdrawal& w : clearing.member(member_of(context)).withdrawals) {
    if (!no || w.no != *no) continue;
    HttpAnswer answer;
    json::Writer out(answer.body);
    out.begin_object().member("id", clearing.public_id(w.no).view());
    out.key("amount").value(DollarDecimal::from_units(to_micros(w.amount)), 2);
    out.member("status", kStatus[static_cast<std::size_t>(w.status)]).member("created_ts", to_rfc3339(w.created)).end_object();
    return answer;
  }
  return invalid("no such withdrawal");  // 404 is not documented here
}

constexpr Endpoint<KlearDoorContext> kBalanceEndpoints[] = {
    {"GET", "/margin/settlement_balance", EndpointAuth::KlearToken, 0, "", "", balance},
    {"GET", "/margin/guaranty_fund_balance", EndpointAuth::KlearToken, 0, "", "", guaranty_fund},
    {"GET", "/margin/settlement_balance_history", EndpointAuth::KlearToken, 0, "limit cursor", "", history},
    {"POST", "/margin/withdraw_settlement_balance", EndpointAuth::KlearToken, 0, "", "amount", withdraw},
    {"GET", "/margin/settlement_balance_withdrawal", EndpointAuth::KlearToken, 0, "id", "", withdrawal},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> balance_endpoints() { return kBalanceEndpoints; }

}  // namespace marginfix::sim::klear

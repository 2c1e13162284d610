// Obligations: active, past, their details, and what funding paid. Source: klear.md operations 2 to 8, "Reports, obligations".
#include "sim/doors/klear/support.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::size_t kInlineRows = 1000;

struct Rows {
  KlearDoorContext& context;
  AccountId member;
  const Clearing& clearing;
  json::Writer& out;

  void id(ClearingNo no) const { out.member("id", clearing.public_id(no).view()); }
  void subtrader(SubtraderNo no) const { out.member("subtrader_id", clearing.subtrader_id(member, no)); }

  void write(const SettlementRow& r) const {
    out.begin_object();
    id(r.no);
    out.member("market_ticker", symbol(context, r.market));
    subtrader(r.subtrader);
    out.member("position_quantity_fp", to_count(r.position)).member("pnl_centicents", r.pnl);
    out.member("total_fees_centicents", r.fees).member("total_amount_centicents", r.total()).end_object();
  }
  void funding_members(const FundingRow& r) const {
    id(r.no);
    out.member("market_ticker", symbol(context, r.market));
    subtrader(r.subtrader);
    out.member("funding_time", to_rfc3339(r.time)).member("position_quantity_fp", to_count(r.position));
    out.member("notional_value_centicents", r.notional).member("funding_amount_centicents", r.amount);
  }
  void write(const FundingRow& r) const {
    out.begin_object();
    funding_members(r);
    out.end_object();
  }
  void write(const CorporateRow& r) const {
    out.begin_object();
    id(r.no);
    out.member("type", r.type).member("ca_id", r.action_id);
    out.member("market_id", views::market(context.exchange.state(), r.market).market_id.view())
        .member("market_ticker", symbol(context, r.market));
    out.member("asset_class", clearing.asset_class(r.market));
    subtrader(r.subtrader);
    out.member("position_quantity_fp", to_count(r.before)).member("post_position_quantity_fp", to_count(r.after));
    out.member("payment_amount_centicents", r.amount).key("payment_time");
    if (r.payment_time) {
      out.string(to_rfc3339(*r.payment_time));
    } else {
      out.null();
    }
    const Obligation* carrier = clearing.obligation(member, r.obligation);
    out.member("settlement_execution_time", to_rfc3339(carrier != nullptr ? carrier->execution : next_cycle_after(r.time)));
    if (r.price_before) out.member("pre_split_price_centicents", *r.price_before);
    if (r.price_after) out.member("post_split_price_centicents", *r.price_after);
    out.member("exchange_ts", to_rfc3339(r.time)).member("created_ts", to_rfc3339(r.time)).end_object();
  }
  void write(const MarginRow& r) const {
    out.begin_object();
    id(r.no);
    if (r.group != 0) {
      out.member("subtrader_id", "").member("margin_group_id", clearing.public_id(r.group).view());
    } else {
      subtrader(r.subtrader);
    }
    out.member("maintenance_margin_centicents", r.margin).member("maintenance_margin_delta_centicents", r.delta).end_object();
  }
  void write(const ReceiveRow& r) const {
    const Uuid no = clearing.public_id(r.no);
    out.begin_object();
    id(r.no);
    out.member("type", r.wire ? "wire" : "settlement_balance").member("amount_centicents", r.amount);
    out.member("external_reference", (r.wire ? "WIRE-" : "SB-") + std::string(no.view().substr(0, 8)));
    out.member("created_ts", to_rfc3339(r.time)).end_object();
  }

  template <class Row>
  void list(std::string_view name, const std::vector<Row>& rows, std::size_t first, std::size_t last) const {
    out.key(name).begin_array();
    for (std::size_t i = first; i < last; ++i) write(rows[i]);
    out.end_array();
  }
  template <class Row>
  void inlined(const std::string& name, const std::vector<Row>& rows) const {
    list(name, rows, 0, std::min(rows.size(), kInlineRows));
    if (rows.size() > kInlineRows) out.member(name + "_truncated", true);
  }

  template <class Row>
  static std::vector<Row> carried(const std::vector<Row>& rows, ClearingNo obligation) {
    std::vector<Row> out;
    for (const Row& r : rows) {
      if (r.obligation == obligation) out.push_back(r);
    }
    return out;
  }

  void write(const Obligation& o) const {
    out.begin_object();
    id(o.no);
    out.member("user_id", clearing.user_id(o.account)).member("amount_centicents", o.amount()).member("fees_centicents", o.fees);
    out.member("maintenance_margin_centicents", o.margin).member("pnl_centicents", o.pnl);
    out.member("execution_time", to_rfc3339(o.execution)).member("last_updated_ts", to_rfc3339(o.updated));
    out.member("asset_class", o.asset_class);
    list("receives", o.receives, 0, o.receives.size());
    inlined("settlement_details", o.details);
    inlined("maintenance_margin_details", o.margins);
    inlined("funding_payments", carried(clearing.member(member).funding, o.no));
    inlined("corporate_action_payments", carried(clearing.member(member).corporate, o.no));
    out.end_object();
  }
};

Rows rows_for(KlearDoorContext& context, json::Writer& out) {
  return {context, member_of(context), views::clearing(context.exchange.state()), out};
}

HttpAnswer active(KlearDoorContext& context, EndpointRequest& /*request*/) {
  HttpAnswer answer;
  json::Writer out(answer.body);
  const Rows rows = rows_for(context, out);
  std::vector<const Obligation*> open = rows.clearing.obligations(rows.member);
  std::erase_if(open, [](const Obligation* o) { return o->complete; });
  const auto name = [&](const Obligation* o) { return std::pair(o->asset_class, std::string(rows.clearing.public_id(o->no).view())); };
  std::ranges::sort(open, {}, name);
  out.begin_object().key("obligations").begin_array();
  for (const Obligation* o : open) rows.write(*o);
  out.end_array().end_object();
  return answer;
}

// A position is the number of the last one shown: newer ones do not shift a page.
HttpAnswer past(KlearDoorContext& context, EndpointRequest& request) {
  const std::size_t most = limit(request, 20, 100);
  const auto after = cursor(request);
  if (request.problem) return *request.problem;
  HttpAnswer answer;
  json::Writer out(answer.body);
  const Rows rows = rows_for(context, out);
  std::vector<const Obligation*> done = rows.clearing.obligations(rows.member);
  std::erase_if(done, [&](const Obligation* o) { return !o->complete || (after && o->no >= *after); });
  std::ranges::reverse(done);
  out.begin_object().key("obligations").begin_array();
  const std::size_t shown = std::min(most, done.size());
  for (std::size_t i = 0; i < shown; ++i) rows.write(*done[i]);
  out.end_array();
  end_page(out, shown < done.size() ? std::optional(done[shown - 1]->no) : std::nullopt);
  return answer;
}

enum class Detail : std::uint8_t { Settlement, Funding, Corporate, Margin };

HttpAnswer details(KlearDoorContext& context, EndpointRequest& request, Detail what) {
  const std::size_t most = limit(request, 1000, 1000);
  const auto from = cursor(request);
  const std::string id = request.text("obligation_id");
  if (what == Detail::Corporate && !is_uuid(id)) complain(request, "obligation_id must be a UUID");
  if (request.problem) return *request.problem;
  HttpAnswer answer;
  json::Writer out(answer.body);
  const Rows rows = rows_for(context, out);
  const auto no = rows.clearing.number_of(id);
  const Obligation* o = no ? rows.clearing.obligation(rows.member, *no) : nullptr;
  if (o == nullptr) return missing("no such obligation");
  const auto show = [&](std::string_view name, const auto& list) {
    const Page p = page(list.size(), from.value_or(0), most);
    out.begin_object();
    rows.list(name, list, p.first, p.last);
    end_page(out, p.next);
  };
  const ClearingMember& member = rows.clearing.member(rows.member);
  switch (what) {
    case Detail::Settlement:
      show("settlement_details", o->details);
      break;
    case Detail::Funding:
      show("funding_payments", Rows::carried(member.funding, o->no));
      break;
    case Detail::Corporate:
      show("corporate_action_payments", Rows::carried(member.corporate, o->no));
      break;
    case Detail::Margin:
      show("maintenance_margin_details", o->margins);
      break;
  }
  return answer;
}
template <Detail D>
HttpAnswer details_of(KlearDoorContext& context, EndpointRequest& request) {
  return details(context, request, D);
}

HttpAnswer member_funding(KlearDoorContext& context, EndpointRequest& request) {
  const auto at = time(request, "funding_time");
  const std::size_t most = limit(request, 1000, 10'000);
  const auto from = cursor(request);
  if (request.problem) return *request.problem;
  const std::string ticker = request.text("market_ticker");
  HttpAnswer answer;
  json::Writer out(answer.body);
  const Rows rows = rows_for(context, out);
  std::vector<FundingRow> found;
  for (const FundingRow& r : rows.clearing.member(rows.member).funding) {
    if (r.time == *at && (ticker.empty() || symbol(context, r.market) == ticker)) found.push_back(r);
  }
  const Page p = page(found.size(), from.value_or(0), most);
  out.begin_object().key("payments").begin_array();
  for (std::size_t i = p.first; i < p.last; ++i) {
    const Obligation* carrier = rows.clearing.obligation(rows.member, found[i].obligation);
    out.begin_object();
    rows.funding_members(found[i]);
    out.member("settlement_execution_time", to_rfc3339(carrier != nullptr ? carrier->execution : rows.clearing.next_cycle()));
    out.end_object();
  }
  out.end_array();
  end_page(out, p.next);
  return answer;
}

constexpr Endpoint<KlearDoorContext> kObligationEndpoints[] = {
    {"GET", "/margin/active_obligations", EndpointAuth::KlearToken, 0, "", "", active},
    {"GET", "/margin/obligation_history", EndpointAuth::KlearToken, 0, "limit cursor", "", past},
    {"GET", "/margin/obligations/{obligation_id}/settlement_details", EndpointAuth::KlearToken, 0, "limit cursor", "",
     details_of<Detail::Settlement>},
    {"GET", "/margin/obligations/{obligation_id}/funding_payments", EndpointAuth::KlearToken, 0, "limit cursor", "",
     details_of<Detail::Funding>},
    {"GET", "/margin/obligations/{obligation_id}/corporate_action_payments", EndpointAuth::KlearToken, 0, "limit cursor", "",
     details_of<Detail::Corporate>},
    {"GET", "/margin/obligations/{obligation_id}/maintenance_margin_details", EndpointAuth::KlearToken, 0, "limit cursor", "",
     details_of<Detail::Margin>},
    {"GET", "/margin/funding_payments", EndpointAuth::KlearToken, 0, "funding_time market_ticker limit cursor", "", member_funding},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> obligation_endpoints() { return kObligationEndpoints; }

}  // namespace marginfix::sim::klear

// Klear: what the clearing house says of the member's positions at settlement, of funding and of corporate actions.
#include <map>

#include "marginfix/klear/obligations.hpp"
#include "services/reconcile/engine/state.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

// Klear counts in centicents; what does not fit is beyond any account.
DollarDecimal dollars_of_klear(Centicents amount) { return amount.dollars().value(); }

template <class Payment>
void take_klear_funding(EngineState& state, const Record& record, const Payment& told) {
  FundingRow row;
  row.source = Source::klear;
  row.account = record.account;
  row.symbol = told.market_ticker;
  row.subtrader = told.subtrader_id;
  row.funding_time = told.funding_time;
  row.quantity = told.position_quantity_fp;
  row.amount = dollars_of_klear(told.funding_amount_centicents);
  row.first_seen = state.now;
  state.coverage.exchange_time(told.funding_time);
  state.book.funding(std::move(row));
}

// What a corporate action did to a position explains a change without a trade.
void take_corporate_action(EngineState& state, const Record& record, const klear::CorporateActionPaymentDetail& told) {
  if (told.exchange_ts) state.coverage.exchange_time(*told.exchange_ts);
  if (told.position_quantity_fp == told.post_position_quantity_fp) return;
  CorporateActionRow row{record.account,
                         told.id,
                         told.market_ticker,
                         told.type,
                         told.position_quantity_fp,
                         told.post_position_quantity_fp,
                         state.now,
                         false,
                         {},
                         {},
                         {}};
  insert(state.storage, row);
}

void take_obligation(EngineState& state, const Record& record, const klear::ObligationEntry& told) {
  if (!told.settlement_details_truncated) {
    std::map<std::string, FixedPointCount> nets;
    for (const klear::SettlementDetail& detail : told.settlement_details) {
      FixedPointCount& net = nets[detail.market_ticker];
      net = net + detail.position_quantity_fp;
    }
    for (const auto& [symbol, net] : nets) state.book.klear_position({record.account, 0, symbol, net, {}, {}, {}}, told.execution_time);
  }
  for (const klear::FundingPaymentDetail& payment : told.funding_payments) take_klear_funding(state, record, payment);
  for (const klear::CorporateActionPaymentDetail& payment : told.corporate_action_payments) take_corporate_action(state, record, payment);
}

void active_obligations(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<klear::GetActiveMarginObligationsResponse>(record, position, body)) {
    for (const klear::ObligationEntry& told : page->obligations) take_obligation(state, record, told);
  }
}

void obligation_history(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<klear::GetObligationHistoryResponse>(record, position, body)) {
    for (const klear::ObligationEntry& told : page->obligations) take_obligation(state, record, told);
  }
}

void member_funding(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<klear::GetMemberFundingPaymentsResponse>(record, position, body)) {
    for (const klear::MemberFundingPayment& told : page->payments) take_klear_funding(state, record, told);
  }
}

void obligation_funding(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<klear::GetObligationFundingPaymentsResponse>(record, position, body)) {
    for (const klear::FundingPaymentDetail& told : page->funding_payments) take_klear_funding(state, record, told);
  }
}

void obligation_corporate_actions(EngineState& state, const Record& record, std::int64_t position, std::string_view body) {
  if (const auto page = state.answer_as<klear::GetObligationCorporateActionPaymentsResponse>(record, position, body)) {
    for (const klear::CorporateActionPaymentDetail& told : page->corporate_action_payments) take_corporate_action(state, record, told);
  }
}

using KlearReader = void (*)(EngineState&, const Record&, std::int64_t, std::string_view);
const std::map<std::string_view, KlearReader>& klear_readers() {
  static const std::map<std::string_view, KlearReader> readers{
      {rest::Operation<klear::GetActiveMarginObligations>::info.operation_id, active_obligations},
      {rest::Operation<klear::GetObligationHistory>::info.operation_id, obligation_history},
      {rest::Operation<klear::GetMemberFundingPayments>::info.operation_id, member_funding},
      {rest::Operation<klear::GetObligationFundingPayments>::info.operation_id, obligation_funding},
      {rest::Operation<klear::GetObligationCorporateActionPayments>::info.operation_id, obligation_corporate_actions},
  };
  return readers;
}

}  // namespace

void read_klear(EngineState& state, const Record& record, std::int64_t position) {
  state.coverage.heard(record.account, record.source, state.now);
  const auto [operation, rest_of] = first_line(record.body);
  const auto [query, body] = first_line(rest_of);
  const auto reader = klear_readers().find(operation);
  if (reader != klear_readers().end()) reader->second(state, record, position, body);  // reports and balances are kept in the journal
}

}  // namespace marginfix::reconcile

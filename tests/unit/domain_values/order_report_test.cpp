// An ExecutionReport(8) as a domain value: nothing of it is dropped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "marginfix/fix/domain_reports.hpp"
#include "marginfix/fix/tables.hpp"
#include "unit/fix/codec_samples.hpp"

namespace marginfix {
namespace {

using marginfix_tests::framed;

// Every field of the header and of the table, each with a value that shows.
constexpr std::string_view kWholeHeader =
    "35=8|34=7|43=Y|49=KalshiRT|50=DESK|52=20261001-14:30:00.150|56=key|57=SUB|97=Y|122=20261001-14:29:58.000|1128=9|";
constexpr std::string_view kWholeBody =
    "6=6.25763333333333|11=mine-2|14=3.00|17=77121;1|30=2|31=6.2577|32=3.00|37=order-1|38=10.00|39=1|40=2|41=mine-1|44=6.2580|54=1|"
    "55=KXBTCPERP|58=a text|59=6|60=20261001-14:30:00.149|79=7|103=99|126=20261002-03:59:59.999|136=2|137=0.0094|138=USD|139=4|891=0|"
    "137=-0.0004|138=USD|139=7|891=2|150=F|151=7.00|453=2|448=CUST-0042|447=D|452=24|448=TRADER7|447=D|452=12|526=group-1|704=3.00|"
    "705=1.00|715=20261001|880=match-1|1057=N|1703=2|1704=-7.4620|1705=BALANCE|1704=0.1500|1705=PAYOUT|";

struct Decoded {
  std::string bytes;
  fix::ExecutionReport report;
  explicit Decoded(std::string_view body, std::string_view head = kWholeHeader) : bytes(framed(std::string(head) + std::string(body))) {
    fix::Findings findings;
    fix::decode(bytes, report, findings).value();
  }
};

DollarDecimal dollars(std::string_view text) { return DollarDecimal::parse(text).value(); }
FixedPointCount contracts(std::string_view text) { return FixedPointCount::parse(text).value(); }
Timestamp at(std::string_view text) { return parse_fix_utc(text).value(); }

TEST(OrderReportValue, EveryFieldSurvivesFromBytesToTheDomainValue) {
  const OrderReport r = fix::to_order_report(Decoded(kWholeBody).report);
  EXPECT_EQ(r.avg_px.to_string(), "6.25763333333333");
  EXPECT_EQ(r.cl_ord_id, "mine-2");
  EXPECT_EQ(r.cum_qty, contracts("3"));
  EXPECT_EQ(r.exec_id.text(), "77121;1");
  EXPECT_EQ(r.last_mkt, "2");
  EXPECT_EQ(r.last_px, dollars("6.2577"));
  EXPECT_EQ(r.last_qty, contracts("3"));
  EXPECT_EQ(r.order_id, "order-1");
  EXPECT_EQ(r.order_qty, contracts("10"));
  EXPECT_EQ(r.ord_status, OrdStatus::PartiallyFilled);
  EXPECT_EQ(r.ord_type, OrdType::Limit);
  EXPECT_EQ(r.orig_cl_ord_id, "mine-1");
  EXPECT_EQ(r.price, dollars("6.258"));
  EXPECT_EQ(r.side, Side::Buy);
  EXPECT_EQ(r.symbol, "KXBTCPERP");
  EXPECT_EQ(r.text, "a text");
  EXPECT_EQ(r.time_in_force, TimeInForce::GTD);
  EXPECT_EQ(r.transact_time, at("20261001-14:30:00.149"));
  EXPECT_EQ(r.alloc_account, 7);
  EXPECT_EQ(r.ord_rej_reason, OrdRejReason::Other);
  EXPECT_EQ(r.expire_time, at("20261002-03:59:59.999"));
  using Fee = OrderReport::MiscFee;
  EXPECT_THAT(r.misc_fees, testing::ElementsAre(Fee{dollars("0.0094"), "USD", MiscFeeType::ExchangeFees, MiscFeeBasis::Absolute},
                                                Fee{dollars("-0.0004"), "USD", static_cast<MiscFeeType>(7), static_cast<MiscFeeBasis>(2)}));
  EXPECT_EQ(r.fee, dollars("0.009"));
  EXPECT_EQ(r.exec_type, ExecType::Trade);
  EXPECT_EQ(r.leaves_qty, contracts("7"));
  using Party = OrderReport::Party;
  EXPECT_THAT(r.parties,
              testing::ElementsAre(Party{"CUST-0042", 'D', PartyRole::CustomerAccount}, Party{"TRADER7", 'D', PartyRole::ExecutingTrader}));
  EXPECT_EQ(r.secondary_cl_ord_id, "group-1");
  EXPECT_EQ(r.long_qty, contracts("3"));
  EXPECT_EQ(r.short_qty, contracts("1"));
  EXPECT_EQ(r.clearing_business_date, (Date{std::chrono::year{2026} / 10 / 1}));
  EXPECT_EQ(r.trade_id, "match-1");
  EXPECT_EQ(r.aggressor, false);
  using Change = OrderReport::CollateralAmountChange;
  EXPECT_THAT(r.collateral_amount_changes, testing::ElementsAre(Change{dollars("-7.462"), "BALANCE"}, Change{dollars("0.15"), "PAYOUT"}));
  EXPECT_THAT(r.other_fields, testing::IsEmpty());
}

// ---- the table, walked ---------------------------------------------------------------------------------------------------------

// What the value does not carry, and why. A tag that a table gets must go into OrderReport, or stand here with a reason.
const std::map<std::int32_t, std::string_view>& not_carried() {
  static const std::map<std::int32_t, std::string_view> reasons = {
      {35, "MsgType: an OrderReport is always an 8"},
      {34, "MsgSeqNum: the connection's, another one each time the same report is told"},
      {43, "PossDupFlag: the connection's; ExecID(17) tells a report that comes again"},
      {49, "SenderCompID: which session told it"},
      {50, "SenderSubID: the exchange sends none; the operator is the party with role 12"},
      {52, "SendingTime: of this telling; TransactTime(60) is the event's"},
      {56, "TargetCompID: the API key it was told to"},
      {57, "TargetSubID: addressing"},
      {97, "PossResend: the connection's, as 43"},
      {122, "OrigSendingTime: of an earlier telling"},
      {1128, "ApplVerID: how the bytes are to be read, which has been done"}};
  return reasons;
}

class TableWalk {
 public:
  TableWalk() : value_(fix::to_order_report(whole_.report)) {}

  std::vector<std::int32_t> dropped() {
    over<fix::Header>([](fix::ExecutionReport& m) -> fix::Header& { return m.header; });
    over<fix::ExecutionReport>([](fix::ExecutionReport& m) -> fix::ExecutionReport& { return m; });
    return std::move(dropped_);
  }
  int walked() const { return walked_; }

 private:
  // Each field of an Owner set back to nothing, alone: the value must show it.
  template <class Owner, class Get>
  void over(Get get) {
    std::apply([&](const auto&... field) { (one<Owner>(field, get), ...); }, fix::MessageTable<Owner>::kFields);
  }
  template <class Owner, class F, class Get>
  void one(const F& field, Get get) {
    ++walked_;
    auto less = whole_.report;
    auto& value = get(less).*(field.member);
    using Value = std::remove_reference_t<decltype(value)>;
    EXPECT_FALSE(value == Value{}) << "give " << field.name << '(' << field.tag << ") a value in kWholeBody that shows";
    value = Value{};
    if (fix::to_order_report(less) == value_) dropped_.push_back(field.tag);
    if constexpr (F::kIsGroup) {
      using Entry = typename Value::value_type;
      over<Entry>([&field, get](fix::ExecutionReport& m) -> Entry& { return (get(m).*(field.member)).front(); });
    }
  }

  Decoded whole_{kWholeBody};
  OrderReport value_;
  std::vector<std::int32_t> dropped_;
  int walked_{0};
};

TEST(OrderReportValue, CarriesEveryTagOfTheTablesButThoseWithAReason) {
  TableWalk walk;
  std::vector<std::int32_t> expected;
  for (const auto& [tag, reason] : not_carried()) {
    EXPECT_FALSE(reason.empty());
    expected.push_back(tag);
  }
  EXPECT_THAT(walk.dropped(), testing::UnorderedElementsAreArray(expected));
  EXPECT_GT(walk.walked(), 45);
}

TEST(OrderReportValue, KeepsTagsOfNoTableAndValuesThatNoTypeHolds) {
  const OrderReport r = fix::to_order_report(
      Decoded("6=0|11=a|14=0.00|17=-1;-1|37=o|38=1.00|39=0|54=1|55=S|60=20261001-14:30:00.149|136=1|137=0.1|138=USD|139=4|891=none|"
              "150=0|151=1.00|378=5|893=Y|2964=2|")
          .report);
  EXPECT_EQ(r.other_field(378), "5");
  EXPECT_EQ(r.other_field(893), "Y");
  EXPECT_EQ(r.other_field(2964), "2");
  EXPECT_EQ(r.other_field(4711), std::nullopt);
  EXPECT_EQ(r.other_field(891), std::nullopt) << "it stands in a group";
  EXPECT_THAT(r.other_fields, testing::Contains(OrderReport::OtherField{891, "none", 136, 1}));
  EXPECT_EQ(r.misc_fees.front().misc_fee_basis, std::nullopt);
}

TEST(OrderReportValue, KeepsEnumValuesThatNobodyListed) {
  const OrderReport r = fix::to_order_report(
      Decoded("6=0|11=a|14=0.00|17=1;1|37=o|38=1.00|39=Z|40=P|54=9|55=S|59=X|60=20261001-14:30:00.149|103=4711|150=Y|151=1.00|"
              "453=1|448=p|452=99|1703=1|1704=1.5|1705=REBATE|")
          .report);
  EXPECT_EQ(to_wire(r.ord_status), "Z");
  EXPECT_EQ(to_wire(*r.ord_type), "P");
  EXPECT_EQ(to_wire(r.side), "9");
  EXPECT_EQ(to_wire(*r.time_in_force), "X");
  EXPECT_EQ(to_wire(*r.ord_rej_reason), "4711");
  EXPECT_EQ(to_wire(r.exec_type), "Y");
  EXPECT_EQ(to_wire(r.parties.front().party_role), "99");
  EXPECT_EQ(r.collateral_amount_changes.front().collateral_amount_type, "REBATE");
}

}  // namespace
}  // namespace marginfix

// What the encoder writes exactly, and what it refuses, naming the field.
#include <gtest/gtest.h>

#include <functional>

#include "marginfix/core/text.hpp"
#include "marginfix/fix/frame.hpp"
#include "support/odd_texts.hpp"
#include "unit/fix/codec_samples.hpp"

namespace marginfix::fix {
namespace {

NewOrderSingle order() {
  NewOrderSingle d;
  d.cl_ord_id = "id-1";
  d.order_qty = FixedPointCount::whole(10);
  d.price = DollarDecimal::parse("19.5").value();
  d.side = Side::Buy;
  d.symbol = "BTC-PERP";
  return d;
}
OrderCancelReplaceRequest replacement() {
  OrderCancelReplaceRequest g;
  g.cl_ord_id = "id-2";
  g.orig_cl_ord_id = "id-1";
  g.order_qty = FixedPointCount::whole(10);
  g.side = Side::Buy;
  g.symbol = "BTC-PERP";
  return g;
}
Timestamp some_time() { return parse_fix_utc("20261001-14:30:00").value(); }

TEST(Encode, WritesPricesWithFourDecimalsAndQuantitiesWithTwo) {
  Buffer out;
  ASSERT_TRUE(encode_body(order(), out));
  EXPECT_EQ(to_pipe_form(out.view()), "11=id-1|38=10.00|40=2|44=19.5000|54=1|55=BTC-PERP|");
}

TEST(Encode, BodyIsWhatStandsInTheWholeMessageBehindTheHeader) {
  Buffer body, whole;
  ASSERT_TRUE(encode_body(order(), body));
  ASSERT_TRUE(encode(order(), marginfix_tests::header(), whole));
  EXPECT_EQ(to_pipe_form(whole.view()),
            "8=FIXT.1.1|9=104|35=D|34=7|49=key|52=20261001-14:30:00.150|56=KalshiNR|" + to_pipe_form(body.view()) + "10=143|");
  EXPECT_TRUE(checksum_ok(whole.view()));

  FrameHeader header;
  header.msg_type = "D";
  header.sending_time = "20261001-14:30:00.150";
  header.msg_seq_num = 7;
  Composer composer("FIXT.1.1", "key", "KalshiNR");
  EXPECT_EQ(to_pipe_form(composer.compose(header, body.view())),
            "8=FIXT.1.1|9=104|35=D|49=key|56=KalshiNR|34=7|52=20261001-14:30:00.150|" + to_pipe_form(body.view()) + "10=143|")
      << "the composer's header in another order, so that 49 and 56 are written once";
}

TEST(Encode, ComposedFramesOfEveryHeaderFieldAndAnyLengthAreExact) {
  for (const std::size_t size : {0, 1, 50, 99, 100, 500, 990, 1000, 5000, 120000}) {
    const std::string body = size < 4 ? "" : "58=" + std::string(size - 4, 'x') + "\x01";
    FrameHeader h;
    h.msg_type = "UOG";
    h.sending_time = "20261001-14:30:00.150";
    h.msg_seq_num = 123456789;
    h.sender_sub_id = "OPS";
    h.target_sub_id = "sub";
    h.appl_ver_id = "9";
    h.orig_sending_time = "20261001-14:29:00.000";
    h.poss_dup = h.poss_resend = true;
    Composer composer("FIXT.1.1", "key", "KalshiRT");
    const std::string out = composer.compose(h, body);
    const auto frame = find_message(out);
    ASSERT_EQ(frame.status, FrameStatus::complete);
    EXPECT_EQ(frame.size, out.size());
    EXPECT_TRUE(checksum_ok(out));
    UnknownMessage message;
    Findings findings;
    ASSERT_TRUE(decode_unknown(out, message, findings));
    EXPECT_EQ(message.header.sender_sub_id, "OPS");
    EXPECT_EQ(message.header.appl_ver_id, "9");
    EXPECT_EQ(message.header.poss_dup_flag, true);

    Buffer whole;
    frame_message("FIXT.1.1", std::string_view(out).substr(out.find("35="), out.size() - 7 - out.find("35=")), whole);
    EXPECT_EQ(whole.view(), out);
  }
}

TEST(Encode, AppendsBehindWhatTheBufferHoldsAndLeavesItAloneOnRefusal) {
  Buffer out(4);
  out.append("before");
  ASSERT_TRUE(encode(order(), marginfix_tests::header(), out));
  const std::string content(out.view());
  EXPECT_EQ(content.substr(0, 8), "before8=");
  auto bad = order();
  bad.symbol = "";
  EXPECT_FALSE(encode(bad, marginfix_tests::header(), out));
  EXPECT_FALSE(encode_body(bad, out));
  EXPECT_EQ(out.view(), content);
}

TEST(Encode, GivesTheSameBytesWhateverTheBufferSize) {
  Buffer reference;
  ASSERT_TRUE(encode(order(), marginfix_tests::header(), reference));
  for (std::size_t capacity = 0; capacity <= reference.size() + 10; ++capacity) {
    Buffer out(capacity);
    ASSERT_TRUE(encode(order(), marginfix_tests::header(), out));
    ASSERT_EQ(out.view(), reference.view());
  }
}

TEST(Encode, AppendsUnknownFieldsAfterTheTablesOwn) {
  auto d = order();
  d.unknown.push_back({9001, "x"});
  d.unknown.push_back({5999, "y"});
  Buffer out;
  ASSERT_TRUE(encode_body(d, out));
  EXPECT_TRUE(to_pipe_form(out.view()).ends_with("55=BTC-PERP|9001=x|5999=y|"));
}

struct Refusal {
  const char* what;
  std::int32_t tag;
  const char* label;
  std::function<Result<void>(Buffer&)> run;
};

template <class Change>
Refusal new_order(const char* what, std::int32_t tag, const char* label, Change change) {
  return {what, tag, label, [change](Buffer& out) {
            auto d = order();
            change(d);
            return encode_body(d, out);
          }};
}
template <class Change>
Refusal replace(const char* what, std::int32_t tag, const char* label, Change change) {
  return {what, tag, label, [change](Buffer& out) {
            auto g = replacement();
            change(g);
            return encode_body(g, out);
          }};
}
template <class Change>
Refusal group(const char* what, std::int32_t tag, const char* label, Change change) {
  return {what, tag, label, [change](Buffer& out) {
            OrderGroupRequest r;
            change(r);
            return encode_body(r, out);
          }};
}
template <class Change>
Refusal with_header(const char* what, std::int32_t tag, const char* label, Change change) {
  return {what, tag, label, [change](Buffer& out) {
            auto h = marginfix_tests::header();
            change(h);
            return encode(order(), h, out);
          }};
}

const std::string& long_id() {
  static const std::string id(65, 'a');
  return id;
}

std::vector<Refusal> refusals() {
  return {
      new_order("a fifth price decimal", 44, "Price(44)", [](auto& d) { d.price = DollarDecimal::parse("19.50001").value(); }),
      new_order("a fractional quantity", 38, "OrderQty(38)", [](auto& d) { d.order_qty = FixedPointCount::parse("1.5").value(); }),
      new_order("SOH in the symbol", 55, "Symbol(55)", [](auto& d) { d.symbol = "BTC\x01PERP"; }),
      new_order("an empty symbol", 55, "Symbol(55)", [](auto& d) { d.symbol = ""; }),
      new_order("an empty optional text", 526, "SecondaryClOrdID(526)", [](auto& d) { d.secondary_cl_ord_id = ""; }),
      new_order("a 65-character ClOrdID", 11, "ClOrdID(11)", [](auto& d) { d.cl_ord_id = long_id(); }),
      new_order("no side", 54, "Side(54)", [](auto& d) { d.side = {}; }),
      new_order("an enum holding SOH", 54, "Side(54)", [](auto& d) { d.side = static_cast<Side>('\x01'); }),
      new_order("subaccount 64", 79, "AllocAccount(79)", [](auto& d) { d.alloc_account = 64; }),
      new_order("subaccount -1", 79, "AllocAccount(79)", [](auto& d) { d.alloc_account = -1; }),
      new_order("GTD without expiry", 126, "ExpireTime(126)", [](auto& d) { d.time_in_force = TimeInForce::GTD; }),
      new_order("expiry without GTD", 126, "ExpireTime(126)", [](auto& d) { d.expire_time = some_time(); }),
      new_order("an empty time", 60, "TransactTime(60)", [](auto& d) { d.transact_time = Timestamp{}; }),
      new_order("a party without role", 452, "PartyRole(452)",
                [](auto& d) {
                  d.parties.push_back({"id", std::nullopt, {}});
                }),
      new_order("a party with SOH", 448, "PartyID(448)",
                [](auto& d) {
                  d.parties.push_back({"\x01", std::nullopt, PartyRole::CustomerAccount});
                }),
      new_order("self-trade prevention without value", 2964, "SelfTradePreventionType(2964)",
                [](auto& d) { d.self_trade_prevention_type = SelfTradePreventionType{}; }),
      new_order("an unknown field of the table", 44, "Price(44)",
                [](auto& d) {
                  d.unknown.push_back({44, "1"});
                }),
      new_order("an unknown field of a group", 448, "PartyID(448)",
                [](auto& d) {
                  d.unknown.push_back({448, "1"});
                }),
      new_order("an unknown header field", 49, "SenderCompID(49)",
                [](auto& d) {
                  d.unknown.push_back({49, "1"});
                }),
      new_order("an unknown field with SOH", 9001, "Tag(9001)",
                [](auto& d) {
                  d.unknown.push_back({9001,
                                       "a\x01"
                                       "10=000"});
                }),
      new_order("an unknown field without tag", 0, "Tag(0)",
                [](auto& d) {
                  d.unknown.push_back({0, "a"});
                }),
      replace("a fractional quantity", 38, "OrderQty(38)", [](auto& g) { g.order_qty = FixedPointCount::from_units(1001); }),
      replace("a fifth price decimal", 44, "Price(44)", [](auto& g) { g.price = DollarDecimal::from_units(1); }),
      replace("no original id", 41, "OrigClOrdID(41)", [](auto& g) { g.orig_cl_ord_id = ""; }),
      replace("expiry without GTD", 126, "ExpireTime(126)", [](auto& g) { g.expire_time = some_time(); }),
      group("no action", 20131, "OrderGroupAction(20131)", [](auto& r) { r.order_group_id = "g"; }),
      group("an id on create", 20130, "OrderGroupID(20130)",
            [](auto& r) {
              r.order_group_action = OrderGroupAction::Create;
              r.order_group_id = "g";
              r.order_group_contracts_limit = 5;
            }),
      group("no id on reset", 20130, "OrderGroupID(20130)", [](auto& r) { r.order_group_action = OrderGroupAction::Reset; }),
      group("create without limit", 20132, "OrderGroupContractsLimit(20132)",
            [](auto& r) { r.order_group_action = OrderGroupAction::Create; }),
      group("limit 0", 20132, "OrderGroupContractsLimit(20132)",
            [](auto& r) {
              r.order_group_action = OrderGroupAction::Create;
              r.order_group_contracts_limit = 0;
            }),
      group("limit 1000001", 20132, "OrderGroupContractsLimit(20132)",
            [](auto& r) {
              r.order_group_action = OrderGroupAction::Create;
              r.order_group_contracts_limit = 1'000'001;
            }),
      with_header("operator of 17 characters", 50, "SenderSubID(50)", [](auto& h) { h.sender_sub_id = "12345678901234567"; }),
      with_header("operator that is not printable", 50, "SenderSubID(50)", [](auto& h) { h.sender_sub_id = "tab\there"; }),
      with_header("no number", 34, "MsgSeqNum(34)", [](auto& h) { h.msg_seq_num = 0; }),
      with_header("no sender", 49, "SenderCompID(49)", [](auto& h) { h.sender_comp_id = ""; }),
      with_header("no time", 52, "SendingTime(52)", [](auto& h) { h.sending_time_text = ""; }),
      with_header("another type", 35, "MsgType(35)", [](auto& h) { h.msg_type = "8"; }),
      {"a subscription to nothing", 146, "NoRelatedSym(146)",
       [](Buffer& out) {
         MarketDataRequest v;
         v.subscription_request_type = SubscriptionRequestType::SnapshotAndUpdates;
         return encode_body(v, out);
       }},
      {"a heartbeat interval of 2 s", 108, "HeartBtInt(108)",
       [](Buffer& out) {
         Logon a;
         a.heart_bt_int = 2;
         return encode_body(a, out);
       }},
      {"a signature without its length", 95, "RawDataLength(95)",
       [](Buffer& out) {
         Logon a;
         a.raw_data = "c2ln";
         return encode_body(a, out);
       }},
      {"a retention of 73 h", 20200, "MessageRetentionPeriod(20200)",
       [](Buffer& out) {
         Logon a;
         a.message_retention_period = 73;
         return encode_body(a, out);
       }},
  };
}

TEST(Encode, RefusesWhatTheWireCannotCarryNamingTheField) {
  for (const Refusal& refusal : refusals()) {
    SCOPED_TRACE(refusal.what);
    Buffer out;
    const auto result = refusal.run(out);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().category, ErrorCategory::codec);
    EXPECT_EQ(result.error().tag, refusal.tag);
    EXPECT_TRUE(result.error().message.starts_with(refusal.label)) << result.error().message;
    EXPECT_TRUE(out.empty());
  }
}

TEST(Encode, AcceptsTheValuesJustInsideTheLimits) {
  auto d = order();
  const std::string id(64, 'a');
  d.cl_ord_id = id;
  d.alloc_account = 63;
  d.time_in_force = TimeInForce::GTD;
  d.expire_time = some_time();
  Buffer out;
  EXPECT_TRUE(encode_body(d, out));
  auto h = marginfix_tests::header();
  h.sender_sub_id = "1234567890123456";
  EXPECT_TRUE(encode(d, h, out));
  OrderGroupRequest r;
  r.order_group_action = OrderGroupAction::Create;
  for (const int limit : {1, 1'000'000}) {
    r.order_group_contracts_limit = limit;
    EXPECT_TRUE(encode_body(r, out));
  }
  MarketDataRequest stop_all;
  stop_all.subscription_request_type = SubscriptionRequestType::Disable;
  out.clear();
  EXPECT_TRUE(encode_body(stop_all, out));
  EXPECT_EQ(to_pipe_form(out.view()), "263=2|");
}

TEST(Writer, AppendsSingleFields) {
  Buffer out(1);
  Writer(out)
      .field(44, DollarDecimal::parse("0.123456").value())
      .field(44, -DollarDecimal::parse("1").value())
      .field(38, FixedPointCount::from_units(5))
      .field(34, std::int64_t{-12})
      .field(54, '1')
      .field(43, true)
      .field(58, std::string_view("text"))
      .field(52, parse_fix_utc("20261001-14:30:00.000001").value());
  EXPECT_EQ(to_pipe_form(out.view()), "44=0.123456|44=-1.0000|38=0.05|34=-12|54=1|43=Y|58=text|52=20261001-14:30:00.000001|");
}

// Puts each odd text into each text field of a message that encodes well, the groups' fields too.
template <class M, class Owner>
void try_odd_texts(const M& message, Owner& owner, int& tried) {
  std::apply(
      [&](const auto&... f) {
        const auto one = [&]<class F>(const F& field) {
          auto& value = owner.*(field.member);
          if constexpr (F::kIsGroup) {
            for (auto& entry : value) try_odd_texts(message, entry, tried);
          } else if constexpr (std::is_same_v<typename F::bare_type, std::string_view>) {
            if (field.type == FieldType::data || std::string_view(std::optional<std::string_view>(value).value_or("")).empty()) return;
            const auto was = value;
            for (const auto& odd : marginfix_tests::odd_texts()) {
              value = std::string_view(odd.text);
              Buffer out;
              const auto encoded = encode(message, message.header, out);
              const bool allowed = field.tag == 58 && odd.fit_for_text;
              ASSERT_EQ(encoded.has_value(), allowed) << field_label(field.tag) << " with " << odd.name;
              ++tried;
              if (allowed) continue;
              ASSERT_EQ(encoded.error().tag, field.tag) << odd.name;
              ASSERT_EQ(out.size(), 0U);
            }
            value = was;
          }
        };
        (one(f), ...);
      },
      MessageTable<Owner>::kFields);
}

TEST(Encode, NoTextOfAnyFieldBecomesFieldsOrLinesOrIsUnreadableElsewhere) {
  int tried = 0;
  for (const auto& golden : marginfix_tests::load_goldens()) {
    AnyMessage any;
    Findings findings;
    if (!decode_any(golden.wire, any, findings)) continue;
    std::visit(
        [&]<class M>(M& message) {
          if constexpr (!std::is_same_v<M, UnknownMessage>) {
            Buffer out;
            if (encode(message, message.header, out)) try_odd_texts(message, message, tried);
          }
        },
        any);
  }
  EXPECT_GT(tried, 1'000);
}

TEST(Encode, ATimeThatTheExchangeAlwaysSendsIsNotLeftOut) {
  ExecutionReport report;
  Findings findings;
  const std::string wire =
      marginfix_tests::message("8", "6=0.0000|11=a|14=0.00|17=1;1|37=o|38=1.00|39=0|54=1|55=S|60=20261001-14:30:00|150=0|151=1.00|");
  ASSERT_TRUE(decode(wire, report, findings));
  ASSERT_TRUE(findings.empty()) << marginfix_tests::all_findings(findings);
  Buffer out;
  EXPECT_TRUE(encode(report, report.header, out));
  report.transact_time.reset();
  EXPECT_EQ(encode(report, report.header, out).error().tag, 60);
}

}  // namespace
}  // namespace marginfix::fix

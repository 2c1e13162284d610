#include "services/gateway/oms/translation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/market_messages.hpp"
#include "services/gateway/oms/order_messages.hpp"
#include "services/gateway/oms/reasons.hpp"
#include "services/gateway/orders/terms.hpp"

namespace marginfix::gateway {
namespace {

constexpr auto kAll = VersionRange::all;
constexpr auto kOnly42 = VersionRange::fix42_only;
constexpr auto kFrom44 = VersionRange::from_fix44;
constexpr auto kOnly50 = VersionRange::fix50sp2_only;

// clang-format off
constexpr std::array kFields{
  // ---- from the client
  TranslatedField{"D", 1, kAll, "Kept, and given back in every report. Which account of the exchange trades is the configuration's (`Account`)."},
  TranslatedField{"D", 11, kAll, "Kept. Towards the exchange the order has a UUID of the gateway's."},
  TranslatedField{"D", 18, kAll, "`6` post only, `E` reduce only, `5` or none: neither (or `PostOnly`). Anything else, and both together, is refused."},
  TranslatedField{"D", 21, kAll, "Not looked at: every order is worked by the exchange's book."},
  TranslatedField{"D", 38, kAll, "38. Whole contracts, at least 1."},
  TranslatedField{"D", 40, kAll, "`2` (limit). Anything else is refused: the exchange has limit orders only."},
  TranslatedField{"D", 44, kAll, "44. Above 0, at most 4 decimals."},
  TranslatedField{"D", 54, kAll, "54. `1` or `2`."},
  TranslatedField{"D", 55, kAll, "55, by `SymbolMap`. The exchange's symbol must be one of `Symbols`."},
  TranslatedField{"D", 59, kAll, "59. Absent is `0` (Day). `1` GTC, `3` IOC, `4` FOK, `6` GTD; anything else is refused."},
  TranslatedField{"D", 60, kAll, "Not looked at: how old an order is, 52 and 122 say."},
  TranslatedField{"D", 126, kAll, "126. With 59=6 alone, and in the future."},
  TranslatedField{"D", 432, kAll, "126: the last millisecond of that day in New York. Not looked at where 126 is there too."},
  TranslatedField{"D", 526, kFrom44, "526: the order group. Absent: `OrderGroup`."},
  TranslatedField{"D", 2964, kAll, "2964. Absent: `SelfTradePreventionType`."},
  TranslatedField{"D", 21006, kAll, "21006. Absent: `CancelOrderOnPause`."},
  TranslatedField{"G", 1, kAll, "Not looked at: 1 stays as the D had it."},
  TranslatedField{"G", 11, kAll, "Kept: the order's ClOrdID once the replace is confirmed, and not before. Towards the exchange a UUID."},
  TranslatedField{"G", 18, kAll, "Checked as on D, and not passed on: what an order is cannot be replaced."},
  TranslatedField{"G", 37, kAll, "Not looked at: 41 says which order."},
  TranslatedField{"G", 38, kAll, "38: the new total, what is filled included."},
  TranslatedField{"G", 40, kAll, "`2`. Anything else is refused."},
  TranslatedField{"G", 41, kAll, "41 on the exchange's side. The order's present ClOrdID, or that of a replace that has no answer yet."},
  TranslatedField{"G", 44, kAll, "44, as on D."},
  TranslatedField{"G", 54, kAll, "The order's, else the replace is refused."},
  TranslatedField{"G", 55, kAll, "The order's as the D wrote it, else the replace is refused."},
  TranslatedField{"G", 59, kAll, "59, always sent. Absent is `0` (Day) in every version, never \"keep\"; `1` takes an expiry away; `6` with 126 or 432. An order that works cannot become IOC or FOK."},
  TranslatedField{"G", 60, kAll, "Not looked at."},
  TranslatedField{"G", 126, kAll, "126, as on D."},
  TranslatedField{"G", 432, kAll, "As on D."},
  TranslatedField{"F", 11, kAll, "Kept: the ClOrdID of the report that ends the order. Towards the exchange a UUID."},
  TranslatedField{"F", 37, kAll, "Not looked at: 41 says which order."},
  TranslatedField{"F", 41, kAll, "41 on the exchange's side. Any ClOrdID that the order has or had, or that of a replace that has no answer yet."},
  TranslatedField{"F", 54, kAll, "Not looked at: the exchange gets the order's."},
  TranslatedField{"F", 55, kAll, "The order's as the D wrote it, else the cancel is refused."},
  TranslatedField{"F", 60, kAll, "Not looked at."},
  TranslatedField{"H", 11, kAll, "The order that has or had this ClOrdID, also one that has ended."},
  TranslatedField{"H", 37, kAll, "Which order, where 11 says none."},
  TranslatedField{"H", 54, kAll, "Given back where the order is not known."},
  TranslatedField{"H", 55, kAll, "Given back where the order is not known."},
  TranslatedField{"H", 790, kFrom44, "Given back."},
  TranslatedField{"AF", 54, kFrom44, "Orders of this side alone."},
  TranslatedField{"AF", 55, kFrom44, "Orders of this symbol alone."},
  TranslatedField{"AF", 584, kFrom44, "Given back in each report."},
  TranslatedField{"AF", 585, kFrom44, "Not looked at: 54 and 55 choose; without them it is every open order."},
  TranslatedField{"q", 11, kFrom44, "Given back."},
  TranslatedField{"q", 54, kFrom44, "Orders of this side alone."},
  TranslatedField{"q", 55, kFrom44, "Orders of this symbol alone."},
  TranslatedField{"q", 60, kFrom44, "Not looked at."},
  TranslatedField{"q", 530, kFrom44, "`7` all (also where it is absent), `1` with 55. Anything else is refused with 531=0."},
  TranslatedField{"V", 146, kAll, "The markets. With 263=2 not looked at."},
  TranslatedField{"V", 55, kAll, "By `SymbolMap`; one that the client may not see or the exchange does not have: Y, 281=0."},
  TranslatedField{"V", 48, kAll, "Not looked at."},
  TranslatedField{"V", 262, kAll, "Names the subscription; given back. At most 256 bytes."},
  TranslatedField{"V", 263, kAll, "`0` once, `1` from now on, `2` no more. Else Y, 281=4."},
  TranslatedField{"V", 264, kAll, "`0` all levels, `1` the best, N so many; below 0: Y, 281=5. Needed unless 263=2."},
  TranslatedField{"V", 265, kAll, "`0` or absent: a W for each change; `1`: one W, then X. Else Y, 281=6."},
  TranslatedField{"V", 266, kAll, "Absent or `Y`. `N`: Y, 281=7, as books are aggregated."},
  TranslatedField{"V", 267, kAll, "What is wanted. Needed unless 263=2."},
  TranslatedField{"V", 269, kAll, "`0` bids, `1` offers, `2` trades (from now on only). Else Y, 281=8."},
  TranslatedField{"V", 547, kFrom44, "Absent or `N`. `Y`: Y, 281=C, as each level that goes is told."},
  TranslatedField{"x", 55, kFrom44, "With 559=0: this market."},
  TranslatedField{"x", 167, kFrom44, "With 559=1: `FUT` or absent is every market, anything else none."},
  TranslatedField{"x", 320, kFrom44, "Given back."},
  TranslatedField{"x", 559, kFrom44, "`0` one symbol, `1` a security type, `4` all. Else 560=5."},
  TranslatedField{"c", 55, kOnly42, "With 321=0 and 1: this market."},
  TranslatedField{"c", 320, kOnly42, "Given back."},
  TranslatedField{"c", 321, kOnly42, "`0` or `1` one market, `2` the types there are, `3` all markets. Else 323=5."},
  TranslatedField{"AN", 1, kFrom44, "Given back. Absent: the client's CompID."},
  TranslatedField{"AN", 55, kFrom44, "This market alone."},
  TranslatedField{"AN", 263, kFrom44, "`0` or absent. `1` is answered once, with 729=1: changes are not told."},
  TranslatedField{"AN", 581, kFrom44, "Given back; `1` where it is no value of the version."},
  TranslatedField{"AN", 710, kFrom44, "Given back."},
  TranslatedField{"AN", 724, kFrom44, "`0` (positions). Else 728=4."},
  // ---- to the client
  TranslatedField{"8", 1, kAll, "As the D had it."},
  TranslatedField{"8", 6, kAll, "Of the trades that the client has been told, to 6 decimals; 0 before the first."},
  TranslatedField{"8", 11, kAll, "The client's own: of the D; of the latest confirmed replace; of the cancel that ended the order. In a pending report (150=6, E) that of the request."},
  TranslatedField{"8", 14, kAll, "Sum of the trades that the client has been told."},
  TranslatedField{"8", 17, kAll, "The exchange's for what it says first (`13768;1`; with `/` and 30 behind it where that is not 0), else the gateway's (`G1796000000000000-7`). Each once, for good."},
  TranslatedField{"8", 20, kOnly42, "`3` in answers to H, else `0`."},
  TranslatedField{"8", 30, kAll, "The exchange's: the index of the shard that reported."},
  TranslatedField{"8", 31, kAll, "Of the trade."},
  TranslatedField{"8", 32, kAll, "Of the trade."},
  TranslatedField{"8", 37, kAll, "The exchange's from New on; `NONE` before, and of what the gateway refused."},
  TranslatedField{"8", 38, kAll, "The total asked for, as last confirmed; of a canceled order too. The exchange's own 38 is not used."},
  TranslatedField{"8", 39, kAll, "What the client has been told so far: `0 1 2 4 6 8 A C E`. Never `5`."},
  TranslatedField{"8", 40, kAll, "`2`. Not in what the gateway refused."},
  TranslatedField{"8", 41, kAll, "With 150=5, and with 4, 6, E where this client asked for it: the ClOrdID before."},
  TranslatedField{"8", 44, kAll, "The limit as last confirmed."},
  TranslatedField{"8", 54, kAll, "The order's. `7` for an order that nobody knows."},
  TranslatedField{"8", 55, kAll, "As the client writes it."},
  TranslatedField{"8", 58, kAll, "The exchange's own word (`POST_ONLY_CROSS`), or the gateway's."},
  TranslatedField{"8", 59, kAll, "As last confirmed. Not in what the gateway refused."},
  TranslatedField{"8", 60, kAll, "The exchange's time; the gateway's of what it says by itself. Milliseconds in FIX.4.2 and FIX.4.4."},
  TranslatedField{"8", 75, kAll, "Trades: the clearing day, the exchange's 715 (from 4:00 pm New York to 4:00 pm)."},
  TranslatedField{"8", 103, kAll, "With 150=8: see \"Refusals\"."},
  TranslatedField{"8", 126, kAll, "As last confirmed."},
  TranslatedField{"8", 136, kFrom44, "Trades: one entry, the exchange's fee."},
  TranslatedField{"8", 137, kFrom44, "The fee, positive where it is charged."},
  TranslatedField{"8", 138, kFrom44, "`USD`."},
  TranslatedField{"8", 139, kFrom44, "`4` (exchange fees)."},
  TranslatedField{"8", 150, kAll, "`0 4 5 6 8 A C D E`; a trade is `F`, an answer to H or AF `I`. FIX.4.2 has neither: a trade is `1` or `2`, an answer the order's 39."},
  TranslatedField{"8", 151, kAll, "38 less 14 while the order works, 0 when it has ended."},
  TranslatedField{"8", 378, kAll, "Of a cancel or change that this client did not ask for: see \"Refusals\"."},
  TranslatedField{"8", 526, kFrom44, "The order group."},
  TranslatedField{"8", 584, kFrom44, "Answers to AF."},
  TranslatedField{"8", 790, kFrom44, "Answers to H that had one."},
  TranslatedField{"8", 851, kFrom44, "Trades: `1` added liquidity, `2` took it."},
  TranslatedField{"8", 880, kOnly50, "Trades: the exchange's trade id."},
  TranslatedField{"8", 911, kFrom44, "Answers to AF: how many there are."},
  TranslatedField{"8", 912, kFrom44, "Answers to AF: `Y` on the last."},
  TranslatedField{"8", 1057, kOnly50, "Trades: `Y` took liquidity."},
  TranslatedField{"9", 1, kAll, "As the D had it."},
  TranslatedField{"9", 11, kAll, "Of the refused request."},
  TranslatedField{"9", 37, kAll, "The exchange's; `NONE` before New, and of an unknown order."},
  TranslatedField{"9", 39, kAll, "Of the order; `8` where there is none."},
  TranslatedField{"9", 41, kAll, "The order's present ClOrdID; where the gateway refused, 41 of the request."},
  TranslatedField{"9", 58, kAll, "The exchange's own word, or the gateway's."},
  TranslatedField{"9", 60, kAll, "The gateway's clock."},
  TranslatedField{"9", 102, kAll, "See \"Refusals\"."},
  TranslatedField{"9", 434, kAll, "`1` a cancel, `2` a replace."},
  TranslatedField{"r", 11, kFrom44, "Of the q."},
  TranslatedField{"r", 37, kFrom44, "An id of the gateway's."},
  TranslatedField{"r", 54, kFrom44, "Of the q."},
  TranslatedField{"r", 55, kFrom44, "Of the q."},
  TranslatedField{"r", 58, kFrom44, "Why not, with 531=0."},
  TranslatedField{"r", 60, kFrom44, "The gateway's clock."},
  TranslatedField{"r", 530, kFrom44, "Of the q; `7` where it had none."},
  TranslatedField{"r", 531, kFrom44, "As 530, or `0`: refused."},
  TranslatedField{"r", 532, kFrom44, "`0`, with 531=0."},
  TranslatedField{"r", 533, kFrom44, "How many orders are being canceled. A report of each follows."},
  TranslatedField{"r", 1369, kOnly50, "As 37."},
  TranslatedField{"j", 45, kAll, "34 of the message."},
  TranslatedField{"j", 58, kAll, "Why."},
  TranslatedField{"j", 372, kAll, "35 of the message."},
  TranslatedField{"j", 379, kAll, "Not sent."},
  TranslatedField{"j", 380, kAll, "`3`: the gateway does not serve this type of message in this version. `4`: too many questions (H, AF) wait for orders that wait for the exchange."},
  TranslatedField{"W", 55, kAll, "As the client writes it."},
  TranslatedField{"W", 262, kAll, "Of the V."},
  TranslatedField{"W", 268, kAll, "The whole book as far as it was asked for; `0` and no entry while there is none to rely on."},
  TranslatedField{"W", 269, kAll, "`0` bid, `1` offer, `2` trade since the last message."},
  TranslatedField{"W", 270, kAll, "Dollars."},
  TranslatedField{"W", 271, kAll, "Contracts of the level, or of the trade."},
  TranslatedField{"W", 272, kAll, "The exchange's day (UTC)."},
  TranslatedField{"W", 273, kAll, "The exchange's time of day (UTC)."},
  TranslatedField{"X", 262, kAll, "Of the V."},
  TranslatedField{"X", 268, kAll, "Trades first, then levels that go, then levels that are new or changed."},
  TranslatedField{"X", 279, kAll, "`0` new, `1` changed, `2` gone."},
  TranslatedField{"X", 269, kAll, "`0` bid, `1` offer, `2` trade."},
  TranslatedField{"X", 278, kAll, "Trades: the exchange's trade id."},
  TranslatedField{"X", 55, kAll, "As the client writes it."},
  TranslatedField{"X", 270, kAll, "Dollars."},
  TranslatedField{"X", 271, kAll, "Contracts of the level as it is now, no difference; of the trade. Not with 279=2."},
  TranslatedField{"X", 272, kAll, "The exchange's day (UTC)."},
  TranslatedField{"X", 273, kAll, "The exchange's time of day (UTC)."},
  TranslatedField{"Y", 58, kAll, "Why."},
  TranslatedField{"Y", 262, kAll, "Of the V."},
  TranslatedField{"Y", 281, kAll, "As stated above; `1` where 262 names a subscription already, `2` too many markets. Absent where no value says it."},
  TranslatedField{"y", 146, kFrom44, "At most 100 markets a message."},
  TranslatedField{"y", 55, kFrom44, "As the client writes it."},
  TranslatedField{"y", 167, kFrom44, "`FUT`."},
  TranslatedField{"y", 969, kOnly50, "The exchange's tick, dollars."},
  TranslatedField{"y", 107, kFrom44, "The exchange's title of the market; not sent in FIX.5.0SP2, where engines disagree about its place."},
  TranslatedField{"y", 15, kFrom44, "`USD`."},
  TranslatedField{"y", 58, kFrom44, "Tick, contract size, least quantity, status; or why there is nothing."},
  TranslatedField{"y", 320, kFrom44, "Of the x."},
  TranslatedField{"y", 322, kFrom44, "One id for all messages of an answer."},
  TranslatedField{"y", 393, kFrom44, "How many markets there are in all."},
  TranslatedField{"y", 560, kFrom44, "`0` here they are, `1` the request makes no sense, `2` none found, `4` the list is not known now, `5` not supported."},
  TranslatedField{"y", 893, kFrom44, "`Y` on the last message."},
  TranslatedField{"d", 15, kOnly42, "`USD`."},
  TranslatedField{"d", 55, kOnly42, "As the client writes it."},
  TranslatedField{"d", 58, kOnly42, "Tick, contract size, least quantity, status; or why there is nothing."},
  TranslatedField{"d", 107, kOnly42, "The exchange's title of the market."},
  TranslatedField{"d", 167, kOnly42, "`FUT`."},
  TranslatedField{"d", 320, kOnly42, "Of the c."},
  TranslatedField{"d", 322, kOnly42, "An id of the gateway's."},
  TranslatedField{"d", 323, kOnly42, "`1` this one, `3` the types, `4` one of the list, `5` refused, `6` no such market."},
  TranslatedField{"d", 393, kOnly42, "How many messages this answer has."},
  TranslatedField{"AO", 1, kFrom44, "Of the AN."},
  TranslatedField{"AO", 58, kFrom44, "Why not, or what is missing."},
  TranslatedField{"AO", 581, kFrom44, "Of the AN, else `1`."},
  TranslatedField{"AO", 710, kFrom44, "Of the AN."},
  TranslatedField{"AO", 721, kFrom44, "An id of the gateway's."},
  TranslatedField{"AO", 727, kFrom44, "How many AP follow."},
  TranslatedField{"AO", 728, kFrom44, "`0` here they are, `1` no such symbol, `2` no position, `3` other clients trade there, too, `4` not supported, `99` not to be had now."},
  TranslatedField{"AO", 729, kFrom44, "`0` done, `1` done, and changes will not be told, `2` refused."},
  TranslatedField{"AP", 1, kFrom44, "Of the AN."},
  TranslatedField{"AP", 15, kFrom44, "`USD`."},
  TranslatedField{"AP", 55, kFrom44, "As the client writes it."},
  TranslatedField{"AP", 581, kFrom44, "Of the AN, else `1`."},
  TranslatedField{"AP", 702, kFrom44, "One entry."},
  TranslatedField{"AP", 703, kFrom44, "`TQ`."},
  TranslatedField{"AP", 704, kFrom44, "Contracts, where the net position is long, else 0."},
  TranslatedField{"AP", 705, kFrom44, "Contracts, where it is short, else 0."},
  TranslatedField{"AP", 710, kFrom44, "Of the AN."},
  TranslatedField{"AP", 715, kFrom44, "The clearing day of now."},
  TranslatedField{"AP", 721, kFrom44, "An id of the gateway's."},
  TranslatedField{"AP", 724, kFrom44, "`0`."},
  TranslatedField{"AP", 727, kFrom44, "How many AP there are."},
  TranslatedField{"AP", 728, kFrom44, "`0`."},
  TranslatedField{"AP", 730, kFrom44, "The exchange's settlement mark; the entry price where it says none."},
  TranslatedField{"AP", 731, kFrom44, "`2` (theoretical)."},
  TranslatedField{"AP", 734, kFrom44, "The position's entry price."},
  TranslatedField{"AP", 753, kFrom44, "One entry."},
  TranslatedField{"AP", 707, kFrom44, "`TVAR`."},
  TranslatedField{"AP", 708, kFrom44, "Unrealised profit and loss, dollars."},
};

const std::array kMessages{
  TranslatedMessage{&fix::message_info<NewOrder>(), true, kAll, "D on KalshiRT or KalshiNR, when it is on disk. 79 (`Subaccount`), 453 (`CustomerAccount`) and 50 (`OperatorID`) come from the configuration."},
  TranslatedMessage{&fix::message_info<Replace>(), true, kAll, "G."},
  TranslatedMessage{&fix::message_info<Cancel>(), true, kAll, "F. Cancels are let through with the kill switch on, and no limit holds them up."},
  TranslatedMessage{&fix::message_info<StatusRequest>(), true, kAll, "Answered by the gateway: one 8 to who is there, from what it knows."},
  TranslatedMessage{&fix::message_info<MassStatusRequest>(), true, kFrom44, "Answered by the gateway: an 8 for each open order of this client, or one that says that there is none."},
  TranslatedMessage{&fix::message_info<MassCancel>(), true, kFrom44, "An F for each open order of this client that it names, and r at once. The exchange's own q would cancel other clients' orders too."},
  TranslatedMessage{&fix::message_info<MarketRequest>(), true, kAll, "Answered by the gateway from its own book of KalshiMD, which all clients share."},
  TranslatedMessage{&fix::message_info<ListRequest>(), true, kFrom44, "Answered from `GET /margin/markets`, which is read each minute."},
  TranslatedMessage{&fix::message_info<DefinitionRequest>(), true, kOnly42, "The same for FIX.4.2."},
  TranslatedMessage{&fix::message_info<PositionsRequest>(), true, kFrom44, "Answered from `GET /margin/positions` of the client's key (and `Subaccount`): AO, then an AP for each position. Where other clients trade there, too, only with `PositionsOfAccount=Y`."},
  TranslatedMessage{&fix::message_info<Report>(), false, kAll, "Of the exchange's 8, of what REST says, or the gateway's own."},
  TranslatedMessage{&fix::message_info<CancelReject>(), false, kAll, "Of the exchange's 9, or the gateway's own."},
  TranslatedMessage{&fix::message_info<MassCancelReport>(), false, kFrom44, "Answers q."},
  TranslatedMessage{&fix::message_info<BusinessReject>(), false, kAll, "Answers a message that is not served."},
  TranslatedMessage{&fix::message_info<MarketSnapshot>(), false, kAll, "A book."},
  TranslatedMessage{&fix::message_info<MarketUpdate>(), false, kAll, "What has changed in a book, with 265=1."},
  TranslatedMessage{&fix::message_info<MarketReject>(), false, kAll, "A V that is not granted, or a subscription that the exchange has ended."},
  TranslatedMessage{&fix::message_info<ListAnswer>(), false, kFrom44, "Answers x."},
  TranslatedMessage{&fix::message_info<Definition>(), false, kOnly42, "Answers c, a message a market."},
  TranslatedMessage{&fix::message_info<PositionsAck>(), false, kFrom44, "Answers AN."},
  TranslatedMessage{&fix::message_info<PositionReport>(), false, kFrom44, "A position."},
};
// clang-format on

std::string_view words(VersionRange range) {
  switch (range) {
    case VersionRange::all:
      return "all";
    case VersionRange::fix42_only:
      return "4.2";
    case VersionRange::from_fix44:
      return "4.4, 5.0";
    case VersionRange::fix50sp2_only:
      break;
  }
  return "5.0";
}

// Group entries stand behind their counter, their tags behind an arrow.
void add_rows(std::string& text, std::string_view msg_type, std::span<const fix::FieldInfo> fields, bool in_group) {
  for (const fix::FieldInfo& field : fields) {
    const auto found =
        std::ranges::find_if(kFields, [&](const TranslatedField& each) { return each.msg_type == msg_type && each.tag == field.tag; });
    if (found == kFields.end()) continue;  // a test finds it
    text += fmt::format("| {}{} | {} | {} | {} | {} |\n", in_group ? "↳ " : "", field.tag, field.name,
                        field.presence == fix::Presence::required ? "yes" : "", words(found->versions), found->becomes);
    add_rows(text, msg_type, field.children, true);
  }
}

}  // namespace

std::span<const TranslatedMessage> translated_messages() noexcept { return kMessages; }
std::span<const TranslatedField> translated_fields() noexcept { return kFields; }

std::string message_tables(bool from_client) {
  std::string text;
  for (const TranslatedMessage& message : kMessages) {
    if (message.from_client != from_client) continue;
    const std::string_view versions = message.versions == VersionRange::all ? std::string_view("all versions") : words(message.versions);
    text += fmt::format("#### {} ({}), {}\n{}\n\n| tag | field | required | version | becomes |\n|---|---|---|---|---|\n",
                        message.info->name, message.info->msg_type, versions, message.becomes);
    add_rows(text, message.info->msg_type, message.info->fields, false);
    text += "\n";
  }
  return text;
}

std::string reason_table() {
  using enum FixVersion;
  std::string text =
      "| Text(58) begins with | 103: 4.2 | 4.4 | 5.0 | 102: 4.2 | 4.4 | 5.0 | 378: 4.2 | 4.4, 5.0 "
      "|\n|---|---|---|---|---|---|---|---|---|\n";
  for (const TextReason& each : text_reasons()) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} | {} |\n", each.text, ord_rej_reason_in(fix42, each.ord_rej_reason),
                        ord_rej_reason_in(fix44, each.ord_rej_reason), ord_rej_reason_in(fix50sp2, each.ord_rej_reason),
                        cxl_rej_reason_in(fix42, each.cxl_rej_reason), cxl_rej_reason_in(fix44, each.cxl_rej_reason),
                        cxl_rej_reason_in(fix50sp2, each.cxl_rej_reason), restatement_in(fix42, each.restatement),
                        restatement_in(fix50sp2, each.restatement));
  }
  return text;
}

std::string unsupported_table() {
  std::string text = "| tag | field | passed over with |\n|---|---|---|\n";
  for (const UnsupportedField& each : unsupported_fields()) {
    std::string harmless;
    for (const char c : each.harmless) harmless += c == ' ' ? std::string("`, `") : std::string(1, c);
    text += fmt::format("| {} | {} | {} |\n", each.tag, each.name, harmless.empty() ? "nothing" : "`" + harmless + "`");
  }
  return text;
}

}  // namespace marginfix::gateway

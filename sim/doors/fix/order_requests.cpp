#include "sim/doors/fix/order_requests.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "sim/doors/fix/reasons.hpp"

namespace marginfix::sim {
namespace {

using fixwire::Inbound;

constexpr int kUnsupportedCharacteristic = 11;  // 103
constexpr std::size_t kMostClOrdId = 64, kMostOperator = 16;
constexpr std::size_t kMostPartyId = 53;  // a UUID, an underscore, a suffix of 16

Refusal reject(int reason, int tag, std::string text) { return {Refusal::Kind::reject, reason, tag, std::move(text)}; }
Refusal business(int reason, std::string text) { return {Refusal::Kind::business, reason, 0, std::move(text)}; }
Refusal refuse_order(std::string text) { return {Refusal::Kind::order, kUnsupportedCharacteristic, 0, std::move(text)}; }

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

template <class Int>
bool to_number(const std::string& text, Int& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

Refusal check_id(const std::string& id, int tag) {
  if (id.size() > kMostClOrdId) return reject(kIncorrect, tag, "Longer than 64 characters");
  return {};
}

Refusal read_quantity(const Inbound& in, FixedPointCount& out) {
  const auto quantity = FixedPointCount::parse(in.order_qty);
  if (!quantity) return reject(kBadFormat, 38, "OrderQty(38) is no quantity");
  out = *quantity;
  return {};
}

Refusal read_price(const Inbound& in, DollarDecimal& out) {
  const auto price = DollarDecimal::parse(in.price);
  if (!price) return reject(kBadFormat, 44, "Price(44) is no price in dollars");
  out = *price;
  return {};
}

Refusal read_side(const Inbound& in, Side& out) {
  if (in.side != "1" && in.side != "2") return reject(kIncorrect, 54, "Side(54) must be 1 or 2");
  out = static_cast<Side>(in.side[0]);
  return {};
}

Refusal read_expire_time(const Inbound& in, std::optional<Timestamp>& out) {
  if (in.expire_time.empty()) return {};
  const auto time = parse_fix_utc(in.expire_time);
  if (!time) return reject(kBadFormat, 126, "ExpireTime(126) is no UTC timestamp");
  out = *time;
  return {};
}

Refusal read_subaccount(const Inbound& in, std::optional<int>& out) {
  if (in.alloc_account.empty()) return {};
  int number = 0;
  if (!to_number(in.alloc_account, number)) return reject(kBadFormat, 79, "AllocAccount(79) is no number");
  out = number;
  return {};
}

// One entry, role 24, instead of a subaccount.
Refusal read_customer(const Inbound& in, bool fcm, std::string_view& out) {
  if (in.parties.empty()) return {};
  if (!fcm) return business(kNotAuthorized, "Parties are for FCM-sponsored access only");
  if (in.parties.size() != 1) return reject(kIncorrect, 453, "NoPartyIDs(453) must be 1");
  if (in.parties[0].role != "24") return reject(kIncorrect, 452, "PartyRole(452) must be 24");
  if (in.parties[0].id.size() > kMostPartyId) return reject(kIncorrect, 448, "PartyID(448) has at most 53 characters");
  if (!in.alloc_account.empty()) return reject(kIncorrect, 79, "AllocAccount(79) stands instead of the party group, not beside it");
  out = in.parties[0].id;
  return {};
}

Refusal read_exec_inst(const Inbound& in, NewOrder& out) {
  for (const char c : in.exec_inst) {
    if (c == ' ') continue;
    if (c != '6' && c != 'E') return refuse_order("UNSUPPORTED_EXEC_INST");
    (c == '6' ? out.post_only : out.reduce_only) = true;
  }
  return {};
}

Refusal read_time_in_force(const Inbound& in, NewOrder& out) {
  if (in.time_in_force.empty()) return {};
  if (in.time_in_force.size() != 1 || std::string_view("01346").find(in.time_in_force[0]) == std::string_view::npos) {
    return refuse_order("UNSUPPORTED_TIME_IN_FORCE");
  }
  out.time_in_force = static_cast<TimeInForce>(in.time_in_force[0]);
  if (out.time_in_force == TimeInForce::GTD && in.expire_time.empty()) {
    return business(kConditionMissing, "ExpireTime(126) is required with TimeInForce(59)=6");
  }
  return {};
}

Refusal read_flags(const Inbound& in, NewOrder& out) {
  if (!in.self_trade_prevention.empty()) {
    if (in.self_trade_prevention != "1" && in.self_trade_prevention != "2") {
      return reject(kIncorrect, 2964, "SelfTradePreventionType(2964) must be 1 or 2");
    }
    out.self_trade_prevention = in.self_trade_prevention == "1" ? SelfTradePreventionType::TakerAtCross : SelfTradePreventionType::Maker;
  }
  out.cancel_on_pause = in.cancel_on_pause == "Y";
  const std::string& group = in.secondary_cl_ord_id.empty() ? in.group_id : in.secondary_cl_ord_id;
  if (!group.empty() && !is_uuid(group)) return reject(kBadFormat, 526, "SecondaryClOrdID(526) is no UUID");
  out.group_id = group;
  return {};
}

}  // namespace

Refusal read_operator(const Inbound& in, bool fcm) {
  if (in.sender_sub_id.empty()) return {};
  if (!fcm) return business(kNotAuthorized, "SenderSubID(50) is for FCM-sponsored access only");
  if (in.sender_sub_id.size() > kMostOperator || !printable(in.sender_sub_id)) {
    return reject(kIncorrect, 50, "SenderSubID(50) must be printable ASCII of at most 16 characters");
  }
  return {};
}

Refusal read_new_order(const Inbound& in, bool fcm, NewOrder& out) {
  out.cl_ord_id = in.cl_ord_id;
  out.symbol = in.symbol;
  std::optional<int> subaccount;
  if (auto bad = check_id(in.cl_ord_id, 11)) return bad;
  if (auto bad = read_side(in, out.side)) return bad;
  if (auto bad = read_quantity(in, out.quantity)) return bad;
  if (auto bad = read_price(in, out.price)) return bad;
  if (auto bad = read_expire_time(in, out.expire_time)) return bad;
  if (auto bad = read_subaccount(in, subaccount)) return bad;
  if (auto bad = read_customer(in, fcm, out.customer_account)) return bad;
  if (auto bad = read_flags(in, out)) return bad;
  if (in.ord_type != "2") return refuse_order("UNSUPPORTED_ORDER_TYPE");
  if (auto bad = read_time_in_force(in, out)) return bad;
  if (auto bad = read_exec_inst(in, out)) return bad;
  out.subaccount = subaccount.value_or(0);
  return {};
}

Refusal read_amend(const Inbound& in, bool fcm, AmendOrder& out) {
  out.cl_ord_id = in.cl_ord_id;
  out.orig_cl_ord_id = in.orig_cl_ord_id;
  out.order_id = in.order_id;
  out.symbol = in.symbol;
  Side side{};
  std::string_view customer;
  if (auto bad = check_id(in.cl_ord_id, 11)) return bad;
  if (auto bad = check_id(in.orig_cl_ord_id, 41)) return bad;
  if (in.ord_type != "2") return reject(kIncorrect, 40, "OrdType(40) must be 2");
  if (auto bad = read_side(in, side)) return bad;
  if (auto bad = read_quantity(in, out.quantity)) return bad;
  if (auto bad = read_expire_time(in, out.expire_time)) return bad;
  if (auto bad = read_subaccount(in, out.subaccount)) return bad;
  if (auto bad = read_customer(in, fcm, customer)) return bad;
  out.side = side;
  if (!in.time_in_force.empty()) out.time_in_force = static_cast<TimeInForce>(in.time_in_force[0]);
  if (!in.price.empty()) {
    DollarDecimal price;
    if (auto bad = read_price(in, price)) return bad;
    out.price = price;
  }
  return {};
}

Refusal read_cancel(const Inbound& in, bool fcm, CancelOrder& out) {
  out.cl_ord_id = in.cl_ord_id;
  out.orig_cl_ord_id = in.orig_cl_ord_id;
  out.order_id = in.order_id;
  out.symbol = in.symbol;
  Side side{};
  std::string_view customer;
  if (auto bad = check_id(in.cl_ord_id, 11)) return bad;
  if (auto bad = check_id(in.orig_cl_ord_id, 41)) return bad;
  if (auto bad = read_side(in, side)) return bad;
  if (auto bad = read_subaccount(in, out.subaccount)) return bad;
  if (auto bad = read_customer(in, fcm, customer)) return bad;
  out.side = side;
  return {};
}

Refusal read_group(const Inbound& in, GroupRequest& out) {
  int action = 0;
  if (!to_number(in.group_action, action) || action < 1 || action > 5) {
    return reject(kIncorrect, 20131, "OrderGroupAction(20131) must be 1 to 5");
  }
  out.action = static_cast<OrderGroupAction>(action);
  if (!in.group_id.empty() && !is_uuid(in.group_id)) return reject(kBadFormat, 20130, "OrderGroupID(20130) is no UUID");
  const bool create = out.action == OrderGroupAction::Create;
  if (create && !in.group_id.empty()) return reject(kIncorrect, 20130, "OrderGroupID(20130) is made by the server: not on create");
  if (!create && in.group_id.empty()) return business(kConditionMissing, "OrderGroupID(20130) is required");
  const bool with_limit = create || out.action == OrderGroupAction::Update;
  if (with_limit && in.group_limit.empty()) return business(kConditionMissing, "OrderGroupContractsLimit(20132) is required");
  if (!in.group_limit.empty() && !to_number(in.group_limit, out.limit)) {
    return reject(kBadFormat, 20132, "OrderGroupContractsLimit(20132) is no number");
  }
  out.group_id = in.group_id;
  return read_subaccount(in, out.subaccount);
}

}  // namespace marginfix::sim

// Order groups: a contracts limit over a rolling 15-second window; more than the limit matched cancels the group's resting orders
// and refuses new ones until a reset. Part of an OrderEntrySession. Source: fix-margin.md "Order groups".
//
// The exchange's OrderGroupResponse(UOH) does not say which request it answers. Answers are matched here by group id; creates, whose
// id the exchange makes, by subaccount and limit, and only one create a subaccount is on its way at a time (further ones wait in
// order). A refusal (BusinessMessageReject(j), Reject(3)) is matched by RefSeqNum(45).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"
#include "marginfix/domain/enums.hpp"

namespace marginfix {

namespace sessions {
class OrderGroupsImpl;
}

struct OrderGroupResult {
  OrderGroupAction action{};
  std::string order_group_id{};                   // 20130, for SecondaryClOrdID(526) of orders
  std::optional<std::int64_t> contracts_limit{};  // 20132
  std::optional<std::int32_t> alloc_account{};    // 79
};

// On failure: business_reject or reject (status = 380 or 373, code = Text(58)); rate_limit; timeout and closed (may_have_been_sent says
// whether the exchange may have done it all the same: ask REST).
using OrderGroupCallback = std::function<void(Result<OrderGroupResult>)>;

// Any thread; callbacks run on the I/O thread, exactly once each. The Result tells only whether the request was accepted for sending.
class OrderGroups {
 public:
  OrderGroups(const OrderGroups&) = delete;
  OrderGroups& operator=(const OrderGroups&) = delete;
  ~OrderGroups();

  // `contracts_limit` 1 to 1,000,000 contracts. Subaccount absent: the key's own.
  Result<void> create(std::int64_t contracts_limit, OrderGroupCallback done, std::optional<std::int32_t> subaccount = {});
  // Accepts orders again after a trigger.
  Result<void> reset(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount = {});
  // Ends the group and cancels its resting orders.
  Result<void> remove(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount = {});
  // Cancels the group's resting orders at once and refuses new ones. Overtakes waiting orders, as cancels do.
  Result<void> trigger(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount = {});
  // A limit below what the present window has matched triggers the group.
  Result<void> update(std::string_view group_id, std::int64_t contracts_limit, OrderGroupCallback done,
                      std::optional<std::int32_t> subaccount = {});
  // Requests sent or waiting that have no answer yet.
  std::size_t pending() const;

 private:
  friend class OrderEntrySession;
  explicit OrderGroups(std::unique_ptr<sessions::OrderGroupsImpl> impl);
  std::unique_ptr<sessions::OrderGroupsImpl> impl_;
};

}  // namespace marginfix

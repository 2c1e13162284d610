// OrderGroups and the matching behind it. Source: fix-margin.md "Order groups".
#include "marginfix/sessions/order_groups.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cctype>

#include "sessions/client/order_groups_impl.hpp"

namespace marginfix {
namespace sessions {
namespace {

constexpr std::size_t kMaxPending = 1000;

bool same_id(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

fix::OrderGroupRequest message_of(const OrderGroupsImpl::Request& request) {
  fix::OrderGroupRequest message;
  message.order_group_action = request.action;
  if (!request.group_id.empty()) message.order_group_id = request.group_id;
  message.order_group_contracts_limit = request.limit;
  message.alloc_account = request.alloc_account;
  return message;
}

// Absent and 0 are both the primary subaccount.
std::int32_t subaccount(const std::optional<std::int32_t>& alloc_account) { return alloc_account.value_or(0); }

}  // namespace

OrderGroupsImpl::OrderGroupsImpl(SessionCore& core) : core_(core), timer_(core.context().executor) {}

Result<void> OrderGroupsImpl::request(Request request, OrderGroupCallback done) {
  fix::Buffer probe;
  if (auto made = fix::encode_body(message_of(request), probe); !made) return core_.refuse(made.error());
  if (!core_.active())
    return core_.refuse(fail(ErrorCategory::closed, core_.config().name + " is not logged on: the order group request was not sent"));
  if (pending_count_.fetch_add(1) >= kMaxPending) {
    pending_count_.fetch_sub(1);
    return core_.refuse(
        fail(ErrorCategory::rate_limit, "too many order group requests without an answer: wait for some of their callbacks"));
  }
  if (core_.on_io_thread())
    admit(std::move(request), std::move(done));
  else
    core_.post([this, request = std::move(request), done = std::move(done)]() mutable { admit(std::move(request), std::move(done)); });
  return {};
}

void OrderGroupsImpl::admit(Request request, OrderGroupCallback done) {
  const bool hold = create_on_its_way(request);
  entries_.push_back({std::move(request), std::move(done)});
  if (!hold) submit(std::prev(entries_.end()));
}

// Two creates of one subaccount on their way could not be told apart when their limits are equal.
bool OrderGroupsImpl::create_on_its_way(const Request& request) const {
  if (request.action != OrderGroupAction::Create) return false;
  return std::ranges::any_of(entries_, [&](const Entry& entry) {
    return entry.request.action == OrderGroupAction::Create && entry.stage != Stage::abandoned &&
           subaccount(entry.request.alloc_account) == subaccount(request.alloc_account);
  });
}

void OrderGroupsImpl::submit(Entries::iterator entry) {
  entry->stage = Stage::submitted;
  SessionCore::Draft draft;
  draft.reference = entry->request.group_id;
  // What takes risk away does not stand in line behind new orders.
  draft.priority = entry->request.action == OrderGroupAction::Trigger || entry->request.action == OrderGroupAction::Delete;
  submitting_ = &*entry;
  const auto receipt = core_.send(message_of(entry->request), draft);
  submitting_ = nullptr;
  if (!receipt) {
    // Never from inside the caller's request(): its callback comes at the next turn.
    core_.post([this, id = &*entry, error = receipt.error()] {
      const auto found = std::ranges::find_if(entries_, [id](const Entry& e) { return &e == id; });
      if (found != entries_.end()) finish(found, error);
    });
    return;
  }
  entry->message_id = receipt->message_id;
}

void OrderGroupsImpl::submit_held() {
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    if (it->stage != Stage::held) continue;
    const bool blocked = std::ranges::any_of(entries_, [&](const Entry& e) {
      return e.request.action == OrderGroupAction::Create && (e.stage == Stage::submitted || e.stage == Stage::sent) &&
             subaccount(e.request.alloc_account) == subaccount(it->request.alloc_account);
    });
    if (!blocked) submit(it);
  }
}

void OrderGroupsImpl::on_transmitted(const SentMessage& sent) {
  Entry* entry = submitting_;
  if (entry == nullptr) {
    const auto found =
        std::ranges::find_if(entries_, [&](const Entry& e) { return e.stage == Stage::submitted && e.message_id == sent.message_id; });
    if (found == entries_.end()) return;
    entry = &*found;
  }
  entry->stage = Stage::sent;
  entry->message_id = sent.message_id;
  entry->seq = sent.seq;
  entry->deadline = core_.now() + core_.config().request_timeout;
  arm_timeout();
}

void OrderGroupsImpl::on_dropped(const NotSent& what) {
  const auto found =
      std::ranges::find_if(entries_, [&](const Entry& e) { return e.stage == Stage::submitted && e.message_id == what.message_id; });
  if (found != entries_.end()) finish(found, what.error);
}

OrderGroupsImpl::Entries::iterator OrderGroupsImpl::find_answered(const fix::OrderGroupResponse& response) {
  const auto waits = [](const Entry& e) { return e.stage == Stage::sent || e.stage == Stage::abandoned; };
  const auto by_id =
      std::ranges::find_if(entries_, [&](const Entry& e) { return waits(e) && same_id(e.request.group_id, response.order_group_id); });
  if (by_id != entries_.end()) return by_id;
  return std::ranges::find_if(entries_, [&](const Entry& e) {
    if (!waits(e) || e.request.action != OrderGroupAction::Create) return false;
    if (response.alloc_account && subaccount(response.alloc_account) != subaccount(e.request.alloc_account)) return false;
    return !response.order_group_contracts_limit || response.order_group_contracts_limit == e.request.limit;
  });
}

void OrderGroupsImpl::on_response(const fix::OrderGroupResponse& response) {
  const auto entry = find_answered(response);
  if (entry == entries_.end()) return;
  OrderGroupResult result;
  result.action = entry->request.action;
  result.order_group_id = response.order_group_id;
  result.contracts_limit = response.order_group_contracts_limit ? response.order_group_contracts_limit : entry->request.limit;
  result.alloc_account = response.alloc_account ? response.alloc_account : entry->request.alloc_account;
  finish(entry, std::move(result));
}

void OrderGroupsImpl::on_refused(std::int64_t ref_seq, const Error& error, bool reference_missing) {
  auto found = std::ranges::find_if(entries_, [&](const Entry& e) { return e.seq != 0 && e.seq == ref_seq; });
  if (found == entries_.end() && reference_missing) {
    // A j without RefSeqNum(45): it can only be about the one request that waits, if there is just one.
    const auto waits = [](const Entry& e) { return e.stage == Stage::sent; };
    if (std::ranges::count_if(entries_, waits) == 1) found = std::ranges::find_if(entries_, waits);
  }
  if (found != entries_.end()) finish(found, error);
}

void OrderGroupsImpl::on_lost() {
  // KalshiRT delivers its answers after the reconnect: the time-out decides there.
  const bool retained = core_.config().target == TargetSession::RT;
  Entries gone;
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto next = std::next(it);
    if (it->stage == Stage::held || (!retained && (it->stage == Stage::sent || it->stage == Stage::abandoned)))
      gone.splice(gone.end(), entries_, it);
    it = next;
  }
  for (Entry& entry : gone) {
    if (entry.stage == Stage::abandoned) continue;
    pending_count_.fetch_sub(1);
    Error error = fail(ErrorCategory::closed, core_.config().name + " ended before the exchange answered the order group request");
    error.may_have_been_sent = entry.stage == Stage::sent;
    core_.call(entry.done, Result<OrderGroupResult>(error));
  }
}

void OrderGroupsImpl::finish(Entries::iterator entry, Result<OrderGroupResult> outcome) {
  Entries one;
  one.splice(one.begin(), entries_, entry);
  if (one.front().stage != Stage::abandoned) {
    pending_count_.fetch_sub(1);
    core_.call(one.front().done, std::move(outcome));
  }
  submit_held();
}

void OrderGroupsImpl::arm_timeout() {
  const auto soonest =
      std::ranges::min_element(entries_, {}, [](const Entry& e) { return e.stage == Stage::sent ? e.deadline : Timestamp::max(); });
  if (soonest == entries_.end() || soonest->stage != Stage::sent) return;
  core_.arm(timer_, std::max<std::chrono::microseconds>(soonest->deadline - core_.now(), std::chrono::milliseconds{1}),
            [this] { expire(); });
}

// The entry stays, without its callback: should the answer still come, it must not be taken for the next request's.
void OrderGroupsImpl::expire() {
  for (Entry& entry : entries_) {
    if (entry.stage != Stage::sent || entry.deadline > core_.now()) continue;
    entry.stage = Stage::abandoned;
    pending_count_.fetch_sub(1);
    Error error = fail(ErrorCategory::timeout, "the exchange did not answer the order group request in time: ask REST what became of it");
    error.may_have_been_sent = true;
    core_.call(std::exchange(entry.done, {}), Result<OrderGroupResult>(error));
  }
  while (std::ranges::count(entries_, Stage::abandoned, &Entry::stage) > static_cast<std::ptrdiff_t>(kMaxPending))
    entries_.erase(std::ranges::find(entries_, Stage::abandoned, &Entry::stage));
  submit_held();
  arm_timeout();
}

}  // namespace sessions

OrderGroups::OrderGroups(std::unique_ptr<sessions::OrderGroupsImpl> impl) : impl_(std::move(impl)) {}
OrderGroups::~OrderGroups() = default;

Result<void> OrderGroups::create(std::int64_t contracts_limit, OrderGroupCallback done, std::optional<std::int32_t> subaccount) {
  return impl_->request({OrderGroupAction::Create, {}, contracts_limit, subaccount}, std::move(done));
}

Result<void> OrderGroups::reset(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount) {
  return impl_->request({OrderGroupAction::Reset, std::string(group_id), {}, subaccount}, std::move(done));
}

Result<void> OrderGroups::remove(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount) {
  return impl_->request({OrderGroupAction::Delete, std::string(group_id), {}, subaccount}, std::move(done));
}

Result<void> OrderGroups::trigger(std::string_view group_id, OrderGroupCallback done, std::optional<std::int32_t> subaccount) {
  return impl_->request({OrderGroupAction::Trigger, std::string(group_id), {}, subaccount}, std::move(done));
}

Result<void> OrderGroups::update(std::string_view group_id, std::int64_t contracts_limit, OrderGroupCallback done,
                                 std::optional<std::int32_t> subaccount) {
  return impl_->request({OrderGroupAction::Update, std::string(group_id), contracts_limit, subaccount}, std::move(done));
}

std::size_t OrderGroups::pending() const { return impl_->pending(); }

}  // namespace marginfix

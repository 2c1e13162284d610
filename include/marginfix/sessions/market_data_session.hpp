// Market data (KalshiMD): books with absolute levels, trades, security status. A subscription is remembered: it is sent as soon as
// the session is logged on and again after every reconnect, with every book emptied and marked stale in between (there is no book
// sequence number: continuity is the FIX MsgSeqNum). An unknown symbol gives an empty snapshot, not a reject.
// A book is right or stale: after a W or X that cannot be read as a whole (undecodable, without its entries, fewer or more of them than
// NoMDEntries(268) says, an update action, price or size that cannot be read or be right) the books it may have meant are stale and are
// asked for anew, at once the first time and then more slowly while such messages go on. Entries that are no side of a book leave it alone.
// Threads: fix_session.hpp. Source: fix-margin.md "Market data".
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "marginfix/fix/messages.hpp"
#include "marginfix/sessions/fix_session.hpp"

namespace marginfix {

enum class BookEvent : std::uint8_t {
  snapshot,  // the book was replaced and is current
  update,    // levels changed
  stale      // the connection ended or an update could not be read: the book is empty and says nothing until the next snapshot
};

// A request the exchange refused (Y, j or 3) or did not answer in time.
struct SubscriptionProblem {
  std::vector<std::string> symbols{};
  Error error{};           // business_reject, reject or timeout; status = 281, 380 or 373
  bool will_retry{false};  // limits and rate limits are tried again by themselves while the wish stands
};

// An entry of a W or X that is no level of the book and no new trade: a type(269) that the exchange may add (opening price, open interest
// ...), or a trade that is withdrawn or corrected (an X with 279 other than 0).
struct OtherEntry {
  std::string_view symbol{};
  MDEntryType md_entry_type{};                       // as on the wire; '\0' when it is no single character: its text is in `unknown` then
  std::optional<MDUpdateAction> md_update_action{};  // X only
  std::optional<DollarDecimal> md_entry_px{};
  std::optional<FixedPointCount> md_entry_size{};
  std::optional<Timestamp> time{};           // 272 and 273
  std::span<const fix::RawField> unknown{};  // this entry's fields that have no member, in wire order
};

struct MarketDataHandlers : SessionHandlers {
  // After each change, once a message and symbol. The book belongs to the session: look, copy, do not keep the reference.
  std::function<void(const std::string& symbol, const OrderBook& book, BookEvent event)> on_book{};
  std::function<void(const fix::MarketDataSnapshotFullRefresh&, const Inbound&)> on_snapshot{};
  std::function<void(const fix::MarketDataIncrementalRefresh&, const Inbound&)> on_incremental{};
  // Entries 269=2 with 279=0 of an X, in order. 271 is the traded size; fix::to_trade() gives a Trade.
  std::function<void(const fix::MDIncEntry&, const Inbound&)> on_trade{};
  // Every other entry that is no level, of W and X, in order. Valid during the call.
  std::function<void(const OtherEntry&, const Inbound&)> on_other_entry{};
  std::function<void(const fix::MarketDataRequestReject&, const Inbound&)> on_request_reject{};
  std::function<void(const fix::SecurityStatus&, const Inbound&)> on_security_status{};
  std::function<void(const SubscriptionProblem&)> on_subscription_problem{};
};

class MarketDataSession final : public FixSession {
 public:
  ~MarketDataSession() override;
  void set_handlers(MarketDataHandlers handlers);

  // Snapshot and updates (263=1) from now on. Symbols already subscribed are not asked for again. Errors: codec (a bad symbol).
  Result<void> subscribe(std::span<const std::string> symbols);
  Result<void> subscribe(std::string_view symbol);
  // 263=2; their books are forgotten.
  Result<void> unsubscribe(std::span<const std::string> symbols);
  Result<void> unsubscribe(std::string_view symbol);
  Result<void> unsubscribe_all();
  // One snapshot (263=0), now: Error(closed) when not logged on. The answer goes to on_snapshot; a subscribed book is refreshed by it too.
  Result<SendReceipt> snapshot(std::span<const std::string> symbols);
  Result<SendReceipt> snapshot(std::string_view symbol);
  // SecurityStatusRequest(e); kept over reconnects like book subscriptions. Only changes are told: no status comes for having subscribed
  // (REST's market() has the present one), and after 326=101 the exchange has dropped the subscription.
  Result<void> subscribe_status(std::string_view symbol);
  Result<void> unsubscribe_status(std::string_view symbol);

  std::vector<std::string> subscriptions() const;

  // I/O thread only: null when not subscribed. Empty and stale until its snapshot has come.
  const OrderBook* book(std::string_view symbol) const;
  // True when the book of `symbol` stands on a snapshot of the present connection. I/O thread only.
  bool current(std::string_view symbol) const;
  // Any thread but a handler's: a copy taken on the I/O thread; nothing when not subscribed, stale, or the client is stopped.
  std::optional<OrderBook> book_copy(std::string_view symbol) const;

 private:
  friend class MarginFixClient;
  friend struct SessionFactory;
  class Core;
  explicit MarketDataSession(std::unique_ptr<Core> core);
};

}  // namespace marginfix

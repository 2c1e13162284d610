// Books from W and X. Source: fix-margin.md "Market data".
#include "sessions/client/market_books.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::sessions {
namespace {

constexpr std::int32_t kNoMDEntries = 268;
constexpr std::int32_t kMDEntryType = 269;

// Whether every entry that the exchange sent was read as one: their number is there and right, and no entry's field stands elsewhere.
bool entries_are_whole(std::span<const fix::Finding> findings) {
  return std::ranges::none_of(findings,
                              [](const fix::Finding& f) { return f.tag == kNoMDEntries || f.kind == fix::FindingKind::outside_group; });
}

// What an entry is for the book.
enum class EntryKind : std::uint8_t { bid, ask, trade, other, unreadable };

// `unknown`: the entry's own.
EntryKind kind_of(MDEntryType type, std::span<const fix::RawField> unknown) {
  if (type == MDEntryType::Bid) return EntryKind::bid;
  if (type == MDEntryType::Offer) return EntryKind::ask;
  if (type == MDEntryType::Trade) return EntryKind::trade;
  if (type != MDEntryType{}) return EntryKind::other;
  // No single character: a type longer than that is no side either, none at all may be one.
  const bool longer = std::ranges::any_of(unknown, [](const fix::RawField& f) { return f.tag == kMDEntryType && !f.value.empty(); });
  return longer ? EntryKind::other : EntryKind::unreadable;
}

std::optional<BookSide> side_of(EntryKind kind) noexcept {
  if (kind == EntryKind::bid) return BookSide::bid;
  if (kind == EntryKind::ask) return BookSide::ask;
  return std::nullopt;
}

}  // namespace

void MarketBooks::keep_only(const Symbols& symbols) {
  std::erase_if(books_, [&](const auto& market) { return std::ranges::find(symbols, market.first) == symbols.end(); });
}

MarketBooks::Symbols MarketBooks::wanted() const {
  Symbols all;
  for (const auto& [symbol, market] : books_) {
    if (market.stage == Stage::wanted) all.push_back(symbol);
  }
  std::ranges::sort(all);
  return all;
}

void MarketBooks::want_all() {
  for (auto& [symbol, market] : books_) market.stage = Stage::wanted;
}

void MarketBooks::set_stage(const Symbols& symbols, Stage stage) {
  for (const std::string& symbol : symbols) {
    if (const auto market = books_.find(symbol); market != books_.end()) market->second.stage = stage;
  }
}

void MarketBooks::connection_lost(Timestamp since) {
  for (auto& [symbol, market] : books_) {
    const bool told = market.stage == Stage::current;
    market.stage = Stage::wanted;
    market.book.mark_stale(StaleReason::disconnected, since);
    if (told) owner_.on_book(symbol, market.book, BookEvent::stale);
  }
}

const OrderBook* MarketBooks::book(std::string_view symbol) const {
  const auto found = books_.find(symbol);
  return found == books_.end() ? nullptr : &found->second.book;
}

bool MarketBooks::current(std::string_view symbol) const {
  const auto found = books_.find(symbol);
  return found != books_.end() && found->second.stage == Stage::current;
}

void MarketBooks::apply(const fix::MarketDataSnapshotFullRefresh& snapshot, const Inbound& in) {
  const bool right = read_levels(snapshot, in) && entries_are_whole(in.findings);
  if (snapshot.symbol.empty()) return doubt_all("a W without Symbol(55)");
  const auto found = books_.find(snapshot.symbol);
  if (found == books_.end()) return;
  owner_.on_answered(found->first);
  Market& market = found->second;
  if (!right) {
    // Asked for and answered, but no book: nothing is known of it.
    market.stage = Stage::current;
    doubt(*found, StaleReason::unreadable);
    return tell_touched();
  }
  market.book.apply_snapshot(bids_, asks_, time_of(snapshot.header.sending_time));
  if (!snapshot.md_entries.empty()) market.book.set_exchange_time(fix::entry_time(snapshot.md_entries.back()));
  market.stage = Stage::current;
  owner_.on_book(found->first, market.book, BookEvent::snapshot);
}

// The clock is read where the message has no time, and only there: this runs for every entry.
Timestamp MarketBooks::time_of(std::optional<Timestamp> sent) const { return sent ? *sent : owner_.time_of_books(); }

// The levels of the snapshot into bids_ and asks_; false when one of them cannot be read or be right. Other entries are handed over.
bool MarketBooks::read_levels(const fix::MarketDataSnapshotFullRefresh& snapshot, const Inbound& in) {
  bids_.clear();
  asks_.clear();
  bool right = true;
  std::int32_t number = 0;
  for (const fix::MDFullEntry& entry : snapshot.md_entries) {
    const auto unknown = fix::unknown_of(snapshot.unknown, kNoMDEntries, ++number);
    const EntryKind kind = kind_of(entry.md_entry_type, unknown);
    if (kind == EntryKind::other || kind == EntryKind::trade) {
      owner_.on_other_entry(
          OtherEntry{snapshot.symbol, entry.md_entry_type, {}, entry.md_entry_px, entry.md_entry_size, fix::entry_time(entry), unknown},
          in);
    } else if (!side_of(kind) || !entry.md_entry_px || !entry.md_entry_size || entry.md_entry_size->is_negative()) {
      right = false;
    } else {
      (kind == EntryKind::bid ? bids_ : asks_).push_back({*entry.md_entry_px, *entry.md_entry_size});
    }
  }
  return right;
}

void MarketBooks::apply(const fix::MarketDataIncrementalRefresh& update, const Inbound& in) {
  const bool whole = entries_are_whole(in.findings);
  const char* doubtful = whole ? nullptr : "an X whose entries are not those that NoMDEntries(268) says";
  std::int32_t number = 0;
  for (const fix::MDIncEntry& entry : update.md_entries) {
    const auto unknown = fix::unknown_of(update.unknown, kNoMDEntries, ++number);
    const EntryKind kind = kind_of(entry.md_entry_type, unknown);
    if (kind == EntryKind::trade && entry.md_update_action == MDUpdateAction::New)
      owner_.on_trade(entry, in);
    else if (kind == EntryKind::trade || kind == EntryKind::other)
      owner_.on_other_entry(OtherEntry{entry.symbol, entry.md_entry_type, entry.md_update_action, entry.md_entry_px, entry.md_entry_size,
                                       fix::entry_time(entry), unknown},
                            in);
    else if (entry.symbol.empty())
      doubtful = "an entry of an X without Symbol(55)";
    else if (doubtful == nullptr)
      set_level(entry, side_of(kind), update.header.sending_time);
  }
  if (doubtful != nullptr) return doubt_all(doubtful);
  tell_touched();
}

void MarketBooks::set_level(const fix::MDIncEntry& entry, std::optional<BookSide> side, std::optional<Timestamp> sent) {
  const auto found = books_.find(entry.symbol);
  // Before its snapshot an update says nothing; the snapshot will hold it.
  if (found == books_.end() || found->second.stage != Stage::current) return;
  OrderBook& book = found->second.book;
  const MDUpdateAction action = entry.md_update_action;
  const bool remove = action == MDUpdateAction::Delete;
  const bool known = remove || action == MDUpdateAction::New || action == MDUpdateAction::Change;
  if (!known || !side || !entry.md_entry_px || (!remove && !entry.md_entry_size)) return doubt(*found, StaleReason::unreadable);
  const FixedPointCount size = remove ? FixedPointCount{} : *entry.md_entry_size;
  if (book.set_level(*side, *entry.md_entry_px, size, time_of(sent)) == LevelChange::negative)
    return doubt(*found, StaleReason::negative_level);
  book.set_exchange_time(fix::entry_time(entry));
  touch(*found);
}

void MarketBooks::touch(BookOf& market) {
  if (market.second.touched) return;
  market.second.touched = true;
  touched_.push_back(&market);
}

// What a message did to the books, once a book.
void MarketBooks::tell_touched() {
  for (auto* const market : touched_) {
    market->second.touched = false;
    owner_.on_book(market->first, market->second.book, market->second.book.stale() ? BookEvent::stale : BookEvent::update);
  }
  touched_.clear();
}

// The book is not to be trusted until a new snapshot.
void MarketBooks::doubt(BookOf& market, StaleReason reason) {
  owner_.on_doubt("an update of " + market.first + " (" + std::string(to_string(reason)) +
                  ") could not be applied: its book is asked for anew");
  forget(market, reason);
  owner_.on_wanted_anew();
}

void MarketBooks::doubt_all(const char* what) {
  owner_.on_doubt(std::string(what) + ": every book is asked for anew");
  for (BookOf& market : books_) {
    if (market.second.stage == Stage::current) forget(market, StaleReason::unreadable);
  }
  if (!touched_.empty()) owner_.on_wanted_anew();
  tell_touched();
}

void MarketBooks::forget(BookOf& market, StaleReason reason) {
  market.second.book.mark_stale(reason, owner_.time_of_books());
  market.second.stage = Stage::wanted;
  touch(market);
}

}  // namespace marginfix::sessions

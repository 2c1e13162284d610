// The books of a market data session: what a W and an X do to them, and which of them are not to be trusted any more. Knows no requests and
// no connection. Thread: the session's.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "marginfix/sessions/market_data_session.hpp"

namespace marginfix::sessions {

class MarketBooks {
 public:
  using Symbols = std::vector<std::string>;
  // How far a market has come on the present connection.
  enum class Stage : std::uint8_t { wanted, asked, current };

  // Its session.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual Timestamp time_of_books() const = 0;
    virtual void on_book(const std::string& symbol, const OrderBook& book, BookEvent event) = 0;
    virtual void on_trade(const fix::MDIncEntry& entry, const Inbound& in) = 0;
    virtual void on_other_entry(const OtherEntry& entry, const Inbound& in) = 0;
    virtual void on_answered(const std::string& symbol) = 0;  // the snapshot of this market is here
    virtual void on_doubt(const std::string& what) = 0;       // for the log: which books say nothing until their next snapshot
    virtual void on_wanted_anew() = 0;                        // books are in Stage::wanted again
  };

  explicit MarketBooks(Owner& owner) : owner_(owner) {}

  void add(const std::string& symbol) { books_.try_emplace(symbol, Market{OrderBook(symbol)}); }
  void remove(const std::string& symbol) { books_.erase(symbol); }
  void keep_only(const Symbols& symbols);
  bool empty() const noexcept { return books_.empty(); }

  Symbols wanted() const;  // sorted
  void want_all();
  void set_stage(const Symbols& symbols, Stage stage);
  void connection_lost(Timestamp since);

  const OrderBook* book(std::string_view symbol) const;
  bool current(std::string_view symbol) const;

  void apply(const fix::MarketDataSnapshotFullRefresh& snapshot, const Inbound& in);
  void apply(const fix::MarketDataIncrementalRefresh& update, const Inbound& in);
  // A message that may have meant any book. Those without a snapshot have nothing to lose.
  void doubt_all(const char* what);

 private:
  struct Market {
    OrderBook book;
    Stage stage{Stage::wanted};
    bool touched{false};
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  using Books = std::unordered_map<std::string, Market, TextHash, std::equal_to<>>;
  using BookOf = Books::value_type;

  bool read_levels(const fix::MarketDataSnapshotFullRefresh& snapshot, const Inbound& in);
  void set_level(const fix::MDIncEntry& entry, std::optional<BookSide> side, std::optional<Timestamp> sent);
  Timestamp time_of(std::optional<Timestamp> sent) const;
  void touch(BookOf& market);
  void tell_touched();
  void doubt(BookOf& market, StaleReason reason);
  void forget(BookOf& market, StaleReason reason);

  Owner& owner_;
  Books books_;
  boost::container::small_vector<BookOf*, 8> touched_;
  std::vector<BookLevel> bids_, asks_;
};

}  // namespace marginfix::sessions

#include "services/reconcile/engine/sweep_fills.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "services/reconcile/engine/read_ahead.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/match/fills.hpp"

namespace marginfix::reconcile {

namespace {

constexpr int kChunk = 10'000;
// A fill that only one side tells, and that the other need not have, is left alone after this. So is one that the firm has not told.
constexpr auto kNobodyElse = std::chrono::minutes(10);

bool told_by(const Tellings& tellings, Source source) noexcept { return tellings[static_cast<std::size_t>(source)] != nullptr; }

// Every source that must know it has told it.
bool is_complete(const EngineState& state, const std::string& account, const Tellings& tellings) {
  if (!told_by(tellings, Source::firm) && state.coverage.state(account, Source::firm) != SourceState::off) return false;
  return (told_by(tellings, Source::listener) || told_by(tellings, Source::drop_copy)) && told_by(tellings, Source::rest);
}

bool nobody_lacks_it(const Musts& musts) noexcept {
  return std::all_of(musts.begin(), musts.end(), [](const std::string& why) { return why.empty(); });
}

// True: the sides agree, and nobody who must have it lacks it.
bool evaluate_fill(EngineState& state, const std::string& account, const Tellings& tellings, const Musts& musts) {
  std::vector<Difference> found = compare_fill(tellings, musts, state.rules);
  const SourceFillRow* first = nullptr;
  for (const SourceFillRow* told : tellings) {
    if (told == nullptr) continue;
    if (first == nullptr) first = told;
    if (told->source == Source::rest || told->source == Source::websocket) continue;
    for (Difference& d : check_telling(*told, state.rules)) found.push_back(std::move(d));
  }
  for (const Difference& d : found) state.breaks.observe(d, state.now, state.coverage.exchange_now(), state.rules);
  if (first != nullptr) state.breaks.evaluated(account, fill_subject(first->order_id, first->trade_id), state.now);
  return found.empty();
}

// ---- one by one ---------------------------------------------------------------------------------------------------------

void sweep_unsettled(EngineState& state, const std::string& account) {
  std::string order_id, trade_id;
  for (bool more = true; more;) {
    auto chunk = all<FillRow>(
        state.storage, "WHERE account = $1 AND settled = 0 AND (order_id, trade_id) > ($2, $3) ORDER BY order_id, trade_id LIMIT 10000",
        account, order_id, trade_id);
    more = chunk.size() == kChunk;
    ReadAhead ahead(state.storage);
    for (const FillRow& fill : chunk) {
      for (std::size_t i = 0; i < kSources; ++i) {
        if ((fill.sources & bit(static_cast<Source>(i))) != 0) ahead.telling(static_cast<Source>(i), account, fill.order_id, fill.trade_id);
      }
    }
    ahead.ask();
    for (FillRow& fill : chunk) {
      order_id = fill.order_id;
      trade_id = fill.trade_id;
      std::array<std::optional<SourceFillRow>, kSources> rows;
      Tellings tellings{};
      for (std::size_t i = 0; i < kSources; ++i) {
        if ((fill.sources & bit(static_cast<Source>(i))) == 0) continue;
        rows[i] = find<SourceFillRow>(state.storage, static_cast<Source>(i), account, order_id, trade_id);
        if (rows[i]) tellings[i] = &*rows[i];
      }
      const Musts musts = state.coverage.musts(tellings, state.now);
      if (!evaluate_fill(state, account, tellings, musts)) continue;
      if (!told_by(tellings, Source::listener) && state.coverage.may_still_be_told(account, fill.transact_time)) continue;
      if (!is_complete(state, account, tellings) && state.now < fill.first_seen + kNobodyElse) continue;
      fill.settled = true;
      put(state.storage, fill);
    }
  }
}

// What the firm alone believes.
void sweep_unmatched(EngineState& state, const std::string& account) {
  for (const SourceFillRow& row :
       all<SourceFillRow>(state.storage, "WHERE account = $1 AND unmatched = 1 ORDER BY order_id, trade_id", account)) {
    Tellings tellings{};
    tellings[static_cast<std::size_t>(row.source)] = &row;
    evaluate_fill(state, account, tellings, state.coverage.musts(tellings, state.now));
  }
}

// ---- everything ---------------------------------------------------------------------------------------------------------

// The rows of one source, in the order of their keys.
class SourceCursor {
 public:
  SourceCursor(Storage& storage, Source source, const std::string& account)
      : statement_(storage.statement("SELECT " + columns<SourceFillRow>() + " FROM source_fills WHERE source = " +
                                     std::to_string(static_cast<int>(source)) + " AND account = $1 ORDER BY order_id, trade_id")) {
    statement_.bind(0, std::string_view(account));
    next();
  }
  ~SourceCursor() { statement_.reset(); }
  SourceCursor(const SourceCursor&) = delete;
  SourceCursor& operator=(const SourceCursor&) = delete;

  bool at_end() const noexcept { return !more_; }
  const SourceFillRow& row() const noexcept { return row_; }
  void next() {
    more_ = statement_.step();
    if (more_) detail::read_row(statement_, row_);
  }

 private:
  Statement& statement_;
  SourceFillRow row_;
  bool more_{false};
};

int compare_keys(const SourceFillRow& a, const SourceFillRow& b) noexcept {
  const int by_order = a.order_id.compare(b.order_id);
  return by_order != 0 ? by_order : a.trade_id.compare(b.trade_id);
}

void sweep_everything(EngineState& state, const std::string& account) {
  std::array<std::unique_ptr<SourceCursor>, kSources> cursors;
  for (std::size_t i = 0; i < kSources; ++i) cursors[i] = std::make_unique<SourceCursor>(state.storage, static_cast<Source>(i), account);
  for (;;) {
    const SourceFillRow* least = nullptr;
    for (const auto& cursor : cursors) {
      if (!cursor->at_end() && (least == nullptr || compare_keys(cursor->row(), *least) < 0)) least = &cursor->row();
    }
    if (least == nullptr) return;
    Tellings tellings{};
    for (std::size_t i = 0; i < kSources; ++i) {
      if (!cursors[i]->at_end() && compare_keys(cursors[i]->row(), *least) == 0) tellings[i] = &cursors[i]->row();
    }
    const Musts musts = state.coverage.musts(tellings, state.now);
    // Nearly all: told by both sides, alike, missed by nobody, and never different before.
    const bool quiet = tellings_agree(tellings, state.rules) && nobody_lacks_it(musts) &&
                       !state.breaks.has_open(account, fill_subject(least->order_id, least->trade_id));
    if (!quiet) evaluate_fill(state, account, tellings, musts);
    const std::array<bool, kSources> was_in = [&] {
      std::array<bool, kSources> in{};
      for (std::size_t i = 0; i < kSources; ++i) in[i] = tellings[i] != nullptr;
      return in;
    }();
    for (std::size_t i = 0; i < kSources; ++i) {
      if (was_in[i]) cursors[i]->next();
    }
  }
}

}  // namespace

void sweep_fills(EngineState& state, SweepReach reach, const std::string& account) {
  sweep_unsettled(state, account);
  sweep_unmatched(state, account);
  if (reach == SweepReach::everything) sweep_everything(state, account);
}

}  // namespace marginfix::reconcile

#include "sim/exchange/record/on_disk.hpp"

#include <algorithm>
#include <iterator>

#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/values/archive.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kMostClosedFiles = 32;  // more become one

std::string closed_file(std::uint64_t generation) { return "closed-" + std::to_string(generation) + ".mfc"; }

Error unreadable(const std::string& what) {
  return fail(ErrorCategory::store, what + " is unreadable; start with an empty directory and report this");
}

// ---- closed orders, fills, trades

struct Amount {
  std::uint64_t orders{0}, fills{0}, trades{0};
  std::uint64_t all() const noexcept { return orders + fills + trades; }
  // Roughly, as written.
  std::uint64_t bytes() const noexcept { return orders * 110 + fills * 60 + trades * 16; }
};

Amount in_memory_only(const State& state) {
  Amount loose;
  const OnDisk& disk = state.on_disk;
  loose.orders = state.closed.size() - (std::max(disk.orders, disk.forgotten) - disk.forgotten);
  for (const FillLog::Records& r : state.fills.accounts) loose.fills += r.last - std::max(r.on_disk, r.last - r.kept.size());
  for (const Market& m : state.markets) loose.trades += m.tape.kept() - m.tape.kept_on_disk();
  return loose;
}

Amount all_that_is_kept(const State& state) {
  Amount kept;
  kept.orders = state.closed.size();
  for (const FillLog::Records& r : state.fills.accounts) kept.fills += r.kept.size();
  for (const Market& m : state.markets) kept.trades += m.tape.kept();
  return kept;
}

Amount in_files(const State& state) {
  Amount filed;
  for (const ClosedFile& f : state.on_disk.files) {
    filed.orders += f.orders;
    filed.fills += f.fills;
    filed.trades += f.trades;
  }
  return filed;
}

void forget_files(State& state) {
  state.on_disk.files.clear();
  state.on_disk.orders = state.on_disk.forgotten;
  for (FillLog::Records& r : state.fills.accounts) r.on_disk = 0;
  for (Market& m : state.markets) m.tape.set_on_disk(m.tape.forgotten().matched);
}

std::string orders_as_bytes(const State& state, std::uint64_t count) {
  std::string bytes;
  ArchiveOut out(bytes);
  for (std::size_t i = state.closed.size() - count; i < state.closed.size(); ++i) out(state.orders[state.orders.find(state.closed[i])]);
  return bytes;
}

std::string fills_as_bytes(const State& state) {
  std::string bytes;
  ArchiveOut out(bytes);
  out(static_cast<std::uint64_t>(state.fills.accounts.size()));
  for (const FillLog::Records& r : state.fills.accounts) {
    const std::uint64_t count = r.last - std::max(r.on_disk, r.last - r.kept.size());
    out(count);
    for (std::size_t i = r.kept.size() - count; i < r.kept.size(); ++i) out(r.kept[i]);
  }
  return bytes;
}

std::string trades_as_bytes(const State& state) {
  std::string bytes;
  ArchiveOut out(bytes);
  for (const Market& m : state.markets) {
    out(m.tape.kept() - m.tape.kept_on_disk());
    std::uint64_t elsewhere = m.tape.kept_on_disk();
    for (const PublicTrade& trade : m.tape.all()) {
      if (trade.no <= kPastNumbers) continue;
      elsewhere > 0 ? void(--elsewhere) : out(trade);
    }
  }
  return bytes;
}

void mark_closed(State& state) {
  state.on_disk.orders = state.on_disk.forgotten + state.closed.size();
  for (FillLog::Records& r : state.fills.accounts) r.on_disk = r.last;
  for (Market& m : state.markets) m.tape.set_on_disk(m.tape.matched());
}

Result<void> put_closed(State& state, const DiskFolder& folder, std::uint64_t generation) {
  if (in_memory_only(state).bytes() < folder.least || in_memory_only(state).all() == 0) return {};
  const Amount kept = all_that_is_kept(state);
  const bool mostly_dead = in_files(state).all() + in_memory_only(state).all() > 2 * kept.all();
  if (mostly_dead || state.on_disk.files.size() >= kMostClosedFiles) forget_files(state);
  const Amount now = in_memory_only(state);
  const std::string orders = orders_as_bytes(state, now.orders), fills = fills_as_bytes(state), trades = trades_as_bytes(state);
  const std::string_view records[] = {orders, fills, trades};
  if (auto written = write_checked_file(folder.dir / closed_file(generation), folder.identity, records); !written) return written;
  const std::uint64_t first = state.on_disk.forgotten + state.closed.size() - now.orders;
  state.on_disk.files.push_back({generation, first, now.orders, now.fills, now.trades, orders.size() + fills.size() + trades.size()});
  mark_closed(state);
  return {};
}

// Those that were forgotten are skipped.
bool take_orders(State& state, const ClosedFile& file, std::string_view bytes) {
  ArchiveIn in(bytes);
  Order order;
  for (std::uint64_t i = 0; i < file.orders && in.ok(); ++i) {
    in(order);
    if (!in.ok() || file.first_order + i < state.on_disk.forgotten) continue;
    state.orders.add(order);
    state.closed.push_back(order.no);
  }
  return in.ok() && in.rest().empty();
}

bool take_fills(std::vector<std::deque<FillRecord>>& fills, std::string_view bytes) {
  ArchiveIn in(bytes);
  const auto accounts = read<std::uint64_t>(in);
  if (!in.ok() || accounts > fills.size()) return false;
  for (std::uint64_t a = 0; a < accounts; ++a) {
    const std::uint64_t count = in.get_count();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) in(fills[a].emplace_back());
  }
  return in.ok() && in.rest().empty();
}

bool take_trades(std::vector<std::deque<PublicTrade>>& trades, std::string_view bytes) {
  ArchiveIn in(bytes);
  for (auto& tape : trades) {
    const std::uint64_t count = in.get_count();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) in(tape.emplace_back());
  }
  return in.ok() && in.rest().empty();
}

void put_before(FillLog::Records& records, std::deque<FillRecord> older) {
  older.insert(older.end(), records.kept.begin(), records.kept.end());
  while (older.size() > kMaxFills) older.pop_front();
  records.kept = std::move(older);
}

// ---- reports

// Full ones that stand in no file, and are not too old to be asked for.
template <class Each>
void each_full_chunk(State& state, Each each) {
  for (History::Reports& r : state.emitter.history.accounts) {
    for (std::size_t i = 0; i + 1 < r.chunks.size(); ++i) {
      if (!r.chunks[i].on_disk()) each(r.chunks[i]);
    }
  }
}

void forget_old_chunks(State& state, bool all) {
  for (History::Reports& r : state.emitter.history.accounts) {
    while (!r.chunks.empty() && r.chunks.front().last_time < state.clock - kHistoryWindow && (all || r.chunks.front().on_disk())) {
      r.horizon = r.chunks.front().last;
      r.chunks.pop_front();
    }
  }
}

Result<void> put_reports(State& state, const DiskFolder& folder, std::uint64_t generation) {
  std::uint64_t bytes = 0;
  each_full_chunk(state, [&](const History::Chunk& c) { bytes += c.bytes.size(); });
  const bool enough = bytes > 0 && bytes >= folder.least;
  forget_old_chunks(state, enough);
  std::vector<std::string_view> records;
  if (enough) each_full_chunk(state, [&](const History::Chunk& c) { records.push_back(c.bytes); });
  if (records.empty()) return {};
  std::vector<std::uint64_t> places;
  if (auto written = write_checked_file(folder.dir / report_file(generation), folder.identity, records, &places); !written) return written;
  std::size_t i = 0;
  each_full_chunk(state, [&](History::Chunk& c) {
    state.emitter.history.count_all(c);
    c.place = {generation, places[i++], c.bytes.size()};
    c.bytes = {};
  });
  return {};
}

template <class Ar>
void chunk_fields(Ar& ar, History::Chunk& c) {
  ar(c.first, c.last, c.last_time, c.count, c.counted, c.new_orders, c.fills, c.place.generation, c.place.at, c.place.size);
}

}  // namespace

Result<void> put_on_disk(State& state, const DiskFolder& folder, std::uint64_t generation) {
  if (auto put = put_closed(state, folder, generation); !put) return put;
  return put_reports(state, folder, generation);
}

std::string describe_files(const State& state) {
  std::string bytes;
  ArchiveOut out(bytes);
  const OnDisk& disk = state.on_disk;
  out(disk.files, disk.orders, disk.forgotten);
  out(static_cast<std::uint64_t>(state.fills.accounts.size()));
  for (const FillLog::Records& r : state.fills.accounts) out(r.on_disk);
  for (const Market& m : state.markets) out(m.tape.on_disk());
  bool any = !disk.files.empty() || disk.forgotten > 0;
  out(static_cast<std::uint64_t>(state.emitter.history.accounts.size()));
  for (const History::Reports& r : state.emitter.history.accounts) {
    const auto filed = static_cast<std::uint64_t>(std::ranges::count_if(r.chunks, &History::Chunk::on_disk));
    any = any || filed > 0;
    out(filed);
    for (std::size_t i = 0; i < filed; ++i) chunk_fields(out, const_cast<History::Chunk&>(r.chunks[i]));  // writing only reads
  }
  const bool trades_forgotten = std::ranges::any_of(state.markets, [](const Market& m) { return m.tape.forgotten().any(); });
  if (trades_forgotten) {
    for (const Market& m : state.markets) out(m.tape.forgotten());
  }
  return any || trades_forgotten ? bytes : std::string();
}

Result<void> read_files(State& state, const DiskFolder& folder, std::string_view description) {
  if (description.empty()) return {};
  ArchiveIn in(description);
  OnDisk& disk = state.on_disk;
  in(disk.files, disk.orders, disk.forgotten);
  std::vector<std::deque<FillRecord>> fills(in.get_count());
  if (fills.size() > state.fills.accounts.size()) return unreadable("the snapshot");
  for (std::size_t i = 0; i < fills.size(); ++i) in(state.fills.accounts[i].on_disk);
  for (Market& m : state.markets) m.tape.set_on_disk(read<std::uint64_t>(in));
  const std::uint64_t accounts = in.get_count();
  if (accounts > state.emitter.history.accounts.size()) return unreadable("the snapshot");
  for (std::uint64_t a = 0; a < accounts; ++a) {
    auto& chunks = state.emitter.history.accounts[a].chunks;
    std::vector<History::Chunk> filed(in.get_count());
    for (History::Chunk& chunk : filed) chunk_fields(in, chunk);
    chunks.insert(chunks.begin(), std::make_move_iterator(filed.begin()), std::make_move_iterator(filed.end()));
  }
  // Nothing more where no trade was forgotten: as it was in snapshots of before December 2026.
  if (in.ok() && !in.rest().empty()) {
    for (Market& m : state.markets) m.tape.set_forgotten(read<TradeTape::Forgotten>(in));
  }
  if (!in.ok() || !in.rest().empty()) return unreadable("the snapshot");

  std::vector<std::deque<PublicTrade>> trades(state.markets.size());
  for (const ClosedFile& file : disk.files) {
    const auto records = read_checked_file(folder.dir / closed_file(file.generation), folder.identity);
    if (!records) return records.error();
    const bool good = records->size() == 3 && take_orders(state, file, (*records)[0]) && take_fills(fills, (*records)[1]) &&
                      take_trades(trades, (*records)[2]);
    if (!good) return unreadable(closed_file(file.generation));
  }
  for (std::size_t i = 0; i < fills.size(); ++i) put_before(state.fills.accounts[i], std::move(fills[i]));
  for (std::size_t i = 0; i < trades.size(); ++i) {
    if (!state.markets[i].tape.put_before(std::move(trades[i]))) return unreadable("a file of closed orders");
  }
  return {};
}

bool names_file(const State& state, const std::string& name) {
  for (const ClosedFile& file : state.on_disk.files) {
    if (name == closed_file(file.generation)) return true;
  }
  for (const History::Reports& r : state.emitter.history.accounts) {
    for (const History::Chunk& chunk : r.chunks) {
      if (!chunk.on_disk()) break;
      if (name == report_file(chunk.place.generation)) return true;
    }
  }
  return false;
}

std::uint64_t bytes_on_disk(const State& state) {
  std::uint64_t bytes = 0;
  for (const ClosedFile& file : state.on_disk.files) bytes += file.bytes;
  return bytes;
}

PutOnDisk what_is_on_disk(const State& state, std::uint64_t generation) {
  PutOnDisk put{state.on_disk, {}, {}, {}};
  for (const FillLog::Records& r : state.fills.accounts) put.fills.push_back(r.on_disk);
  for (const Market& m : state.markets) put.trades.push_back(m.tape.on_disk());
  for (const History::Reports& r : state.emitter.history.accounts) {
    auto& chunks = put.chunks.emplace_back();
    for (const History::Chunk& c : r.chunks) {
      if (c.place.generation == generation) chunks.push_back({c.first, c.last, c.place});
    }
  }
  return put;
}

void note_on_disk(State& state, const PutOnDisk& other) {
  const std::uint64_t forgotten = state.on_disk.forgotten;
  state.on_disk = other.marks;
  state.on_disk.forgotten = forgotten;
  for (std::size_t i = 0; i < other.fills.size(); ++i) state.fills.accounts[i].on_disk = other.fills[i];
  for (std::size_t i = 0; i < other.trades.size(); ++i) state.markets[i].tape.set_on_disk(other.trades[i]);
  History& history = state.emitter.history;
  forget_old_chunks(state, true);  // the other did before it wrote: what is on disk begins at the front
  for (std::size_t a = 0; a < other.chunks.size(); ++a) {
    auto& chunks = history.accounts[a].chunks;
    for (const PutOnDisk::Chunk& filed : other.chunks[a]) {
      const auto found = std::ranges::lower_bound(chunks, filed.first, {}, &History::Chunk::first);
      if (found == chunks.end() || found->first != filed.first || found->last != filed.last) continue;  // forgotten meanwhile
      history.count_all(*found);
      found->place = filed.place;
      found->bytes = {};
    }
  }
}

}  // namespace marginfix::sim

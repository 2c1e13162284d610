// Opening, replaying, snapshots. A directory holds snapshot-<g>.mfs (state at the start of journal g; none for the first), the files it
// names (record/on_disk.hpp), journal-<g>.mfj and, while snapshot g+1 is being made, journal-<g+1>.mfj; older generations are removed once
// a newer snapshot is safe.
#include <algorithm>
#include <charconv>

#include "sim/exchange/impl.hpp"
#include "sim/exchange/record/save.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/values/files.hpp"
#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {
namespace {

// Raise when the same commands would give another state: an older journal is then refused instead of replayed into something else.
constexpr std::uint32_t kEngineVersion = 5;

std::optional<std::uint64_t> generation_of(const std::filesystem::path& path, std::string_view kind, std::string_view extension) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kind) || !name.ends_with(extension) || name.size() <= kind.size() + extension.size()) return std::nullopt;
  std::uint64_t g{};
  const char* const end = name.data() + name.size() - extension.size();
  const auto [p, ec] = std::from_chars(name.data() + kind.size(), end, g);
  return ec == std::errc{} && p == end ? std::optional(g) : std::nullopt;
}

}  // namespace

std::string Exchange::Impl::identity() const {
  std::string text;
  ArchiveOut out(text);
  out(kEngineVersion, options.seed, options.quiet_market, options.per_market_limit, options.account_limit);
  for (const MarketSpec& m : options.markets) {
    out(m.symbol, m.contract_size, m.reference_price, m.leverage_tenthousandths, m.initial_margin_percent, m.status);
    out(m.underlying_multiplier, m.funding_deadband_tenthousandths, m.funding_cap_tenthousandths, m.invalid_premium);
    // Since November 2026, and only where it is not as it was: a list of before has the identity it had.
    if (m.reference_hours != ReferenceHours::Always) out(m.reference_hours);
    if (m.exchange_index != 0) out(m.exchange_index);
  }
  if (options.fees != FeeSchedule{}) out(options.fees.maker_tenthousandths, options.fees.taker_tenthousandths);
  return text;
}

std::filesystem::path Exchange::Impl::snapshot_file(std::uint64_t generation) const {
  return options.dir / ("snapshot-" + std::to_string(generation) + ".mfs");
}
std::filesystem::path Exchange::Impl::journal_file(std::uint64_t generation) const {
  return options.dir / ("journal-" + std::to_string(generation) + ".mfj");
}

Exchange::Impl::Impl(ExchangeOptions o) : options(std::move(o)), state(options), limits(options.tier) {
  state.emitter.history.dir = options.dir;
}

Result<OpenReport> Exchange::Impl::load() {
  OpenReport report;
  if (options.dir.empty()) return report;
  std::error_code ec;
  std::filesystem::create_directories(options.dir, ec);
  auto lock = lock_directory(options.dir);
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  has_snapshot_ = find_generation();
  keep_earlier_markets();
  replaying = true;
  auto ok = load_snapshot(report);
  if (ok) ok = open_journal(report);
  replaying = false;
  if (!ok) return ok.error();
  remove_unfinished_files();
  remove_other_generations();
  return report;
}

std::string* Exchange::Impl::begin_record(Op op) {
  if (!journal_) return nullptr;
  scratch_.clear();
  ArchiveOut out(scratch_);
  out(op, state.emitter.exec().a, state.clock);
  return &scratch_;
}

void Exchange::Impl::end_record() {
  journal_->append(scratch_);
  if (options.write_policy == WritePolicy::EachCommand) journal_->flush();
}

void Exchange::Impl::commit() {
  if (journal_) journal_->flush();
}

bool Exchange::Impl::find_generation() {
  generation_ = 1;
  bool found = false;
  for (const std::filesystem::path& path : files_in(options.dir).value()) {
    const auto g = generation_of(path, "snapshot-", ".mfs");
    if (g && *g >= generation_) {
      generation_ = *g;
      found = true;
    }
  }
  return found;
}

// An exchange that was begun with the markets of before November 2026 goes on with them.
void Exchange::Impl::keep_earlier_markets() {
  std::vector<MarketSpec> earlier = production_markets_before_november();
  const auto same = [](const MarketSpec& a, const MarketSpec& b) { return a.symbol == b.symbol; };
  if (options.markets.size() < earlier.size() || !std::equal(earlier.begin(), earlier.end(), options.markets.begin(), same)) return;
  const auto made_with = identity_of(has_snapshot_ ? snapshot_file(generation_) : journal_file(generation_));
  if (!made_with || *made_with == identity()) return;
  options.markets.swap(earlier);
  if (*made_with == identity()) {
    state.set_markets(options.markets, options.quiet_market);
  } else {
    options.markets.swap(earlier);
  }
}

Result<void> Exchange::Impl::load_snapshot(OpenReport& report) {
  if (!has_snapshot_) return {};
  const auto records = read_checked_file(snapshot_file(generation_), identity());
  if (!records) return records.error();
  // Those of before December 2026 have one record, and name no files.
  const std::string_view files = records->size() > 1 ? std::string_view((*records)[1]) : std::string_view();
  auto loaded = sim::load(state, records->front(), [&] { return read_files(state, folder(), files); });
  if (!loaded) return loaded;
  snapshot_size_ = records->front().size();
  report.from_snapshot = true;
  return {};
}

Result<void> Exchange::Impl::read_closed_journal(OpenReport& report) {
  Journal::Reading reading;
  auto read = Journal::read(
      journal_file(generation_), identity(), [this](std::string_view r) { return replay(state, r); }, reading);
  report.commands += reading.records;
  return read;
}

Result<void> Exchange::Impl::open_journal(OpenReport& report) {
  base_ = generation_;
  for (; std::filesystem::exists(journal_file(generation_ + 1)); ++generation_) {
    if (auto read = read_closed_journal(report); !read) return read;
    older_journals_ += std::filesystem::file_size(journal_file(generation_));
  }
  Journal::Reading reading;
  auto journal = Journal::open(
      journal_file(generation_), identity(), [this](std::string_view r) { return replay(state, r); }, reading, writing());
  if (!journal) return journal.error();
  journal_.emplace(std::move(*journal));
  report.commands += reading.records;
  report.cut_bytes = reading.cut_bytes;
  return {};
}

// What cannot be removed, or not be found, only takes room: the next snapshot tries again.
void Exchange::Impl::remove_other_generations() const {
  std::error_code ec;
  const auto paths = files_in(options.dir);
  if (!paths) return;
  for (const std::filesystem::path& path : *paths) {
    const auto snapshot = generation_of(path, "snapshot-", ".mfs");
    const auto journal = generation_of(path, "journal-", ".mfj");
    const auto closed = generation_of(path, "closed-", ".mfc");
    const auto reports = generation_of(path, "reports-", ".mfr");
    const bool unnamed = (closed || reports) && !names_file(state, path.filename().string());
    if ((snapshot && *snapshot != base_) || (journal && *journal < base_) || unnamed) std::filesystem::remove(path, ec);
  }
}

// The snapshot first, which may stand there though it is not known to be safe: it must not name what is gone.
void Exchange::Impl::remove_snapshot(std::uint64_t generation) const {
  std::error_code ec;
  std::filesystem::remove(snapshot_file(generation), ec);
  if (ec) return;
  std::filesystem::remove(options.dir / ("closed-" + std::to_string(generation) + ".mfc"), ec);
  std::filesystem::remove(options.dir / ("reports-" + std::to_string(generation) + ".mfr"), ec);
}

// What a process that died was writing.
void Exchange::Impl::remove_unfinished_files() const {
  std::error_code ec;
  const auto paths = files_in(options.dir);
  if (!paths) return;
  for (const std::filesystem::path& path : *paths) {
    const bool ours = generation_of(path, "snapshot-", ".mfs.tmp") || generation_of(path, "closed-", ".mfc.tmp") ||
                      generation_of(path, "reports-", ".mfr.tmp");
    if (ours) std::filesystem::remove(path, ec);
  }
}

void Exchange::Impl::tell_checkpoint() {
  const EventNo last = state.emitter.event_no;
  for (EventSink* sink : state.emitter.sinks()) sink->on_checkpoint(last);
}

void Exchange::Impl::begin_journal(std::uint64_t generation) {
  const auto none = [](std::string_view) -> Result<void> { return {}; };
  try {
    Journal::Reading reading;
    Journal next = Journal::open(journal_file(generation), identity(), none, reading, writing()).value();
    older_journals_ += journal_->size();
    journal_.emplace(std::move(next));
    generation_ = generation;
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(journal_file(generation), ignored);  // a restart would look for commands in it
    throw;
  }
}

Result<void> Exchange::Impl::write_snapshot(std::uint64_t generation) {
  if (auto put = put_on_disk(state, folder(), generation); !put) return put;
  const std::string bytes = save(state), files = describe_files(state);
  const std::string_view records[] = {bytes, files};
  const std::span<const std::string_view> told(records, files.empty() ? 1 : 2);
  if (auto written = write_checked_file(snapshot_file(generation), identity(), told); !written) return written;
  base_ = generation;
  snapshot_size_ = bytes.size();
  return {};
}

// The new journal first: whatever happens then, the files hold everything, in one journal or in two.
void Exchange::Impl::checkpoint() {
  if (!journal_) return;
  end_compaction();
  tell_checkpoint();
  journal_->flush();
  begin_journal(generation_ + 1);
  write_snapshot(generation_).value();
  older_journals_ = not_before_ = 0;
  remove_other_generations();
}

// The command that was just run is done, whatever becomes of the snapshot: it is tried again when the journal has grown by half of what
// brings one.
void Exchange::Impl::after_command() {
  if (!freed_.empty()) freed_.pop_back();
  if (compaction_ && compaction_->done) end_compaction();
  if (!journal_ || compaction_ || to_replay() < std::max({options.snapshot_bytes, snapshot_size_, not_before_})) return;
  not_before_ = to_replay() + std::max(options.snapshot_bytes, snapshot_size_) / 2;
  try {
    make_snapshot();
  } catch (const std::exception&) {
    // Nothing is lost but time at the next restart.
  }
}

void Exchange::Impl::make_snapshot() {
  to_replay() + snapshot_size_ + bytes_on_disk(state) < options.snapshot_at_once ? checkpoint() : begin_compaction();
}

}  // namespace marginfix::sim

// Opening, replaying, snapshots. A directory holds snapshot-<g>.mfs (state at the start of journal g; none for the first),
// journal-<g>.mfj and, while snapshot g+1 is being made, journal-<g+1>.mfj; older generations are removed once a newer snapshot is safe.
#include <algorithm>
#include <charconv>

#include "sim/exchange/impl.hpp"
#include "sim/exchange/record/save.hpp"
#include "sim/exchange/state.hpp"
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

std::filesystem::path Exchange::Impl::file(const char* kind) const {
  const bool journal = std::string_view(kind) == "journal";
  return options.dir / (std::string(kind) + "-" + std::to_string(generation_) + (journal ? ".mfj" : ".mfs"));
}

Exchange::Impl::Impl(ExchangeOptions o) : options(std::move(o)), state(options), limits(options.tier) {}

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
  for (const auto& entry : std::filesystem::directory_iterator(options.dir)) {
    const auto g = generation_of(entry.path(), "snapshot-", ".mfs");
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
  const auto made_with = identity_of(file(has_snapshot_ ? "snapshot" : "journal"));
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
  auto bytes = read_checked_file(file("snapshot"), identity());
  if (!bytes) return bytes.error();
  if (!sim::load(state, *bytes)) {
    return fail(ErrorCategory::store, "the snapshot is unreadable; start with an empty directory and report this");
  }
  snapshot_size_ = bytes->size();
  report.from_snapshot = true;
  return {};
}

Result<void> Exchange::Impl::read_closed_journal(OpenReport& report) {
  Journal::Reading reading;
  auto read = Journal::read(
      file("journal"), identity(), [this](std::string_view r) { return replay(state, r); }, reading);
  report.commands += reading.records;
  return read;
}

Result<void> Exchange::Impl::open_journal(OpenReport& report) {
  base_ = generation_;
  const auto next = [this] { return options.dir / ("journal-" + std::to_string(generation_ + 1) + ".mfj"); };
  for (; std::filesystem::exists(next()); ++generation_) {
    if (auto read = read_closed_journal(report); !read) return read;
  }
  Journal::Reading reading;
  auto journal = Journal::open(
      file("journal"), identity(), [this](std::string_view r) { return replay(state, r); }, reading);
  if (!journal) return journal.error();
  journal_.emplace(std::move(*journal));
  report.commands += reading.records;
  report.cut_bytes = reading.cut_bytes;
  return {};
}

void Exchange::Impl::remove_other_generations() const {
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(options.dir, ec)) {
    const auto snapshot = generation_of(entry.path(), "snapshot-", ".mfs");
    const auto journal = generation_of(entry.path(), "journal-", ".mfj");
    if ((snapshot && *snapshot != base_) || (journal && *journal < base_)) std::filesystem::remove(entry.path(), ec);
  }
}

void Exchange::Impl::tell_checkpoint() {
  const EventNo last = state.emitter.event_no;
  for (Listener* l : state.emitter.listeners()) l->on_checkpoint(last);
}

void Exchange::Impl::begin_journal() {
  Journal::Reading reading;
  journal_.emplace(Journal::open(
                       file("journal"), identity(), [](std::string_view) -> Result<void> { return {}; }, reading)
                       .value());
}

void Exchange::Impl::checkpoint() {
  if (!journal_) return;
  end_compaction();
  tell_checkpoint();
  journal_->flush();
  const std::string bytes = save(state);
  ++generation_;
  // The snapshot is safe before its journal exists; without the snapshot the old journal still holds everything.
  write_checked_file(file("snapshot"), identity(), bytes).value();
  begin_journal();
  base_ = generation_;
  snapshot_size_ = bytes.size();
  remove_other_generations();
}

void Exchange::Impl::after_command() {
  if (compaction_ && compaction_->done) end_compaction();
  if (!journal_ || compaction_ || journal_->size() < std::max(options.snapshot_bytes, snapshot_size_)) return;
  journal_->size() + snapshot_size_ < options.snapshot_at_once ? checkpoint() : begin_compaction();
}

}  // namespace marginfix::sim

// Scenarios and what they cost.
#include "sim/exchange/clearing/risk_model.hpp"

#include <algorithm>

#include "sim/exchange/values/random.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kHvarPairs = 120, kApcPairs = 60, kStresses = 12, kFundingRows = 60;
constexpr Return kOne = 1'000'000;
constexpr std::size_t kThirdWorst = 2;  // what floor(1 % x 240) says
constexpr std::int64_t kMinimumPercent = 1;

Wide up(Wide numerator, Wide divisor) { return (numerator + divisor - 1) / divisor; }

// Roughly bell-shaped: the sum of four draws.
Return draw(Random& random, Return size) {
  Return sum = 0;
  for (int i = 0; i < 4; ++i) sum += random.between(-size, size);
  return sum;
}

Return target_of(const RiskModel::Column& c) { return kOne * 10'000 / c.leverage_tenthousandths; }

ReturnMatrix paired(Random& random, std::size_t pairs, const std::vector<RiskModel::Column>& columns, Return numerator, Return divisor) {
  ReturnMatrix m;
  for (std::size_t i = 0; i < pairs; ++i) {
    const Return common = draw(random, kOne);
    std::vector<Return> row, mirrored;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      row.push_back(common + draw(random, kOne));
      mirrored.push_back(-row.back());
    }
    m.rows.push_back(std::move(row));
    m.rows.push_back(std::move(mirrored));
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<Return> column;
    for (const auto& row : m.rows) column.push_back(row[c]);
    std::ranges::sort(column);
    const Return worst = std::max<Return>(1, -column[std::min(kThirdWorst, column.size() - 1)]);
    const Return target = target_of(columns[c]) * numerator / divisor;
    for (auto& row : m.rows) row[c] = static_cast<Return>(static_cast<Wide>(row[c]) * target / worst);
  }
  return m;
}

// Results in 10^-10 dollars: ticks x millionths.
Wide tail_loss(std::vector<Wide> results, std::int64_t percent) {
  std::ranges::sort(results);
  const std::size_t at = results.size() * static_cast<std::size_t>(percent) / 100;
  return std::max<Wide>(0, -results[std::min(at, results.size() - 1)]);
}

void add_results(const ReturnMatrix& m, std::span<const RiskPosition> positions, std::vector<Wide>& out) {
  for (const auto& row : m.rows) {
    Wide sum = 0;
    for (const RiskPosition& p : positions) sum += static_cast<Wide>(p.contracts) * p.price * row[p.column];
    out.push_back(sum);
  }
}

Centicents tail(std::initializer_list<const ReturnMatrix*> matrices, std::span<const RiskPosition> positions, std::int64_t percent) {
  std::vector<Wide> results;
  for (const ReturnMatrix* m : matrices) add_results(*m, positions, results);
  return static_cast<Centicents>(up(tail_loss(std::move(results), percent), kOne));
}

std::int64_t square_root(std::int64_t n) {
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 31; bit != 0; bit >>= 1) {
    if ((root + bit) <= n / (root + bit)) root += bit;
  }
  return root;
}

Wide notional(const RiskPosition& p) { return static_cast<Wide>(p.contracts < 0 ? -p.contracts : p.contracts) * p.price; }

Centicents liquidation_cost(const LiquidationConfig& config, const RiskPosition& p) {
  const Wide size = p.contracts < 0 ? -static_cast<Wide>(p.contracts) : p.contracts;
  // The share of the volume in 10^-12, so that its root is in millionths; at most all of it a thousand times over.
  const Wide share = std::min<Wide>(size * kOne * kOne / config.forecasted_volume, static_cast<Wide>(kOne) * kOne * 1'000);
  const Wide impact =
      static_cast<Wide>(config.volatility) * config.coefficient * square_root(static_cast<std::int64_t>(share)) / kOne / 1'000;
  return static_cast<Centicents>(up(notional(p) * (config.spread_rate + impact), kOne));
}

}  // namespace

RiskModel::RiskModel(std::uint64_t seed, std::string_view asset_class, Date day, std::vector<Column> the_columns)
    : columns(std::move(the_columns)) {
  std::uint64_t start = mix64(seed ^ 0x7269'736BULL) ^ static_cast<std::uint64_t>(std::chrono::sys_days(day).time_since_epoch().count());
  for (const char c : asset_class) start = mix64(start ^ static_cast<unsigned char>(c));
  Random random(start);
  hvar = paired(random, kHvarPairs, columns, 1, 1);
  apc = paired(random, kApcPairs, columns, 4, 5);
  for (std::size_t i = 0; i < kStresses; ++i) {
    auto& row = aug.rows.emplace_back();
    const Return permille = (i % 2 == 0 ? 1 : -1) * random.between(500, 1'000);
    for (const Column& c : columns) row.push_back(target_of(c) * permille / 1'000);
  }
  for (std::size_t i = 0; i < kFundingRows; ++i) {
    auto& row = funding.rows.emplace_back();
    for (std::size_t c = 0; c < columns.size(); ++c) row.push_back(random.between(-300, 300));
  }
  for (const Column& c : columns) {
    liquidation.push_back({target_of(c) / 8, 500, 1'000 * random.between(50, 500), random.between(50, 300)});
  }
}

RiskEstimate estimate(const RiskModel& model, const std::vector<RiskPosition>& positions, bool together) {
  RiskEstimate out;
  const std::span all(positions);
  const std::size_t groups = together ? 1 : positions.size();
  for (std::size_t g = 0; g < groups; ++g) {
    const auto group = together ? all : all.subspan(g, 1);
    const Centicents hvar = tail({&model.hvar}, group, RiskModel::kBasePercent);
    const Centicents apc = tail({&model.apc, &model.aug}, group, RiskModel::kBasePercent);
    const Centicents base = std::max(hvar, apc);
    const Centicents funding = tail({&model.funding}, group, RiskModel::kFundingPercent);
    Centicents liquidation = 0;
    for (const RiskPosition& p : group) liquidation += liquidation_cost(model.liquidation[p.column], p);
    out.hvar += hvar;
    out.apc += apc;
    out.base += base;
    out.funding += funding;
    out.liquidation += liquidation;
    Centicents total = base + funding + liquidation;
    if (!together) total = std::max(total, static_cast<Centicents>(up(notional(group[0]) * kMinimumPercent, 100)));
    out.total += total;
  }
  return out;
}

}  // namespace marginfix::sim

#include "services/reconcile/report/day_report.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <set>

#include "marginfix/core/base64.hpp"
#include "services/reconcile/iso_date.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/report/html.hpp"
#include "services/reconcile/report/plot.hpp"
#include "services/reconcile/web/api.hpp"
#include "services/reconcile/web/assets.hpp"
#include "services/reconcile/web/coverage.hpp"
#include "services/reconcile/web/series.hpp"
#include "services/reconcile/web/wide_sum.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::int64_t kReportFillsAtOnce = 50'000;
constexpr std::int64_t kMostBreaks = 5000;

struct Report {
  Storage& storage;
  std::string account;
  Date date;
  DayRange range;
  std::vector<std::string> accounts;
  bool wants(const std::string& name) const { return account.empty() || name == account; }
};

std::string time_text(Timestamp time) {
  return time == Timestamp{} ? "" : to_rfc3339(time).substr(0, 10) + " " + to_rfc3339(time).substr(11, 8);
}
std::string time_text(const std::optional<Timestamp>& time) { return time ? time_text(*time) : ""; }
template <class Tag>
std::string text_or(const std::optional<FixedDecimal<Tag>>& value, int decimals) {
  return value ? grouped(value->to_string(), decimals) : "not known";
}
template <class Decimal>
std::string dollars(const Decimal& value) {
  return grouped(value.to_string());
}
template <class Count>
std::string contracts(const Count& value) {
  return grouped(value.to_string(), 0);
}

std::string style_hash() {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  const std::string_view css = report_css();
  SHA256(reinterpret_cast<const unsigned char*>(css.data()), css.size(), digest.data());
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string report_head(const Report& report) {
  const std::string title = "Reconciliation, clearing day " + iso_date(report.date);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"";
  out += "default-src 'none'; style-src 'sha256-" + style_hash() + "'; base-uri 'none'; form-action 'none'\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<title>" + title + "</title>\n<style>" + std::string(report_css()) + "</style></head>\n<body>\n<header><h1>" + title +
         "</h1>\n<p class=\"quiet\">";
  out += report.account.empty() ? "All accounts" : "Account " + html_text(report.account);
  out += "; from " + time_text(report.range.from) + " to " + time_text(report.range.to) +
         " UTC (16:00 to 16:00 Eastern)</p></header>\n<main>\n";
  return out;
}

// ---- what the day came to -----------------------------------------------------------------------------------------------

struct DaySums {
  std::int64_t fills{0};
  CountSum bought, sold;
  DollarSum notional, fees, realized_pnl, funding;
  void add(const DayRow& row) {
    fills += row.fills, bought += row.bought, sold += row.sold;
    notional += row.notional, fees += row.fees, realized_pnl += row.realized_pnl, funding += row.funding;
  }
  DollarSum net() const {
    DollarSum sum = realized_pnl;
    sum -= fees, sum += funding;
    return sum;
  }
};

std::vector<DayRow> day_rows(const Report& report) {
  std::vector<DayRow> rows;
  for (const std::string& account : report.accounts) {
    for (DayRow& row :
         all<DayRow>(report.storage, "WHERE account = $1 AND clearing_date = $2 ORDER BY subaccount, symbol", account, report.date)) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

// Open now, or open at some time of the day.
std::vector<BreakRow> day_breaks(const Report& report) {
  std::vector<BreakRow> rows;
  each<BreakRow>(
      report.storage, "WHERE state < 2 OR (first_seen < $1 AND closed >= $2) ORDER BY id DESC LIMIT $3",
      [&](const BreakRow& row) {
        if (report.wants(row.account)) rows.push_back(row);
      },
      report.range.to, report.range.from, kMostBreaks);
  std::ranges::reverse(rows);
  return rows;
}

std::string verdict_of(const std::vector<BreakRow>& breaks) {
  const auto open = std::ranges::count_if(breaks, [](const BreakRow& row) { return is_open(row.state); });
  const auto closed = static_cast<std::int64_t>(breaks.size()) - open;
  const std::string closed_words = closed == 0 ? "" : " " + std::to_string(closed) + " of this day closed.";
  if (open == 0) return "<p class=\"verdict good\">No break is open." + closed_words + "</p>\n";
  return "<p class=\"verdict bad\">" + std::to_string(open) + (open == 1 ? " break is open." : " breaks are open.") + closed_words +
         "</p>\n";
}

std::string figures_of(const DaySums& sums) {
  const auto figure = [](std::string_view name, const std::string& value) {
    return "<div><span>" + html_text(name) + "</span><b>" + html_text(value) + "</b></div>";
  };
  return "<div class=\"figures\">" + figure("Executions", grouped(std::to_string(sums.fills), 0)) +
         figure("Notional", dollars(sums.notional)) + figure("Realised PnL", dollars(sums.realized_pnl)) +
         figure("Fees", dollars(sums.fees)) + figure("Funding", dollars(sums.funding)) + figure("Net PnL", dollars(sums.net())) +
         "</div>\n";
}

std::string section(std::string_view title, const HtmlTable& table, std::string_view when_empty) {
  return "<h2>" + html_text(title) + "</h2>\n" +
         (table.empty() ? "<p class=\"quiet\">" + html_text(when_empty) + "</p>\n" : table.to_string());
}

std::string fills_section(const std::vector<DayRow>& rows, const DaySums& sums) {
  HtmlTable table({{"Account", ""},
                   {"Sub", "num"},
                   {"Symbol", ""},
                   {"Executions", "num"},
                   {"Bought", "num"},
                   {"Sold", "num"},
                   {"Notional", "num"},
                   {"Fees", "num"},
                   {"Realised PnL", "num"},
                   {"Funding", "num"}});
  for (const DayRow& row : rows) {
    table.row({row.account, std::to_string(row.subaccount), row.symbol, grouped(std::to_string(row.fills), 0), contracts(row.bought),
               contracts(row.sold), dollars(row.notional), dollars(row.fees), dollars(row.realized_pnl), dollars(row.funding)});
  }
  table.total({"All", "", "", grouped(std::to_string(sums.fills), 0), contracts(sums.bought), contracts(sums.sold), dollars(sums.notional),
               dollars(sums.fees), dollars(sums.realized_pnl), dollars(sums.funding)});
  return section("Fills and fees by symbol", table, "No execution in this day.");
}

std::string positions_section(const Report& report) {
  HtmlTable table({{"Account", ""},
                   {"Sub", "num"},
                   {"Symbol", ""},
                   {"By fills", "num"},
                   {"704 - 705", "num"},
                   {"REST", "num"},
                   {"Klear", "num"},
                   {"Entry price", "num"},
                   {"Realised PnL", "num"},
                   {"Unrealised PnL", "num"},
                   {"Margin used", "num"}});
  each<PositionRow>(report.storage, "ORDER BY account, subaccount, symbol", [&](const PositionRow& row) {
    if (!report.wants(row.account)) return;
    const std::optional<FixedPointCount> net = row.opening ? std::optional(*row.opening + row.traded) : std::nullopt;
    const std::array sides{net, row.fix_net, row.rest_net, row.klear_net};
    std::set<FixedPointCount> values;
    for (const auto& side : sides) {
      if (side) values.insert(*side);
    }
    std::vector<std::size_t> differs;
    for (std::size_t i = 0; i < sides.size() && values.size() > 1; ++i) {
      if (sides[i]) differs.push_back(3 + i);
    }
    table.row({row.account, std::to_string(row.subaccount), row.symbol, text_or(net, 0), text_or(row.fix_net, 0), text_or(row.rest_net, 0),
               text_or(row.klear_net, 0), dollars(row.entry_price), dollars(row.realized_pnl), text_or(row.unrealized_pnl, 2),
               text_or(row.margin_used, 2)},
              differs);
  });
  return section("Positions, as the ledger has them now", table, "No position.");
}

std::string funding_section(const Report& report) {
  HtmlTable table({{"Time (UTC)", ""},
                   {"Told by", ""},
                   {"Account", ""},
                   {"Sub", "num"},
                   {"Symbol", ""},
                   {"Rate", "num"},
                   {"Mark", "num"},
                   {"Position", "num"},
                   {"Amount", "num"}});
  each<FundingRow>(
      report.storage, "WHERE funding_time >= $1 AND funding_time < $2 ORDER BY funding_time, account, subaccount, symbol, source",
      [&](const FundingRow& row) {
        if (!report.wants(row.account)) return;
        table.row({time_text(row.funding_time), std::string(to_string(row.source)), row.account, std::to_string(row.subaccount), row.symbol,
                   row.rate, row.mark_price ? dollars(*row.mark_price) : "", contracts(row.quantity), dollars(row.amount)});
      },
      report.range.from, report.range.to);
  return section("Funding", table, "No funding payment in this day.");
}

std::string breaks_section(const std::vector<BreakRow>& breaks) {
  HtmlTable table({{"Break", "num"},
                   {"State", ""},
                   {"Category", ""},
                   {"Account", ""},
                   {"Symbol", ""},
                   {"ExecID", "id"},
                   {"Here", "id"},
                   {"There", "id"},
                   {"Notional", "num"},
                   {"First seen (UTC)", ""},
                   {"Why, and who closed it", "words"}});
  for (const BreakRow& row : breaks) {
    const auto side = [](const std::string& source, const std::string& value) {
      return source.empty() ? value : std::string(source).append(": ").append(value);
    };
    std::string words = row.explanation;
    if (row.closed)
      words += (words.empty() ? "" : " - ") + (row.closed_by.empty() ? "closed by itself" : "by " + row.closed_by) +
               (row.reason.empty() ? "" : ": " + row.reason);
    table.row({"#" + std::to_string(row.id), std::string(to_string(row.state)), std::string(to_string(row.category)), row.account,
               row.symbol, row.exec_id, side(row.here_source, row.here_value), side(row.there_source, row.there_value),
               dollars(row.notional), time_text(row.first_seen), words},
              row.here_value == row.there_value ? std::vector<std::size_t>{} : std::vector<std::size_t>{6, 7});
  }
  return section("Breaks, with both sides", table, "No break in this day.");
}

// ---- coverage, drawings -------------------------------------------------------------------------------------------------

// Until when the ledger can speak: a day that is not over is not covered to its end.
Timestamp told_until(const Report& report) {
  return std::max(Timestamp(std::chrono::microseconds(meta_number(report.storage, "exchange_now"))),
                  Timestamp(std::chrono::microseconds(number(report.storage, "SELECT MAX(last_message) FROM sources"))));
}

std::string coverage_of(const Report& report, const std::string& account) {
  const Timestamp now = told_until(report);
  std::vector<SpanRow> spans;
  std::vector<Lane> lanes{{"Proven", {}}};
  for (std::uint8_t i = 0; i < kSources; ++i) {
    const auto source = static_cast<Source>(i);
    const auto of_source = spans_in(report.storage, account, source, report.range);
    if (of_source.empty()) continue;
    Lane lane{std::string(to_string(source)), {}};
    for (const SpanRow& span : of_source) {
      const bool ranged = source != Source::listener && source != Source::websocket && span.covers_from;
      lane.stretches.push_back(
          {ranged ? *span.covers_from : span.began, ranged ? span.covers_to.value_or(now) : span.ended.value_or(now), lane.name});
    }
    lanes.push_back(std::move(lane));
    std::ranges::copy(of_source, std::back_inserter(spans));
  }
  const auto gaps = gaps_in(report.storage, account, report.range);
  lanes.front().stretches = proven(spans, gaps, report.range.from, report.range.to, now);
  HtmlTable table(
      {{"Listener away from (UTC)", ""}, {"until", ""}, {"Last sure report", ""}, {"Closed", ""}, {"by", ""}, {"Why", "words"}});
  for (const GapRow& gap : gaps) {
    const Stretch hole = hole_of(gap, spans, now);
    table.row({time_text(hole.from), time_text(hole.to), time_text(gap.since), gap.closed ? time_text(gap.closed) : "not yet",
               gap.closed_by, gap.why});
  }
  return "<h3>" + html_text(account) + "</h3>\n" + coverage_svg(lanes, report.range) +
         (table.empty() ? "<p class=\"quiet\">The listener was never away.</p>\n" : table.to_string());
}

std::string plots_of(const Report& report) {
  Series series;
  while (series.follow(report.storage, kReportFillsAtOnce)) continue;
  Plot pnl{"Realised PnL less fees, by average cost of the fills, in dollars", PlotKind::line, report.range, {}};
  Plot notional{"Notional in five minutes, in dollars", PlotKind::columns, report.range, {}};
  DollarSum sum;
  for (const SeriesPoint& point : series.points(report.account, report.range.from, report.range.to)) {
    sum += point.realized_pnl, sum -= point.fees;
    pnl.points.emplace_back(point.from, sum.units());
    notional.points.emplace_back(point.from, point.notional.units());
  }
  std::string out = plot_svg(pnl) + plot_svg(notional);
  for (const std::string& account : report.accounts) {
    Plot margin{"Margin used by " + account + " as REST states it, in dollars", PlotKind::line, report.range, {}};
    each<CashRow>(
        report.storage, "WHERE source = $1 AND account = $2 AND subaccount = 0 AND seen >= $3 AND seen < $4 ORDER BY seen",
        [&](const CashRow& row) {
          if (row.margin_used) margin.points.emplace_back(row.seen, row.margin_used->units());
        },
        Source::rest, account, report.range.from, report.range.to);
    out += plot_svg(margin);
  }
  return out;
}

std::vector<std::string> accounts_of(Storage& storage, const std::string& account) {
  std::set<std::string> names;
  each<SourceRow>(storage, "ORDER BY account, source", [&](const SourceRow& row) {
    if (!row.account.empty() && (account.empty() || row.account == account)) names.insert(row.account);
  });
  return {names.begin(), names.end()};
}

}  // namespace

std::string day_report(Storage& storage, const std::string& account, Date date) {
  const Report report{storage, account, date, day_range(date), accounts_of(storage, account)};
  const auto rows = day_rows(report);
  const auto breaks = day_breaks(report);
  DaySums sums;
  for (const DayRow& row : rows) sums.add(row);
  std::string out = report_head(report) + verdict_of(breaks) + figures_of(sums) + plots_of(report) + breaks_section(breaks);
  out += fills_section(rows, sums) + positions_section(report) + funding_section(report) + "<h2>Coverage</h2>\n";
  if (report.accounts.empty()) out += "<p class=\"quiet\">The ledger knows no account of this name.</p>\n";
  for (const std::string& name : report.accounts) out += coverage_of(report, name);
  out += "<footer>From the ledger at position " + std::to_string(ledger_position(storage)) +
         " of its journal. Times are UTC, money in dollars.</footer>\n";
  return out + "</main></body></html>\n";
}

}  // namespace marginfix::reconcile

#include "apps/reconcile/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "apps/output.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::apps {
namespace {

using namespace marginfix::reconcile;

// What a category means, and what a person does about it; docs/reconcile.md says it at length.
struct Advice {
  BreakCategory category;
  std::string_view means, to_do;
};
constexpr std::array kAdvice{
    Advice{BreakCategory::missing_here, "another source tells of a fill that the FIX feed should have told and did not",
           "look whether the listener was on then (reconcile coverage); if the ledger has the fill from REST, accept it with that reason"},
    Advice{BreakCategory::missing_there, "FIX told of a fill that another source must have and does not",
           "ask that source again (reconcile run --once); if it stays, ask the exchange with ExecID and fill_id"},
    Advice{BreakCategory::duplicate, "one ExecID came again with other content", "keep both (reconcile breaks show) and ask the exchange"},
    Advice{BreakCategory::quantity, "two sources tell different quantities of one fill", "ask the exchange which is right"},
    Advice{BreakCategory::price, "two sources tell different prices of one fill", "ask the exchange which is right"},
    Advice{BreakCategory::side, "two sources tell different sides of one fill", "ask the exchange which is right"},
    Advice{BreakCategory::symbol, "two sources tell different markets of one fill", "ask the exchange which is right"},
    Advice{BreakCategory::account, "a fill is told under another account or subaccount than the one it is booked under",
           "find out who entered the order, and move the position if it is in the wrong place"},
    Advice{BreakCategory::order_state, "an order is open for one source and done for the other",
           "trust LeavesQty(151) of the newest report; if REST still shows it open, cancel it by hand or ask the exchange"},
    Advice{BreakCategory::cum_qty, "CumQty(14) of an order is not the sum of its fills", "a fill is missing: look for it by OrderID"},
    Advice{BreakCategory::avg_px, "AvgPx(6) of an order is not the mean of its fills", "compare the fills' prices one by one"},
    Advice{BreakCategory::position, "sources state different positions",
           "begin with the fills: a position break without a fill break is "
           "an opening position or a corporate action"},
    Advice{BreakCategory::fee, "the fee differs by more than the tolerance", "compare with the fee tier of that day"},
    Advice{BreakCategory::funding, "a funding payment differs or is missing", "compare rate, mark price and position at that funding time"},
    Advice{BreakCategory::collateral, "cash or collateral differ", "look for a transfer, a settlement or a fee that is not booked"},
    Advice{BreakCategory::late, "a fill came after the cut of its clearing day", "tell whoever has closed that day"},
    Advice{BreakCategory::clearing_date, "ClearingBusinessDate(715) is not the day of TransactTime(60)",
           "ask the exchange which day counts"},
    Advice{BreakCategory::corporate_action, "a position or price changed without a trade", "look for the exchange's notice of that day"},
    Advice{BreakCategory::undecodable, "bytes that could not be read", "they are kept in the journal: `marginfix decode` may say more"},
    Advice{BreakCategory::outcome_unknown, "the firm sent an order and nobody can say what became of it",
           "look the ClOrdID up on REST before sending it again"},
};

std::string text_of(const std::optional<Timestamp>& t) { return t && *t != Timestamp{} ? to_rfc3339(*t) : std::string(); }
template <class Tag>
std::string text_of(const std::optional<FixedDecimal<Tag>>& value) {
  return value ? value->to_string() : std::string();
}

// An optional member: null where it is absent.
template <class T>
void optional_member(json::Writer& json, std::string_view name, const std::optional<T>& value) {
  json.key(name);
  if (value) {
    json.string(text_of(value));
  } else {
    json.null();
  }
}

void write_break(json::Writer& json, const BreakRow& row) {
  json.begin_object().member("id", std::to_string(row.id)).member("category", to_string(row.category));
  json.member("state", to_string(row.state)).member("account", row.account).member("subject", row.subject);
  json.member("exec_id", row.exec_id).member("fill_id", row.trade_id).member("order_id", row.order_id);
  json.member("cl_ord_id", row.cl_ord_id).member("symbol", row.symbol);
  json.key("subaccount");
  row.subaccount ? json.string(std::to_string(*row.subaccount)) : json.null();
  json.member("here_source", row.here_source).member("here_value", row.here_value);
  json.member("there_source", row.there_source).member("there_value", row.there_value);
  json.member("notional", row.notional.to_string()).member("first_seen", to_rfc3339(row.first_seen));
  optional_member(json, "confirmed", row.confirmed);
  optional_member(json, "closed", row.closed);
  json.member("explanation", row.explanation).member("closed_by", row.closed_by).member("reason", row.reason).end_object();
}

bool wanted(const BreakRow& row, const BreakFilter& filter) {
  const bool state =
      filter.state.empty() || filter.state == "all" || (filter.state == "open" ? is_open(row.state) : to_string(row.state) == filter.state);
  return state && (filter.category.empty() || to_string(row.category) == filter.category) &&
         (filter.account.empty() || row.account == filter.account);
}

std::string side_in_words(const std::string& source, const std::string& value) {
  return source.empty() ? value : source + ": " + (value.empty() ? "nothing" : value);
}

std::string line_of_break(const BreakRow& row) {
  std::string what = row.exec_id.empty() ? row.subject : row.exec_id;
  if (!row.symbol.empty()) what += " " + row.symbol;
  return fmt::format("{:>5}  {:<9}  {:<16}  {:<8}  {}  {} | {}", row.id, to_string(row.state), to_string(row.category), row.account, what,
                     side_in_words(row.here_source, row.here_value), side_in_words(row.there_source, row.there_value));
}

Error no_such_break(std::int64_t id) {
  return fail(ErrorCategory::store, fmt::format("there is no break {}: `reconcile breaks list` says which there are", id));
}

void print_member(std::string_view name, const std::string& value) {
  if (!value.empty()) print_line(fmt::format("  {:<14} {}", name, value));
}

const Advice& advice_of(BreakCategory category) { return *std::ranges::find(kAdvice, category, &Advice::category); }
static_assert(kAdvice.size() == kBreakCategories);

FixedPointCount ledger_net(const PositionRow& row) { return row.opening.value_or(FixedPointCount{}) + row.traded; }

void write_position(json::Writer& json, const PositionRow& row) {
  json.begin_object().member("account", row.account).member("subaccount", std::to_string(row.subaccount)).member("symbol", row.symbol);
  json.member("net", ledger_net(row).to_string());
  json.key("opening_known").boolean(row.opening.has_value());
  optional_member(json, "fix_net", row.fix_net);
  optional_member(json, "rest_net", row.rest_net);
  optional_member(json, "klear_net", row.klear_net);
  json.member("entry_price", row.entry_price.to_string()).member("realized_pnl", row.realized_pnl.to_string());
  json.member("fees", row.fees.to_string()).member("funding", row.funding.to_string()).end_object();
}

void write_coverage(Storage& ledger, json::Writer& json) {
  json.begin_object().key("sources").begin_array();
  each<SourceRow>(ledger, "ORDER BY account, source", [&](SourceRow& row) {
    json.begin_object().member("account", row.account).member("source", to_string(row.source)).member("state", to_string(row.state));
    json.member("since", text_of(std::optional(row.since)));
    optional_member(json, "last_message", row.last_message);
    json.member("messages", std::to_string(row.messages)).member("why", row.why).end_object();
  });
  json.end_array().key("gaps").begin_array();
  each<GapRow>(ledger, "ORDER BY account, number", [&](GapRow& row) {
    json.begin_object().member("account", row.account).member("number", std::to_string(row.number));
    json.member("opened", to_rfc3339(row.opened));
    optional_member(json, "since", row.since);
    optional_member(json, "closed", row.closed);
    json.member("closed_by", row.closed_by).member("why", row.why).end_object();
  });
  json.end_array().key("spans").begin_array();
  each<SpanRow>(ledger, "ORDER BY account, source, number", [&](SpanRow& row) {
    json.begin_object().member("account", row.account).member("source", to_string(row.source)).member("began", to_rfc3339(row.began));
    optional_member(json, "ended", row.ended);
    optional_member(json, "covers_from", row.covers_from);
    optional_member(json, "covers_to", row.covers_to);
    json.member("why", row.why).end_object();
  });
  json.end_array().end_object();
}

}  // namespace

Result<void> check_filter(const BreakFilter& filter) {
  const bool state = filter.state.empty() || filter.state == "all" || filter.state == "open" || break_state_of(filter.state);
  if (!state)
    return fail(ErrorCategory::config, "--state is all, open, pending, confirmed, resolved, explained or accepted, not " + filter.state);
  if (!filter.category.empty() && !break_category_of(filter.category))
    return fail(ErrorCategory::config, "there is no category " + filter.category + ": docs/reconcile.md lists them");
  return {};
}

void show_breaks(Storage& ledger, const BreakFilter& filter, bool json) {
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  std::int64_t shown = 0;
  each<BreakRow>(ledger, "ORDER BY id DESC", [&](BreakRow& row) {
    if (!wanted(row, filter)) return;
    ++shown;
    if (json) {
      write_break(writer, row);
    } else {
      print_line(line_of_break(row));
    }
  });
  writer.end_array();
  if (json) {
    print_json(text);
  } else if (shown == 0) {
    print_line("no breaks");
  }
}

Result<void> show_break(Storage& ledger, std::int64_t id, bool json) {
  const auto row = find<BreakRow>(ledger, id);
  if (!row) return no_such_break(id);
  if (json) {
    std::string text;
    json::Writer writer(text);
    write_break(writer, *row);
    print_json(text);
    return {};
  }
  print_line(fmt::format("break {}: {}, {}", row->id, to_string(row->category), to_string(row->state)));
  print_member("account", row->account);
  print_member("subject", row->subject);
  print_member("ExecID", row->exec_id);
  print_member("TrdMatchID", row->trade_id);
  print_member("OrderID", row->order_id);
  print_member("ClOrdID", row->cl_ord_id);
  print_member("Symbol", row->symbol);
  print_member("here", side_in_words(row->here_source, row->here_value));
  print_member("there", side_in_words(row->there_source, row->there_value));
  print_member("notional", row->notional.to_string());
  print_member("first seen", to_rfc3339(row->first_seen));
  print_member("confirmed", text_of(row->confirmed));
  print_member("closed", text_of(row->closed));
  print_member("closed by", row->closed_by);
  print_member("reason", row->reason);
  print_member("explanation", row->explanation);
  return {};
}

Result<void> explain_break(Storage& ledger, std::int64_t id, bool json) {
  const auto row = find<BreakRow>(ledger, id);
  if (!row) return no_such_break(id);
  const Advice& advice = advice_of(row->category);
  if (json) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("id", std::to_string(row->id))
        .member("category", to_string(row->category))
        .member("means", advice.means)
        .member("explanation", row->explanation)
        .member("to_do", advice.to_do)
        .end_object();
    print_json(text);
    return {};
  }
  print_line(fmt::format("{}: {}", to_string(row->category), advice.means));
  if (!row->explanation.empty()) print_line("here: " + row->explanation);
  print_line(fmt::format("{} | {}", side_in_words(row->here_source, row->here_value), side_in_words(row->there_source, row->there_value)));
  print_line(fmt::format("what to do: {}", advice.to_do));
  return {};
}

void show_positions(Storage& ledger, bool json) {
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  if (!json)
    print_line(fmt::format("{:<10} {:>3}  {:<16} {:>12} {:>12} {:>12} {:>12}", "account", "sub", "symbol", "net", "FIX", "REST", "Klear"));
  each<PositionRow>(ledger, "ORDER BY account, subaccount, symbol", [&](PositionRow& row) {
    if (json) return write_position(writer, row);
    print_line(fmt::format("{:<10} {:>3}  {:<16} {:>12} {:>12} {:>12} {:>12}", row.account, row.subaccount, row.symbol,
                           ledger_net(row).to_string(), text_of(row.fix_net), text_of(row.rest_net), text_of(row.klear_net)));
  });
  writer.end_array();
  if (json) print_json(text);
}

void show_coverage(Storage& ledger, bool json) {
  if (json) {
    std::string text;
    json::Writer writer(text);
    write_coverage(ledger, writer);
    return print_json(text);
  }
  each<SourceRow>(ledger, "ORDER BY account, source", [&](SourceRow& row) {
    print_line(fmt::format("{:<10} {:<10} {:<8} {} messages{}", row.account, to_string(row.source), to_string(row.state), row.messages,
                           row.why.empty() ? "" : "  (" + row.why + ")"));
  });
  each<GapRow>(ledger, "ORDER BY account, number", [&](GapRow& row) {
    print_line(fmt::format("{:<10} hole {:<3} {} to {}  {}  {}", row.account, row.number, to_rfc3339(row.opened),
                           row.closed ? to_rfc3339(*row.closed) : "now", row.closed_by.empty() ? "open" : "closed by " + row.closed_by,
                           row.why));
  });
}

void show_pass(const OnePass& pass, const std::string& dir, bool json) {
  if (json) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("exit_code").integer(pass.exit_code()).key("sources").begin_array();
    for (const SourceAnswer& one : pass.sources) {
      writer.begin_object().member("account", one.account).member("source", to_string(one.source));
      writer.member("state", to_string(one.state)).member("why", one.why).end_object();
    }
    writer.end_array().key("breaks").begin_object().key("pending").integer(pass.breaks.pending);
    writer.key("confirmed").integer(pass.breaks.confirmed).end_object().end_object();
    return print_json(text);
  }
  for (const SourceAnswer& one : pass.sources)
    print_line(
        fmt::format("{:<10} {:<10} {}{}", one.account, to_string(one.source), to_string(one.state), one.why.empty() ? "" : ": " + one.why));
  if (pass.breaks.confirmed + pass.breaks.pending == 0) {
    print_line(pass.a_source_failed() ? "no break is open, but not every source has answered" : "no break is open");
  } else {
    print_line(fmt::format("{} breaks confirmed, {} pending: marginfix reconcile breaks list --dir {}", pass.breaks.confirmed,
                           pass.breaks.pending, dir));
  }
}

Result<Date> date_of_argument(const std::string& text) {
  std::string digits = text;
  if (digits.size() == 10 && digits[4] == '-' && digits[7] == '-') std::erase(digits, '-');
  auto date = parse_fix_date(digits);
  if (!date) return fail(ErrorCategory::config, "--date is a day, 2026-11-30 or 20261130, not " + text);
  return date;
}

}  // namespace marginfix::apps

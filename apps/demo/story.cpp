#include "apps/demo/story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/demo/desk.hpp"
#include "apps/output.hpp"
#include "marginfix/json/writer.hpp"

namespace marginfix::apps {
namespace {

constexpr std::size_t kFirstColumn = 18;

std::size_t column_width(const std::string& name) { return std::max<std::size_t>(name.size(), 6) + 3; }

// {"chapter":3, and then what `members` adds.
template <class Members>
void print_object(int chapter, Members members) {
  std::string line;
  json::Writer w(line);
  w.begin_object().member("chapter", chapter);
  members(w);
  w.end_object();
  print_line(line);
}

}  // namespace

void Story::title(std::string_view text) const {
  if (!json_) print_pieces({{text, Style::bold}});
}

void Story::chapter(int number, std::string_view title) {
  if (stop_requested()) throw DemoFailure("nobody reads any more: the story ends before its reckoning");
  chapter_ = number;
  if (json_) return print_object(number, [&](json::Writer& w) { w.member("title", title); });
  print_line("");
  print_pieces({{fmt::format("{} {}", number, title), Style::bold}});
}

void Story::tell(std::string_view text) const {
  if (json_) return print_object(chapter_, [&](json::Writer& w) { w.member("text", text); });
  print_pieces({{"  "}, {text}});
}

void Story::door(std::string_view name, std::string_view state, std::string_view more) const {
  if (json_) return print_object(chapter_, [&](json::Writer& w) { w.member("session", name).member("state", state).member("text", more); });
  print_pieces({{fmt::format("  {:<18} ", name)},
                {state, Style::green},
                {fmt::format("{:>{}}{}", "", 8 - std::min<std::size_t>(state.size(), 7), more)}});
}

void Story::picture(const std::vector<std::string>& lines) const {
  if (json_) return;
  for (const std::string& line : lines) tell(line);
}

void Story::outcome(std::string_view asked, std::string_view got) const {
  if (json_) return print_object(chapter_, [&](json::Writer& w) { w.member("check", asked).member("result", got); });
  tell(fmt::format("{:<58} {}", asked, got));
}

void Story::columns(const Cells& first_row) const {
  if (json_) return;
  std::string head(kFirstColumn, ' ');
  for (const auto& [name, value] : first_row) head += fmt::format("{:>{}}", name, column_width(name));
  tell(head);
}

void Story::row(std::string_view name, const Cells& cells, bool equal) const {
  if (json_) {
    return print_object(chapter_, [&](json::Writer& w) {
      w.member("reckoning", name).key("values").begin_object();
      for (const auto& [column, value] : cells) w.member(column, value);
      w.end_object().member("equal", equal);
    });
  }
  std::string line = fmt::format("  {:<{}}", name, kFirstColumn);
  for (const auto& [column, value] : cells) line += fmt::format("{:>{}}", value, column_width(column));
  print_pieces({{line + "   "}, {equal ? "equal" : "DIFFERENT", equal ? Style::green : Style::red}});
}

void Story::end(bool equal, std::chrono::milliseconds took) const {
  const std::string seconds = fmt::format("{}.{}", took.count() / 1000, took.count() % 1000 / 100);
  if (json_) return print_line(fmt::format(R"({{"all_equal":{},"seconds":{}}})", equal, seconds));
  print_line("");
  print_pieces(
      {{equal ? "All equal: nothing lost, nothing doubled, nothing misread." : "The books differ.", equal ? Style::green : Style::red},
       {fmt::format(" ({} s)", seconds)}});
}

}  // namespace marginfix::apps

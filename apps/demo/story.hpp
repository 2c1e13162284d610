// How the demo tells what happens: chapters for people, or with --json one object a check, a remark and a row of the reckoning.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marginfix::apps {

class Story {
 public:
  explicit Story(bool json) : json_(json) {}

  void title(std::string_view text) const;
  void chapter(int number, std::string_view title);  // DemoFailure when nobody reads any more (`demo | head`)
  void tell(std::string_view text) const;
  // A door that is open: {"chapter":2,"session":"KalshiNR","state":"active",...}
  void door(std::string_view name, std::string_view state, std::string_view more) const;
  // A picture for people only: the ladder of a book.
  void picture(const std::vector<std::string>& lines) const;
  // One thing that was done, and what came of it.
  void outcome(std::string_view asked, std::string_view got) const;
  // The reckoning: what each way of looking says of one thing.
  using Cells = std::vector<std::pair<std::string, std::string>>;  // way of looking, value
  void columns(const Cells& first_row) const;
  void row(std::string_view name, const Cells& cells, bool equal) const;
  void end(bool equal, std::chrono::milliseconds took) const;

 private:
  bool json_;
  int chapter_{0};
};

}  // namespace marginfix::apps

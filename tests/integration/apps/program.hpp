// Runs the built `marginfix` as a person or a script would.
#pragma once

#include <string>
#include <vector>

namespace marginfix::testing_apps {

struct Outcome {
  int exit_code{-1};
  std::string out, err;
};

// Standard error without the news of connections ("KalshiNR: active", "WebSocket: open"), which every command has that connects.
std::string without_news(const std::string& err);

// Runs to the end; `input` is its standard input, `environment` is added to an otherwise empty KALSHI_PERPS_* environment.
Outcome run(const std::vector<std::string>& arguments, const std::string& input = {}, const std::vector<std::string>& environment = {});

// A program that runs until something happens to it.
class Running {
 public:
  // `typed`: its standard input is what type() gives it, else empty.
  explicit Running(const std::vector<std::string>& arguments, bool typed = false);
  ~Running();  // killed, if it still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  // What it has printed so far; waits until that contains `text`. Throws std::runtime_error when it never does.
  std::string wait_for(const std::string& text);
  void type(const std::string& text);
  void signal(int number);
  Outcome wait();

 private:
  int child_{-1};
  int keyboard_{-1};
  std::string out_, err_;
};

// `marginfix arguments | head -1`: the line, and how marginfix ended.
Outcome run_until_first_line(const std::vector<std::string>& arguments);

}  // namespace marginfix::testing_apps

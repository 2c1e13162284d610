// A TCP line to one of the simulator's doors, or to another server, that a test can cut: who is connected is thrown out, and who comes
// finds nobody, until it is mended. Or hold: nothing is handed on and nobody is told, until it is mended, and then everything is. One
// thread; what one side says is handed on as it came.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace marginfix::test {

class CutLine {
 public:
  explicit CutLine(std::uint16_t door);
  ~CutLine();
  CutLine(const CutLine&) = delete;
  CutLine& operator=(const CutLine&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  void cut();
  void hold();
  void mend();

 private:
  struct Pair {
    int client, door;
  };
  void run();
  void accept_one();
  static bool hand_on(int from, int to);  // false: one of them has ended

  std::uint16_t door_, port_{0};
  int listening_{-1};
  std::mutex mutex_;  // of the three below
  bool cut_{false}, held_{false};
  std::vector<Pair> pairs_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace marginfix::test

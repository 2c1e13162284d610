// When the exchange looks at exit triggers and at the margin of members: once a second while a member holds positions or has triggers
// and prices may be moving, that is until kSettled after the last command (the marks follow the book for 30 s; premium.hpp). In a long
// jump of the clock it looks as often as the house decides.
#pragma once

#include "sim/exchange/values/jobs.hpp"

namespace marginfix::sim {

class RiskWatch : public Job {
 public:
  static constexpr std::chrono::seconds kEvery{1};
  static constexpr std::chrono::seconds kSettled{61};

  // Something happened that may move a mark, a position or a balance.
  void stir(Timestamp now) { stirred_ = now; }
  std::optional<Timestamp> next(const State& state) const override;
  void run(State& state) override;

  template <class Ar>
  void state(Ar& ar) {
    ar(stirred_, looked_);
  }

 private:
  std::optional<Timestamp> stirred_;
  Timestamp looked_{};
};

}  // namespace marginfix::sim

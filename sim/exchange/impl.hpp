// The inside of Exchange: the engine, its journal and its clock offset.
#pragma once

#include "sim/exchange/commands.hpp"
#include "sim/exchange/core.hpp"
#include "sim/exchange/journal.hpp"

namespace marginfix::sim {

class Exchange::Impl {
 public:
  explicit Impl(ExchangeOptions options);

  Result<OpenReport> open(Timestamp wall_now);
  void step(Timestamp wall_now);
  void advance(std::chrono::microseconds by);
  void checkpoint();
  void commit();
  std::string truth_json() const;

  // Journals a command, then runs it: `op` and `args` are what replay() reads back.
  template <class Run, class... Args>
  auto command(Op op, Run run, const Args&... args) {
    const Busy busy(*this);
    record(op, args...);
    if constexpr (std::is_void_v<decltype(run(core))>) {
      run(core);
      after_command();
    } else {
      auto out = run(core);
      after_command();
      return out;
    }
  }

  ExchangeOptions options;
  Core core;
  RateLimits limits;
  std::chrono::microseconds offset{0};  // trading clock - wall clock
  bool replaying{false};

 private:
  // Listeners must not call commands: their events would come in the middle of others.
  class Busy {
   public:
    explicit Busy(Impl& impl);
    ~Busy() { impl_.busy_ = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Impl& impl_;
  };

  template <class... Args>
  void record(Op op, const Args&... args) {
    if (!journal_) return;
    scratch_.clear();
    ArchiveOut out(scratch_);
    out(op, core.emitter().exec().a, core.now(), args...);
    journal_->append(scratch_);
    if (options.write_policy == WritePolicy::EachCommand) journal_->flush();
  }
  void after_command();
  std::string identity() const;
  bool find_generation();
  void keep_earlier_markets();
  Result<void> load_snapshot(OpenReport& report);
  Result<void> open_journal(OpenReport& report);
  Result<void> replay(std::string_view record);
  Result<void> run_replayed(Op op, ArchiveIn& in);
  void remove_other_generations() const;
  std::filesystem::path file(const char* kind) const;

  FileHandle lock_;
  std::optional<Journal> journal_;
  std::uint64_t generation_{1};
  bool has_snapshot_{false};
  std::uint64_t snapshot_size_{0};
  bool started_{false};
  bool busy_{false};
  std::string scratch_;
};

}  // namespace marginfix::sim

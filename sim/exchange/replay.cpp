// Journal records back into the commands they came from.
#include <array>

#include "sim/exchange/commands/all.hpp"
#include "sim/exchange/impl.hpp"
#include "sim/exchange/state.hpp"
#include "sim/exchange/values/archive.hpp"

namespace marginfix::sim {
namespace {

Error diverged(const std::string& what) {
  return fail(ErrorCategory::store, "the journal does not replay (" + what + "); start with an empty directory and report this");
}

template <Command C>
Result<void> run_as(ArchiveIn& in, State& state) {
  const C command = read<C>(in);
  if (!in.ok() || !in.rest().empty()) return diverged("a record does not have the form of its kind");
  command.run(state);
  return {};
}

using Run = Result<void> (*)(ArchiveIn&, State&);
template <class... C>
constexpr std::array<Run, 256> runs(std::type_identity<std::tuple<C...>>) {
  std::array<Run, 256> by_op{};
  ((by_op[static_cast<std::size_t>(C::kOp)] = &run_as<C>), ...);
  return by_op;
}
constexpr std::array<Run, 256> kRuns = runs(std::type_identity<commands::All>{});

}  // namespace

Result<void> replay(State& state, std::string_view record) {
  ArchiveIn in(record);
  Op op{};
  std::int64_t commands{};
  Timestamp at{};
  in(op, commands, at);
  if (state.begun && commands != state.emitter.exec().a) return diverged("command " + std::to_string(commands) + " came out of step");
  if (state.begun) state.clock = at;
  const Run run = kRuns[static_cast<std::size_t>(op)];
  if (run != nullptr) return run(in, state);
  return fail(ErrorCategory::store, "the journal holds a command of a newer program version; use that version or an empty directory");
}

}  // namespace marginfix::sim

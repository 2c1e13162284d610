// One journal record back into the call it came from.
#include "sim/exchange/impl.hpp"
#include "sim/exchange/replay_member.hpp"

namespace marginfix::sim {
namespace {

// `as_then`: what a record of an earlier version means today.
template <class Request, class Run>
void replay_request(
    ArchiveIn& in, Core& core, Run run, void (*as_then)(Request&) = [](Request&) {}) {
  RequestContext context;
  Request request;
  in(context, request);
  if (!in.ok()) return;
  as_then(request);
  core.note_ref(context);
  (core.*run)(context, request);
}

bool replay_trading(Op op, ArchiveIn& in, Core& core) {
  switch (op) {
    case Op::Submit:
      replay_request<NewOrder>(in, core, &Core::submit);
      return true;
    case Op::Amend:
      replay_request<AmendOrder>(in, core, &Core::amend, [](AmendOrder& amend) { amend.cancel_at_filled = false; });
      return true;
    case Op::AmendOrCancel:
      replay_request<AmendOrder>(in, core, &Core::amend);
      return true;
    case Op::Cancel:
      replay_request<CancelOrder>(in, core, &Core::cancel);
      return true;
    case Op::Decrease:
      replay_request<DecreaseOrder>(in, core, &Core::decrease);
      return true;
    case Op::CancelAll:
      replay_request<CancelAll>(in, core, &Core::cancel_all);
      return true;
    case Op::MassCancel:
      replay_request<MassCancel>(in, core, &Core::mass_cancel);
      return true;
    case Op::Group:
      replay_request<GroupRequest>(in, core, &Core::group);
      return true;
    default:
      return false;
  }
}

bool replay_account(Op op, ArchiveIn& in, Core& core) {
  switch (op) {
    case Op::CreateAccount:
      core.create_account(read<AccountSpec>(in));
      return true;
    case Op::AddKey: {
      const auto account = read<AccountId>(in);
      const auto key = read<KeySpec>(in);
      if (in.ok()) core.accounts().add_key(account, key);
      return true;
    }
    case Op::CreateSubaccount:
      core.accounts().create_subaccount(read<AccountId>(in));
      return true;
    case Op::Deposit: {
      const auto account = read<AccountId>(in);
      const int subaccount = read<int>(in);
      const auto amount = read<DollarDecimal>(in);
      if (in.ok()) core.deposit(account, subaccount, amount.units());
      return true;
    }
    case Op::Transfer: {
      const auto account = read<AccountId>(in);
      const int from = read<int>(in);
      const int to = read<int>(in);
      core.transfer(account, from, to, read<DollarDecimal>(in).units());
      return true;
    }
    default:
      return false;
  }
}

bool replay_control(Op op, ArchiveIn& in, Core& core) {
  switch (op) {
    case Op::CancelOnDisconnect:
      core.cancel_on_disconnect(read<Route>(in));
      return true;
    case Op::SetPaused:
      core.set_paused(read<bool>(in));
      return true;
    case Op::Halt: {
      const auto market = read<MarketNo>(in);
      core.halt(market, read<bool>(in));
      return true;
    }
    case Op::SetStatus: {
      const auto market = read<MarketNo>(in);
      core.set_status(market, read<MarketStatus>(in));
      return true;
    }
    case Op::SetHouse:
      core.set_house(read<bool>(in));
      return true;
    case Op::ResetRef:
      core.reset_ref(read<Route>(in));
      return true;
    default:
      return false;
  }
}

bool replay_market(Op op, ArchiveIn& in, Core& core) {
  switch (op) {
    case Op::SetReference: {
      const auto market = read<MarketNo>(in);
      core.set_reference(market, read<Ticks>(in));
      return true;
    }
    case Op::ScheduleAction:
      core.schedule_action(read<CorporateAction>(in));
      return true;
    case Op::CancelAction:
      core.cancel_action(read<std::uint64_t>(in));
      return true;
    default:
      return false;
  }
}

bool replay_clearing(Op op, ArchiveIn& in, Core& core) {
  if (op < Op::WithdrawSettlement || op > Op::RemoveSubtraderKey) return false;
  Clearing& clearing = core.clearing();
  const auto member = read<AccountId>(in);
  if (!clearing.is_member(member)) return in.ok();
  switch (op) {
    case Op::WithdrawSettlement:
      clearing.withdraw(member, read<Centicents>(in));
      return true;
    case Op::DepositSettlement:
      clearing.deposit(member, read<Centicents>(in));
      return true;
    case Op::CreateSubtraderGroup:
      clearing.create_group(member, read<std::vector<std::string>>(in));
      return true;
    case Op::UpdateSubtraderGroup: {
      const auto group = read<ClearingNo>(in);
      clearing.update_group(member, group, read<std::vector<std::string>>(in));
      return true;
    }
    case Op::DeleteSubtraderGroup:
      clearing.delete_group(member, read<ClearingNo>(in));
      return true;
    case Op::AddSubtraderKey:
      core.add_subtrader_key(member, read<SubtraderKey>(in));
      return true;
    default:
      core.remove_subtrader_key(member, read<std::string>(in));
      return true;
  }
}

}  // namespace

Result<void> Exchange::Impl::run_replayed(Op op, ArchiveIn& in) {
  switch (op) {
    case Op::Start: {
      const auto at = read<Timestamp>(in);
      const bool past = read<bool>(in);
      core.start(at, past, read<std::vector<AccountSpec>>(in));
      started_ = true;
      return {};
    }
    case Op::Step: {
      const auto to = read<Timestamp>(in);
      core.run_until(to, std::chrono::microseconds(read<std::int64_t>(in)));
      return {};
    }
    case Op::Advance: {
      const std::chrono::microseconds by(read<std::int64_t>(in));
      offset += by;
      core.run_until(core.now() + by, std::chrono::microseconds(read<std::int64_t>(in)));
      return {};
    }
    default:
      break;
  }
  if (replay_trading(op, in, core) || replay_account(op, in, core) || replay_control(op, in, core) || replay_clearing(op, in, core)) {
    return {};
  }
  if (replay_market(op, in, core) || replay_member(op, in, core)) return {};
  return fail(ErrorCategory::store, "the journal holds a command of a newer program version; use that version or an empty directory");
}

}  // namespace marginfix::sim

// Journal records of members' requests back into the calls they came from. See replay.cpp.
#include "sim/exchange/replay_member.hpp"

namespace marginfix::sim {
namespace {

bool replay_money(Op op, ArchiveIn& in, Core& core) {
  if (op == Op::InstanceTransfer) {
    const auto request = read<InstanceTransfer>(in);
    if (in.ok()) core.instance_transfer(request);
    return true;
  }
  if (op != Op::SubaccountTransfer) return false;
  const auto account = read<AccountId>(in);
  const int from = read<int>(in);
  const int to = read<int>(in);
  const auto amount = read<DollarDecimal>(in);
  const auto client_id = read<std::string>(in);
  if (in.ok()) core.subaccount_transfer(account, from, to, amount.units(), client_id);
  return true;
}

bool replay_trigger(Op op, ArchiveIn& in, Core& core) {
  if (op < Op::SetExitTrigger || op > Op::CancelExitTriggers) return false;
  const auto context = read<RequestContext>(in);
  switch (op) {
    case Op::SetExitTrigger: {
      const auto request = read<SetExitTrigger>(in);
      if (in.ok()) core.set_exit_trigger(context, request);
      return true;
    }
    case Op::UpdateExitTrigger: {
      const auto request = read<UpdateExitTrigger>(in);
      if (in.ok()) core.update_exit_trigger(context, request);
      return true;
    }
    case Op::CancelExitTrigger: {
      const auto position = read<PositionName>(in);
      const auto id = read<std::string>(in);
      if (in.ok()) core.cancel_exit_trigger(context, position, id);
      return true;
    }
    default: {
      const auto position = read<PositionName>(in);
      const auto kind = read<std::optional<TriggerKind>>(in);
      if (in.ok()) core.cancel_exit_triggers(context, position, kind);
      return true;
    }
  }
}

bool replay_fcm(Op op, ArchiveIn& in, Core& core) {
  if (op < Op::CreateSubtrader || op > Op::DeleteMemberLimit) return false;
  const auto account = read<AccountId>(in);
  switch (op) {
    case Op::SetMemberLimit: {
      const auto limit = read<DollarDecimal>(in);
      if (in.ok()) core.fcm().set_member_limit(core, account, limit.units());
      return true;
    }
    case Op::DeleteMemberLimit:
      core.fcm().delete_member_limit(account);
      return true;
    default:
      break;
  }
  const auto name = read<std::string>(in);
  switch (op) {
    case Op::CreateSubtrader: {
      const bool require = read<bool>(in);
      std::string id;
      if (in.ok()) core.fcm().create(core, account, name, require, id);
      return true;
    }
    case Op::SetImCap: {
      const auto scope = read<CapScope>(in);
      const auto cap = read<DollarDecimal>(in);
      if (in.ok()) core.fcm().set_cap(account, name, scope, cap.units());
      return true;
    }
    case Op::DeleteImCap: {
      const auto scope = read<CapScope>(in);
      if (in.ok()) core.fcm().delete_cap(account, name, scope);
      return true;
    }
    default: {
      const auto market = read<std::optional<MarketNo>>(in);
      const auto limit = read<std::optional<Micros>>(in);
      if (in.ok()) core.fcm().set_limit(account, name, market, limit);
      return true;
    }
  }
}

}  // namespace

bool replay_member(Op op, ArchiveIn& in, Core& core) {
  return replay_money(op, in, core) || replay_trigger(op, in, core) || replay_fcm(op, in, core);
}

}  // namespace marginfix::sim

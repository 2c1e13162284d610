// Every command there is, and every one that there was: what a journal may hold.
#pragma once

#include <tuple>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/commands/time.hpp"

namespace marginfix::sim::commands {

using All = std::tuple<Start, Step, Advance, CreateAccount, AddKey, CreateSubaccount, Deposit, Transfer, Submit, EarlierAmend, Cancel,
                       MassCancel, Group, CancelOnDisconnect, SetPaused, Halt, SetStatus, SetHouse, ResetRef, SetReference, ScheduleAction,
                       CancelAction, Amend, Decrease, CancelAll, InstanceTransfer, SubaccountTransfer, SetExitTrigger, UpdateExitTrigger,
                       CancelExitTrigger, CancelExitTriggers, CreateSubtrader, SetImCap, DeleteImCap, SetSubtraderLimit, SetMemberLimit,
                       DeleteMemberLimit, WithdrawSettlement, DepositSettlement, CreateSubtraderGroup, UpdateSubtraderGroup,
                       DeleteSubtraderGroup, AddSubtraderKey, RemoveSubtraderKey>;

}  // namespace marginfix::sim::commands

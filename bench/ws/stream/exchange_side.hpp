// The engine of the simulated exchange with fifty markets and its WebSocket door, driven by random orders as hard as the client takes it.
#pragma once

#include <functional>

#include "bench/ws/stream/shared.hpp"

namespace marginfix::bench {

// `opened` gets the door's port. Returns when the plan is done and the client has gone.
void run_exchange(const Plan& plan, Shared& shared, const std::function<void(std::uint16_t port)>& opened);
// Keys and certificates in plan.folder; fills plan.key_id.
void make_keys(Plan& plan);

}  // namespace marginfix::bench

// Why a client's message is answered with Reject(3): it cannot be read. What is read and not granted has its own answer (Y, y, d, AO).
#pragma once

#include <string>

namespace marginfix::gateway {

struct Refusal {
  int reason{0};     // SessionRejectReason(373)
  int tag{0};        // RefTagID(371); 0: none
  std::string text;  // 58
};

}  // namespace marginfix::gateway

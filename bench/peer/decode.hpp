// Decoding alone, no connection: CheckSum(10) and BodyLength(9) checked, every field typed.
#pragma once

namespace marginfix::bench {

// A JSON line a message and way, like the harness's other clients.
void decode_messages(int count);

}  // namespace marginfix::bench

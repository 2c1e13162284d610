// libFuzzer entry. Seeds: marginfix_fuzz_seeds framing DIR; run: marginfix_fuzz_framing DIR -dict=tests/fuzz/fix.dict
#include "fuzz/framing_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_framing(data, size);
  return 0;
}

// libFuzzer entry. Seeds: marginfix_fuzz_log_seeds DIR; run: marginfix_fuzz_log DIR -dict=tests/fuzz/fix.dict
#include "fuzz/log_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_log(data, size);
  return 0;
}

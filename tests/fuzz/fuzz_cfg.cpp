// libFuzzer entry. Seeds: marginfix_fuzz_seeds cfg DIR; run: marginfix_fuzz_cfg DIR -dict=tests/fuzz/cfg.dict
#include "fuzz/cfg_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_cfg(data, size);
  return 0;
}

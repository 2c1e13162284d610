// libFuzzer entry. Seeds: marginfix_fuzz_seeds DIR; run: marginfix_fuzz_codec DIR -dict=tests/fuzz/fix.dict
#include "fuzz/codec_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_codec(data, size);
  return 0;
}

// libFuzzer entry. Seeds: marginfix_fuzz_json_seeds DIR; run: marginfix_fuzz_json DIR -dict=tests/fuzz/json.dict
#include "fuzz/json_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_json(data, size);
  return 0;
}

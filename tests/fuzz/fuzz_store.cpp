// libFuzzer entry. Seeds: marginfix_fuzz_seeds store DIR; run: marginfix_fuzz_store DIR
#include "fuzz/store_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_store(data, size);
  return 0;
}

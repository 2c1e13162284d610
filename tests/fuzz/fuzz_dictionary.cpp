// libFuzzer entry. Seeds: marginfix_fuzz_dictionary_seeds DIR; run: marginfix_fuzz_dictionary DIR -dict=tests/fuzz/xml.dict
#include "fuzz/dictionary_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  marginfix_tests::fuzz_dictionary(data, size);
  return 0;
}

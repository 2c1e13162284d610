// Base64 (RFC 4648 vectors, strictness) and random UUIDs.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "marginfix/core/base64.hpp"
#include "marginfix/core/uuid.hpp"

namespace marginfix {
namespace {

TEST(Base64, agreesWithTheVectorsOfTheRfc) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(base64_encode(plain), text);
    EXPECT_EQ(base64_decode(text), plain);
  }
}

TEST(Base64, anyBytesComeBack) {
  std::mt19937 random(5);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    ASSERT_EQ(base64_decode(base64_encode(bytes)), bytes);
  }
}

TEST(Base64, hasOneSpellingOnly) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "====", "=g==", "Z=g=", "Zm9v\n", "Zm 9", "Zm-_", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

TEST(Uuid, hasVersionFourForm) {
  UuidSource source;
  for (int i = 0; i < 1'000; ++i) {
    char text[UuidSource::kTextSize];
    ASSERT_EQ(source.write(text), text + sizeof(text));
    for (const std::string& uuid : {random_uuid(), std::string(text, sizeof(text))}) {
      ASSERT_TRUE(is_uuid(uuid)) << uuid;
      ASSERT_EQ(uuid[14], '4') << uuid;
      ASSERT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
    }
  }
}

TEST(Uuid, doesNotRepeat) {
  std::set<std::string> seen;
  UuidSource source;
  for (int i = 0; i < 10'000; ++i) {
    std::string text(UuidSource::kTextSize, ' ');
    source.write(text.data());
    seen.insert(text);
    seen.insert(random_uuid());
  }
  EXPECT_EQ(seen.size(), 20'000U);
}

TEST(Uuid, isRecognised) {
  EXPECT_TRUE(is_uuid("01234567-89ab-cdef-ABCD-EF0123456789"));
  for (const char* text :
       {"", "0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdeg",
        "01234567-89ab-cdef-0123-456789abcdef0", "0123456-789ab-cdef-0123-456789abcdef0"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace marginfix

// Bodies of order messages in pipe form, short to say.
#pragma once

#include <string>

namespace marginfix::sim::test {

inline constexpr const char* kMarket = "KXLTCPERP";  // the quiet one; house accounts leave it alone anyway

// D without its ClOrdID defaults: buy 10 at 5.0000, GTC, in the quiet market.
struct Order {
  std::string id;
  char side{'1'};
  std::string quantity{"10"};
  std::string price{"5.0000"};
  std::string extra{"59=1|"};
  std::string symbol{kMarket};
  std::string body() const {
    return "11=" + id + "|38=" + quantity + "|40=2|44=" + price + "|54=" + std::string(1, side) + "|55=" + symbol + "|" + extra;
  }
};

inline std::string cancel_of(const std::string& id, const std::string& of, char side = '1', const std::string& extra = "") {
  return "11=" + id + "|41=" + of + "|54=" + std::string(1, side) + "|55=" + kMarket + "|" + extra;
}

inline std::string amend_of(const std::string& id, const std::string& of, const std::string& quantity, const std::string& price,
                            char side = '1', const std::string& extra = "") {
  return "11=" + id + "|41=" + of + "|38=" + quantity + "|40=2|44=" + price + "|54=" + std::string(1, side) + "|55=" + kMarket + "|" +
         extra;
}

}  // namespace marginfix::sim::test

// A customer of an FCM: family fcm, and what the customer's key may do.
#include "marginfix/core/uuid.hpp"
#include "rest_example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    PerpsClient perps(example::perps_config_from(argc, argv));
    // A suffix is taken for good: up to 16 letters and digits.
    const std::string suffix = random_uuid().substr(0, 8);
    const std::string customer = perps.fcm().create_subtrader({.body = {.subtrader_suffix = suffix}}).value().subtrader_id;

    // At most 5,000 dollars of initial margin over all markets, and 1,000 of them in one market. Each cap is enforced by itself.
    const DollarDecimal all = DollarDecimal::whole(5'000), one = DollarDecimal::whole(1'000);
    perps.fcm().update_risk_controls({.body = {.subtrader_id = customer, .im_cap = all}}).value();
    perps.fcm().update_risk_controls({.body = {.subtrader_id = customer, .market_ticker = "KXLTCPERP", .im_cap = one}}).value();

    const auto controls = perps.fcm().risk_controls({.subtrader_id = customer}).value();
    for (const rest::FCMSubtraderRiskControls& c : controls.risk_controls) {
      const std::string used = c.current_im ? c.current_im->to_string() : "?";
      std::cout << c.market_ticker.value_or("all markets") << ": " << used << " of " << c.im_cap.to_string() << " dollars\n";
    }
    perps.fcm().delete_risk_controls({.subtrader_id = customer, .market_ticker = "KXLTCPERP"}).value();
  });
}

// A clearing member's day: what is owed, what it consists of, the buffer, a margin estimate.
#include "rest_example.hpp"

using namespace marginfix;

int main(int argc, char** argv) {
  return example::run([&] {
    KlearClient klear(example::klear_config_from(argc, argv));
    for (const klear::ObligationEntry& o : klear.margin().active_obligations().value().obligations) {
      std::cout << o.asset_class.text() << ": " << o.amount_centicents.dollars().value().to_string() << " dollars\n";  // negative: we pay
      if (!o.settlement_details_truncated) continue;
      // The inline list was cut at 1000 rows. The paged one starts again at the first row: it replaces the inline one.
      std::size_t rows = 0;
      for (const auto& detail : klear.margin().settlement_details_all({.obligation_id = o.id})) rows += detail.value().id.empty() ? 0 : 1;
      std::cout << rows << " settlement details\n";
    }

    const auto buffer = klear.margin().settlement_balance().value();
    std::cout << "buffer: " << buffer.balance_available_centicents.dollars().value().to_string() << " dollars\n";

    klear::EstimatePortfolioMaintenanceMarginRequest portfolio;
    portfolio.asset_class = klear::AssetClass::Crypto;
    portfolio.positions = {{.market_ticker = "KXBTCPERP", .quantity = -500}, {.market_ticker = "KXETHPERP", .quantity = 300}};
    const auto margin = klear.margin().estimate_maintenance_margin({.body = portfolio}).value();
    std::cout << "margin of that portfolio: " << (margin.maintenance_margin_fp ? margin.maintenance_margin_fp->to_string() : "?") << '\n';
  });
}

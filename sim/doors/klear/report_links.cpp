#include "sim/doors/klear/report_links.hpp"

#include <charconv>

#include "sim/keys/secrets.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::string_view kEndOfDay = "-eod";

std::string_view extension(std::string_view type) { return type == kStatement ? ".pdf" : ".csv"; }

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// File names hold no line end: no two pairs give the same text.
std::string signature_of(const KlearDoorContext& context, std::string_view file, std::string_view expires) {
  return signature_with(context.link_secret, std::string(file) + '\n' + std::string(expires));
}

}  // namespace

std::string file_name(const ReportName& report) {
  return report.type + "-" + std::to_string(to_epoch_seconds(report.at)) + std::string(report.end_of_day ? kEndOfDay : "") +
         std::string(extension(report.type));
}

std::optional<ReportName> parse_file_name(std::string_view file) {
  const std::size_t dash = file.find('-'), dot = file.rfind('.');
  if (dash == std::string_view::npos || dot == std::string_view::npos || dot < dash) return std::nullopt;
  ReportName report{std::string(file.substr(0, dash)), {}, false};
  std::string_view middle = file.substr(dash + 1, dot - dash - 1);
  if (middle.ends_with(kEndOfDay)) {
    report.end_of_day = true;
    middle.remove_suffix(kEndOfDay.size());
  }
  const auto seconds = number(middle);
  if (!seconds || *seconds > 32'503'680'000) return std::nullopt;
  report.at = from_epoch_seconds(*seconds);
  if (file_name(report) != file) return std::nullopt;
  return report;
}

std::string report_link(const KlearDoorContext& context, const ReportName& report) {
  const std::string file = file_name(report), expires = std::to_string(to_epoch_seconds(context.exchange.now() + kLinkLasts));
  const std::string folder = report.type == kStatement ? "/files/pdf/" : "/files/csv/";
  return context.base_url + folder + file + "?Expires=" + expires + "&Signature=" + signature_of(context, file, expires);
}

bool link_opens(const KlearDoorContext& context, std::string_view file, std::string_view expires, std::string_view signature) {
  const auto until = number(expires);
  if (context.link_secret.empty() || !until || to_epoch_seconds(context.exchange.now()) > *until) return false;
  return same_secret(signature, signature_of(context, file, expires));
}

}  // namespace marginfix::sim::klear

// The words of UnknownCause.
#include "marginfix/domain/unknown_cause.hpp"

namespace marginfix {

std::string_view to_string(UnknownCause cause) noexcept {
  switch (cause) {
    case UnknownCause::connection_ended:
      return "connection ended";
    case UnknownCause::gap_filled:
      return "gap-filled";
    case UnknownCause::exchange_unavailable:
      return "exchange unavailable";
    case UnknownCause::unanswered:
      return "unanswered";
    case UnknownCause::already_exists:
      return "ClOrdID taken";
    case UnknownCause::rest_timeout:
      return "REST call timed out";
    case UnknownCause::rest_broken_off:
      return "REST call broke off";
    case UnknownCause::rest_server_error:
      return "REST call answered with 5xx";
  }
  return "?";
}

bool says_outcome_unknown(std::string_view text) noexcept { return text.starts_with("EXCHANGE_UNAVAILABLE"); }

}  // namespace marginfix

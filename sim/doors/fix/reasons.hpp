// Why the FIX doors refuse a message: the values that they write. Source: fix-margin.md "Errors"; FIX 5.0 SP2.
#pragma once

namespace marginfix::sim {

// SessionRejectReason(373)
inline constexpr int kMissing = 1, kNotForThis = 2, kIncorrect = 5, kBadFormat = 6, kSignature = 8, kCompId = 9, kSendingTime = 10;
// BusinessRejectReason(380)
inline constexpr int kUnknownSecurity = 2, kUnsupportedType = 3, kUnavailable = 4, kConditionMissing = 5, kNotAuthorized = 6,
                     kRateLimit = 8;
// OrdRejReason(103)
inline constexpr int kUnknownAccount = 15;
// EventResendRejectReason(21004)
inline constexpr int kTooManyRequests = 1, kServerError = 2, kBeginTooSmall = 3, kEndTooLarge = 4, kNotEnabled = 5;

}  // namespace marginfix::sim

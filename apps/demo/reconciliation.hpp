// The demo's last chapter: the reconciliation service closes alice's day, finds what is wrong with her OMS's record of it, and sees it
// mended.
#pragma once

#include <string>

#include "apps/demo/story.hpp"

namespace marginfix::apps {

// On a running exchange, after alice's own sessions have ended: the service uses the keys of her listener and drop copy. `endpoints`: the
// exchange's file; `folder`: for the ledger and the OMS's CSV. False: the service found anything but what was put in. Throws DemoFailure.
bool chapter_reconciliation(const std::string& endpoints, const std::string& folder, Story& story);

// The service's page over that ledger, until `stop` says so: `ready` gets its address. Throws DemoFailure.
void show_page(const std::string& endpoints, const std::string& folder, const Story& story);

}  // namespace marginfix::apps

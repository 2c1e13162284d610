// What other people on the machine see of this process's arguments.
#pragma once

namespace marginfix::apps {

// Passwords in addresses among the arguments become "x": `ps` shows those no longer from here on. Whoever looked before has seen them,
// which is why docs/reconcile.md says to put addresses into the configuration or passwords into a .pgpass.
void hide_passwords_in_arguments();

}  // namespace marginfix::apps

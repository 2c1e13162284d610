// Prints docs/configuration.md; a test compares the committed file with the same text.
#include <iostream>

#include "marginfix/sessions/margin_fix_config.hpp"

int main() { std::cout << marginfix::configuration_reference(); }

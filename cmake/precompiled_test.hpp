// Headers that every test includes, for MARGINFIX_PCH. No file may rely on it: scripts/check builds without.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "precompiled_layer.hpp"

# An overlay port that builds the tree it lies in: vcpkg install marginfix --overlay-ports=CHECKOUT/packaging/vcpkg
# The library alone; the program, whose services need SQLite, toml++ and CLI11, comes as a Debian package or by scripts/install.
vcpkg_check_linkage(ONLY_STATIC_LIBRARY)
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS FEATURES rest MARGINFIX_REST)
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS ${FEATURE_OPTIONS} -DMARGINFIX_APPS=OFF -DMARGINFIX_TESTS=OFF -DMARGINFIX_BENCH=OFF -DMARGINFIX_WERROR=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/marginfix)
vcpkg_fixup_pkgconfig()
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")

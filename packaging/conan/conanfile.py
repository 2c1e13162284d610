"""The library as a Conan 2 package, from the tree this file lies in: conan create packaging/conan

-o "marginfix/*:system_libraries=True" takes QuickFIX, Boost, OpenSSL, fmt, spdlog, libdeflate and libcurl from the system (Debian:
scripts/lib.sh names the packages) instead of from ConanCenter.
"""

import os

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy


class MarginfixRecipe(ConanFile):
    name = "marginfix"
    version = "0.1.0"
    license = "Apache-2.0"
    description = "FIX-first connectivity to Kalshi's perpetual-futures exchange"
    package_type = "static-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"rest": [True, False], "system_libraries": [True, False]}
    default_options = {"rest": True, "system_libraries": False}

    def export_sources(self):
        tree = os.path.join(self.recipe_folder, "..", "..")
        copy(self, "CMakeLists.txt", tree, self.export_sources_folder)
        copy(self, "LICENSE", tree, self.export_sources_folder)
        for folder in ("cmake", "config", "docs", "examples", "fix-spec", "include", "rest", "services", "sessions", "src", "ws"):
            copy(self, f"{folder}/*", tree, self.export_sources_folder)

    def requirements(self):
        if self.options.system_libraries:
            return
        self.requires("boost/[>=1.81.0]", transitive_headers=True)
        self.requires("fmt/[>=9]")
        self.requires("libdeflate/[>=1.14]")
        self.requires("openssl/[>=3.0 <4]")
        self.requires("quickfix/1.15.1")
        self.requires("spdlog/[>=1.10]")
        if self.options.rest:
            self.requires("libcurl/[>=7.85]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for name, value in {"REST": self.options.rest, "APPS": False, "TESTS": False, "BENCH": False, "WERROR": False}.items():
            toolchain.cache_variables[f"MARGINFIX_{name}"] = bool(value)
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        # Our own package file knows components and dependencies; Conan's generated one would not.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append("lib/cmake/marginfix")

#!/usr/bin/env bash
# Builds ROCmForge on a fresh machine and starts it, or tests it.
#
#   packaging/bootstrap.sh run  [arguments of the app]
#   packaging/bootstrap.sh test [arguments of ctest]
#
# Installs the distribution's packages it needs (Debian, Ubuntu, Fedora, Arch), builds in
# build/release, then runs. When nothing is to do it takes seconds.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/release"

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
die() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

# What the build and the app need, by package manager.
apt_packages=(
    g++ cmake ninja-build ccache pkg-config
    qt6-base-dev qt6-declarative-dev qt6-declarative-dev-tools 'qt6-svg-dev|libqt6svg6-dev' libgl-dev
    qml6-module-qtquick qml6-module-qtquick-controls qml6-module-qtquick-layouts
    qml6-module-qtquick-window qml6-module-qtquick-dialogs qml6-module-qtquick-templates
    qml6-module-qtquick-shapes qml6-module-qtqml qml6-module-qtqml-models
    qml6-module-qtqml-workerscript qml6-module-qtcore qml6-module-qt-labs-platform
    qml6-module-qt-labs-folderlistmodel
    libsqlitecpp-dev libsqlite3-dev libspdlog-dev nlohmann-json3-dev libpcre2-dev libutf8proc-dev
    libmd4c-dev libmd4c-html0-dev libcli11-dev libzstd-dev libamdhip64-dev
    'clang-19|clang-18|clang-17' 'lld-19|lld-18|lld-17'
)
apt_test_packages=(qml6-module-qttest xvfb xdotool x11-apps python3 libboost-context-dev)
dnf_packages=(
    gcc-c++ cmake ninja-build ccache pkgconf-pkg-config
    qt6-qtbase-devel qt6-qtdeclarative-devel qt6-qtsvg-devel mesa-libGL-devel
    SQLiteCpp-devel sqlite-devel spdlog-devel json-devel pcre2-devel utf8proc-devel
    md4c-devel cli11-devel libzstd-devel rocm-hip-devel clang lld
)
dnf_test_packages=(xorg-x11-server-Xvfb xdotool xorg-x11-apps python3 boost-devel)
pacman_packages=(
    gcc cmake ninja ccache pkgconf qt6-base qt6-declarative qt6-svg
    sqlitecpp sqlite spdlog nlohmann-json pcre2 libutf8proc md4c cli11 zstd hip-runtime-amd clang lld
)
pacman_test_packages=(xorg-server-xvfb xdotool xorg-xwd python boost)

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "these packages need root and there is no sudo; as root run: $*"
    fi
}

is_installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }

# Of names separated by "|" (releases call them differently) one installed is enough.
apt_missing() {
    local package name
    for package in "$@"; do
        for name in ${package//|/ }; do
            is_installed "$name" && continue 2
        done
        echo "$package"
    done
}

# The first of the names that this release knows.
apt_known_name() {
    local name
    for name in ${1//|/ }; do
        if apt-cache show "$name" >/dev/null 2>&1; then echo "$name"; return; fi
    done
    die "this release has no package ${1//|/ or }"
}

install_with_apt() {
    local missing names=() package
    mapfile -t missing < <(apt_missing "$@")
    [ ${#missing[@]} -eq 0 ] && return
    say "installing ${#missing[@]} packages with apt: ${missing[*]}"
    as_root apt-get update -qq
    for package in "${missing[@]}"; do names+=("$(apt_known_name "$package")"); done
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${names[@]}" >/dev/null
}

install_with_dnf() {
    rpm -q "$@" >/dev/null 2>&1 && return
    say "installing packages with dnf: $*"
    as_root dnf install -y -q "$@"
}

install_with_pacman() {
    pacman -T "$@" >/dev/null 2>&1 && return
    say "installing packages with pacman: $*"
    as_root pacman -S --needed --noconfirm "$@"
}

# install_packages run|test
install_packages() {
    local manager
    for manager in apt dnf pacman none; do
        command -v "${manager/apt/apt-get}" >/dev/null && break
    done
    if [ "$manager" = none ]; then
        say "no apt, dnf or pacman here: install what CONTRIBUTING.md lists yourself; building anyway"
        return
    fi
    local -n packages="${manager}_packages" test_packages="${manager}_test_packages"
    if [ "$1" = test ]; then
        "install_with_$manager" "${packages[@]}" "${test_packages[@]}"
    else
        "install_with_$manager" "${packages[@]}"
    fi
}

# build ON|OFF (tests)
build() {
    if ! grep -qsx "BUILD_TESTING:BOOL=$1" "$build/CMakeCache.txt"; then
        say "configuring $build"
        cmake -S "$root" --preset release -DBUILD_TESTING="$1" >/dev/null
    fi
    say "building (the first time takes minutes)"
    cmake --build "$build"
}

case "${1:-}" in
run)
    shift
    install_packages run
    # A tree that once built its tests goes on doing so: switching back and forth would rebuild.
    if grep -qsx "BUILD_TESTING:BOOL=ON" "$build/CMakeCache.txt"; then build ON; else build OFF; fi
    say "starting ROCmForge"
    exec "$build/bin/rocmforge" "$@"
    ;;
test)
    shift
    install_packages test
    build ON
    say "running the tests"
    cd "$build"
    exec ctest --output-on-failure --parallel "$(nproc)" --label-exclude slow "$@"
    ;;
*)
    sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac

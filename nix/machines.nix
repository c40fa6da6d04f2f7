# The machines of a deploy tree: their names, and the files that they are built from. What lies in the tree is what there is, so
# that no second list can be wrong: nodes are `clusters/CLUSTER/nixos/NODE.nix`, all other machines `site/nixos/MACHINE.nix`.
tree:

let
  # Nix files of a folder, without those that are no machine; a folder that is not there has none.
  entries =
    folder: except:
    let
      files = if builtins.pathExists folder then builtins.readDir folder else { };
      isEntry = file: files.${file} == "regular" && builtins.match ".*[.]nix" file != null && !builtins.elem file except;
    in
    builtins.filter isEntry (builtins.attrNames files);
  stem = file: builtins.substring 0 (builtins.stringLength file - 4) file;

  clusters =
    if builtins.pathExists (tree + "/clusters") then builtins.attrNames (builtins.readDir (tree + "/clusters")) else [ ];
  nodes =
    cluster:
    let
      folder = tree + "/clusters/${cluster}/nixos";
    in
    map (file: {
      name = "${cluster}-${stem file}";
      value = folder + "/${file}";
    }) (entries folder [ "cluster.nix" ]);
  others = map (file: {
    name = stem file;
    value = tree + "/site/nixos/${file}";
  }) (entries (tree + "/site/nixos") [ ]);

  all = others ++ builtins.concatMap nodes clusters;
  machines = builtins.listToAttrs all;
  # Of two entries with one name `listToAttrs` would drop one without a word.
  lost = builtins.filter (entry: machines.${entry.name} != entry.value) all;
in
if lost == [ ] then
  machines
else
  throw "two machines are called `${(builtins.head lost).name}`: ${
    toString machines.${(builtins.head lost).name}
  } and ${toString (builtins.head lost).value}"

# The options of this library as JSON, in the form of nixosOptionsDoc: name to type, default and description. `<name>` is any key,
# `*` any item of a list.
# `nix/tests/run --write` puts it into `nix/options.json`, where the compiler looks up the keys that it writes.
let
  inherit (import ./evaluate.nix) lib pkgs;

  # Values as one writes them in Nix.
  text =
    value:
    if value == null then
      "null"
    else if builtins.isBool value then
      (if value then "true" else "false")
    else if builtins.isList value then
      (if value == [ ] then "[ ]" else "[ ${lib.concatMapStringsSep " " text value} ]")
    else if builtins.isAttrs value then
      (if value == { } then "{ }" else "{ ${lib.concatStringsSep " " (lib.mapAttrsToList (n: v: "${n} = ${text v};") value)} }")
    else if builtins.isString value then
      "\"${value}\""
    else
      toString value;

  default =
    option:
    if option ? defaultText then
      option.defaultText.text
    else if option ? default then
      text option.default
    else
      "none";

  entry = path: option: {
    name = lib.concatStringsSep "." path;
    value = {
      type = option.type.description;
      default = default option;
      description = option.description or (throw "`${lib.concatStringsSep "." path}` has no description");
    };
  };

  # The options inside a type: of its elements, of its fields.
  below =
    path: type:
    if type.nested == null then
      [ ]
    else if type.nested ? fields then
      all path [ type.nested.fields ]
    else if type.nested ? _ then
      below (path ++ [ "*" ]) type.nested._
    else if type.nested ? _name_ then
      below (path ++ [ "<name>" ]) type.nested._name_
    else
      below path type.nested;

  all =
    prefix: modules:
    lib.concatMap (leaf: [ (entry leaf.path leaf.option) ] ++ below leaf.path leaf.option.type)
      (lib.evalModules {
        inherit prefix modules;
        specialArgs = {
          inherit pkgs;
          name = "‹name›";
        };
      }).leaves;
in
builtins.listToAttrs (all [ ] [ ../modules ])

# The functions of nixpkgs' `lib` that this library uses, by their documented behaviour: the tests run without nixpkgs. A function
# that is missing here fails the tests of the module that calls it.
let
lib = rec {
  inherit (builtins)
    attrNames
    attrValues
    concatMap
    concatStringsSep
    elem
    filter
    foldl'
    head
    isAttrs
    isList
    isString
    length
    mapAttrs
    ;

  id = x: x;
  optional = condition: x: if condition then [ x ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: attrs: if condition then attrs else { };

  # Texts.
  concatStrings = concatStringsSep "";
  concatMapStrings = f: list: concatStrings (map f list);
  concatMapStringsSep = separator: f: list: concatStringsSep separator (map f list);
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      size = builtins.stringLength suffix;
      all = builtins.stringLength text;
    in
    all >= size && builtins.substring (all - size) size text == suffix;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      builtins.substring 0 (builtins.stringLength text - builtins.stringLength suffix) text
    else
      text;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then
      builtins.substring (builtins.stringLength prefix) (builtins.stringLength text) text
    else
      text;
  splitString = separator: text: filter isString (builtins.split (escapeRegex separator) text);
  boolToString = value: if value then "true" else "false";
  hasInfix = infix: text: builtins.length (builtins.split (escapeRegex infix) text) > 1;
  escapeRegex =
    let
      special = [ "\\" "." "*" "+" "?" "(" ")" "[" "]" "{" "}" "^" "$" "|" ];
    in
    builtins.replaceStrings special (map (c: "\\" + c) special);
  escapeShellArg = text: "'" + builtins.replaceStrings [ "'" ] [ "'\\''" ] (toString text) + "'";
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  # Lists.
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];
  last = list: builtins.elemAt list (length list - 1);
  init = list: builtins.genList (builtins.elemAt list) (length list - 1);
  imap0 = f: list: builtins.genList (i: f i (builtins.elemAt list i)) (length list);
  any = builtins.any;
  all = builtins.all;

  # Attribute sets.
  nameValuePair = name: value: { inherit name value; };
  mapAttrsToList = f: attrs: map (name: f name attrs.${name}) (attrNames attrs);
  mapAttrs' = f: attrs: builtins.listToAttrs (mapAttrsToList f attrs);
  filterAttrs =
    keep: attrs:
    builtins.listToAttrs (
      concatMap (name: optional (keep name attrs.${name}) (nameValuePair name attrs.${name})) (attrNames attrs)
    );
  genAttrs = names: f: builtins.listToAttrs (map (name: nameValuePair name (f name)) names);

  # Packages.
  getVersion = package: package.version;
  getExe = package: "${package}/bin/${package.meta.mainProgram or package.pname}";
  getExe' = package: name: "${package}/bin/${name}";

  # Marks that the evaluator of modules understands.
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkOrder = order: content: {
    _type = "order";
    inherit order content;
  };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  # Declarations.
  mkOption = attrs: attrs // { _type = "option"; };
  mkEnableOption =
    what:
    mkOption {
      type = types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${what}.";
    };
  literalExpression = text: {
    _type = "literalExpression";
    inherit text;
  };

  types = import ./types.nix { inherit lib; };
  evalModules = import ./modules.nix { inherit lib; };
};
in
lib

# Types of options. A type is
#   description   in the words of the manual of NixOS
#   check         whether one definition may be of it, looking no deeper than it must
#   problems      path and definitions to a list of texts: what is wrong, deeply
#   merge         path and definitions, at least one, to the value
#   shown         the same, without the fields of records that have no value: those that NixOS would compute
#   nested        the type of its elements or the modules of its fields, for listing options
# A definition is { file, value }, with the marks of mkIf, mkOverride and the like already taken off its top.
{ lib }:

let
  inherit (lib) concatMap concatMapStringsSep concatStringsSep;

  show =
    value:
    let
      text = if builtins.isFunction value then "a function" else builtins.toJSON value;
      tried = builtins.tryEval (builtins.deepSeq text text);
    in
    if !tried.success then "a ${builtins.typeOf value}" else builtins.substring 0 80 tried.value;

  where = path: concatStringsSep "." path;

  mismatch =
    description: path: def:
    "`${where path}` is ${description}, not ${show def.value} (in ${def.file})";

  # A type whose definitions have to agree.
  simple = description: check: rec {
    inherit description check;
    nested = null;
    problems =
      path: defs:
      let
        wrong = builtins.filter (def: !check def.value) defs;
        first = builtins.head defs;
        others = builtins.filter (def: def.value != first.value) defs;
      in
      if wrong != [ ] then
        map (mismatch description path) wrong
      else if others != [ ] then
        [ "`${where path}` has two values, ${show first.value} (in ${first.file}) and ${show (builtins.head others).value} (in ${(builtins.head others).file})" ]
      else
        [ ];
    merge = _: defs: (builtins.head defs).value;
    shown = merge;
  };

  # A type with elements: only the container is looked at here. `build` makes the value from those of the elements, which it gets
  # by the field of their type that it is told.
  container = description: check: nested: problems: build: {
    inherit description check nested;
    merge = build "merge";
    shown = build "shown";
    problems =
      path: defs:
      let
        wrong = builtins.filter (def: !check def.value) defs;
      in
      if wrong != [ ] then map (mismatch description path) wrong else problems path defs;
  };

  isPackage = value: builtins.isAttrs value && (value.type or null) == "derivation";
  isPath = value: builtins.isPath value || isPackage value || (builtins.isString value && lib.hasPrefix "/" value);
  text = value: builtins.isString value || (builtins.isAttrs value && value ? outPath);
  matches = pattern: value: builtins.isString value && builtins.match pattern value != null;

  # The manual puts parentheses around the kinds of phrases that do not stand well in a longer one.
  phrase =
    plain: type:
    if builtins.elem (type.class or "noun") plain then type.description else "(${type.description})";

  elements = path: defs: lib.imap0 (index: def: { inherit def; at = path ++ [ (toString index) ]; }) (
    concatMap (def: map (value: { inherit (def) file; inherit value; }) def.value) defs
  );
in
rec {
  bool = simple "boolean" builtins.isBool;
  int = simple "signed integer" builtins.isInt;
  float = simple "floating point number" builtins.isFloat;
  str = simple "string" text;
  nonEmptyStr = simple "non-empty string" (value: text value && matches ".*[^ \t\n].*" "${value}");
  path = simple "path" isPath;
  package = simple "package" isPackage;
  strMatching = pattern: simple "string matching the pattern ${pattern}" (matches pattern);
  enum = values: simple "one of ${concatMapStringsSep ", " (v: "“${v}”") values}" (value: builtins.elem value values);

  bounded = low: high: simple (
    if low == 0 && high == 65535 then
      "16 bit unsigned integer; between 0 and 65535 (both inclusive)"
    else if high == null then
      (if low == 0 then "unsigned integer, meaning >=0" else "positive integer, meaning >0")
    else
      "integer between ${toString low} and ${toString high} (both inclusive)"
  ) (value: builtins.isInt value && value >= low && (high == null || value <= high));
  port = bounded 0 65535;
  ints = {
    between = bounded;
    unsigned = bounded 0 null;
    positive = bounded 1 null;
  };

  separatedString =
    separator:
    str
    // rec {
      description = "strings concatenated with “${builtins.replaceStrings [ "\n" ] [ "\\n" ] separator}”";
      problems = path: defs: map (mismatch "text" path) (builtins.filter (def: !text def.value) defs);
      merge = _: defs: concatMapStringsSep separator (def: def.value) defs;
      shown = merge;
    };
  lines = separatedString "\n";

  # Free-form data: maps unite, lists join, all else has to agree.
  anything = rec {
    description = "anything";
    check = _: true;
    nested = null;
    problems =
      path: defs:
      let
        values = map (def: def.value) defs;
      in
      if builtins.length defs < 2 || builtins.all builtins.isList values then
        [ ]
      else if builtins.all (v: builtins.isAttrs v && !isPackage v) values then
        (attrsOf anything).problems path defs
      else
        (simple "data" (_: true)).problems path defs;
    merge =
      path: defs:
      let
        values = map (def: def.value) defs;
      in
      if builtins.length defs > 1 && builtins.all builtins.isList values then
        builtins.concatLists values
      else if builtins.all (v: builtins.isAttrs v && !isPackage v) values then
        (attrsOf anything).merge path defs
      else
        builtins.head values;
    shown = merge;
  };
  raw = simple "raw value" (_: true);

  listOf =
    type:
    container "list of ${phrase [ "noun" "composite" ] type}" builtins.isList { _ = type; }
      (path: defs: concatMap (e: type.problems e.at [ e.def ]) (elements path defs))
      (get: path: defs: map (e: type.${get} e.at [ e.def ]) (elements path defs))
    // {
      class = "composite";
    };

  attrsOf =
    type:
    let
      spread = defs: (import ./modules.nix { inherit lib; }).byName defs;
    in
    container "attribute set of ${phrase [ "noun" "composite" ] type}" (value: builtins.isAttrs value && !isPackage value) { _name_ = type; }
      (path: defs: builtins.concatLists (lib.mapAttrsToList (name: type.problems (path ++ [ name ])) (spread defs)))
      (get: path: defs: builtins.mapAttrs (name: type.${get} (path ++ [ name ])) (spread defs))
    // {
      class = "composite";
    };

  nullOr =
    type:
    container "null or ${phrase [ "noun" "conjunction" ] type}" (value: value == null || type.check value) type
      (
        path: defs:
        let
          present = builtins.filter (def: def.value != null) defs;
        in
        if present == [ ] then
          [ ]
        else if builtins.length present != builtins.length defs then
          [ "`${where path}` is null in one place and not in another" ]
        else
          type.problems path present
      )
      (get: path: defs: if (builtins.head defs).value == null then null else type.${get} path defs)
    // {
      class = "conjunction";
    };

  either =
    a: b:
    let
      pick = defs: if builtins.all (def: a.check def.value) defs then a else b;
    in
    container "${phrase [ "noun" "conjunction" ] a} or ${phrase [ "noun" "conjunction" "composite" ] b}" (value: a.check value || b.check value) null
      (path: defs: (pick defs).problems path defs)
      (get: path: defs: (pick defs).${get} path defs)
    // {
      class = "conjunction";
    };
  oneOf = list: lib.foldl' either (builtins.head list) (builtins.tail list);

  submodule =
    module:
    let
      eval =
        path: defs:
        lib.evalModules {
          prefix = path;
          modules = [ module ] ++ map (def: { inherit (def) file; config = def.value; }) defs;
          specialArgs.name = lib.last path;
        };
    in
    container "submodule" builtins.isAttrs { fields = module; } (path: defs: (eval path defs).problems) (
      get: path: defs: (eval path defs).${if get == "merge" then "config" else "shown"}
    )
    // {
      class = "other";
    };
}

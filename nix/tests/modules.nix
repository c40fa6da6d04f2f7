# A small evaluator of NixOS modules: options with types, nested names, imports, mkIf, mkMerge, mkDefault, mkForce, mkBefore and
# mkAfter. What is wrong is a list of texts in `problems` and not the end of the evaluation, so that a test can look at all of it.
{ lib }:

let
  inherit (lib) concatMap concatStringsSep;

  isMark = value: builtins.isAttrs value && builtins.elem (value._type or null) [ "if" "merge" "override" "order" ];
  isOption = value: builtins.isAttrs value && (value._type or null) == "option";

  # Takes the marks off the top of a definition. Conditions are kept aside: names may be needed long before they are known.
  unmark =
    def:
    let
      inherit (def) value;
      again = change: unmark (def // change);
    in
    if !isMark value then
      [ def ]
    else if value._type == "merge" then
      concatMap (content: again { value = content; }) value.contents
    else if value._type == "if" then
      again {
        value = value.content;
        conditions = def.conditions or [ ] ++ [ value.condition ];
      }
    else if value._type == "override" then
      again {
        value = value.content;
        priority = def.priority or value.priority;
      }
    else
      again {
        value = value.content;
        order = value.order;
      };

  holds = def: builtins.all lib.id (def.conditions or [ ]);

  # The definitions that count: those whose conditions hold, of the strongest priority, in order.
  active =
    defs:
    let
      held = builtins.filter holds (concatMap unmark defs);
      priority = def: def.priority or 100;
      strongest = lib.foldl' (least: def: if priority def < least then priority def else least) 10000 held;
      order = def: def.order or 1000;
    in
    builtins.sort (a: b: order a < order b) (builtins.filter (def: priority def == strongest) held);

  # Spreads definitions that are attribute sets by name.
  spread =
    defs:
    let
      flat = builtins.filter (def: builtins.isAttrs def.value) (concatMap unmark defs);
      names = lib.unique (concatMap (def: builtins.attrNames def.value) flat);
      of = name: concatMap (def: lib.optional (def.value ? ${name}) (def // { value = def.value.${name}; })) flat;
    in
    lib.genAttrs names of;

  # The same, with what counts for each name already chosen; names without any are left out.
  byName = defs: lib.filterAttrs (_: list: list != [ ]) (builtins.mapAttrs (_: active) (spread defs));

  # A file, a function or an attribute set as { file, imports, options, config }.
  load =
    args: origin: module:
    if builtins.isPath module || builtins.isString module then
      load args (toString module) (import module)
    else if builtins.isFunction module then
      load args origin (module args)
    else
      let
        explicit = module ? options || module ? config;
        known = [ "_file" "file" "key" "imports" "options" "config" ];
        unknown = builtins.attrNames (builtins.removeAttrs module known);
      in
      if explicit && unknown != [ ] then
        throw "${origin}: a module with `options` or `config` has nothing else beside them, but there is `${concatStringsSep "`, `" unknown}`"
      else
        {
          file = module.file or module._file or origin;
          imports = module.imports or [ ];
          options = module.options or { };
          config = if explicit then module.config or { } else builtins.removeAttrs module known;
        };

  # Every module once, files by their path, in the order of their imports.
  collect =
    args: origin: seen: modules:
    lib.foldl'
      (
        state: module:
        let
          isFile = builtins.isPath module || builtins.isString module;
          raw = toString module;
          key = if isFile && builtins.pathExists (raw + "/default.nix") then raw + "/default.nix" else raw;
          loaded = load args origin (if isFile then key else module);
          inner = collect args loaded.file (state.seen ++ lib.optional isFile key) loaded.imports;
        in
        if isFile && builtins.elem key state.seen then
          state
        else
          {
            inherit (inner) seen;
            list = state.list ++ inner.list ++ [ loaded ];
          }
      )
      {
        inherit seen;
        list = [ ];
      }
      modules;

  # Joins the declarations of all modules.
  declare =
    path: trees:
    let
      all = spread trees;
      join =
        name: list:
        let
          here = path ++ [ name ];
          options = builtins.filter (def: isOption def.value) list;
        in
        if options == [ ] then
          declare here list
        else if builtins.length list > 1 then
          throw "`${concatStringsSep "." here}` is declared in ${concatStringsSep " and in " (map (def: def.file) list)}"
        else
          (builtins.head options).value // { declaredIn = (builtins.head options).file; };
    in
    builtins.mapAttrs join all;

  evalOption =
    path: option: defs:
    let
      default = lib.optional (option ? default) {
        file = option.declaredIn;
        value = option.default;
        priority = 1500;
      };
      chosen = active (defs ++ default);
      value =
        if chosen == [ ] then
          throw "`${concatStringsSep "." path}` is used but has no value: nobody defines it, and it has no default"
        else if problems != [ ] then
          throw (builtins.head problems)
        else
          option.type.merge path chosen;
      # A definition that is computed from a wrong one has no value; what is wrong is said there and not here.
      found = builtins.tryEval (builtins.deepSeq wrong wrong);
      wrong = if chosen == [ ] then [ ] else option.type.problems path chosen;
      problems = if found.success then found.value else [ ];
    in
    {
      inherit value problems;
      hasValue = chosen != [ ];
      shown = option.type.shown path chosen;
      leaves = [ { inherit path option; } ];
    };

  evalTree =
    path: tree: freeform: defs:
    let
      given = spread defs;
      unknown = builtins.attrNames (builtins.removeAttrs given (builtins.attrNames tree));
      child =
        name: option:
        let
          here = path ++ [ name ];
          own = given.${name} or [ ];
        in
        if isOption option then evalOption here option own else evalTree here option false own;
      children = builtins.mapAttrs child tree;
      free = lib.types.anything;
      loose = builtins.mapAttrs (name: list: free.merge (path ++ [ name ]) (active list)) (
        lib.filterAttrs (name: list: builtins.elem name unknown && active list != [ ]) given
      );
      complain =
        name:
        "the option `${concatStringsSep "." (path ++ [ name ])}` does not exist (in ${(builtins.head given.${name}).file})";
    in
    {
      value = builtins.mapAttrs (_: c: c.value) children // (if freeform then loose else { });
      hasValue = true;
      shown = builtins.mapAttrs (_: c: c.shown) (lib.filterAttrs (_: c: c.hasValue) children) // (if freeform then loose else { });
      leaves = concatMap (c: c.leaves) (builtins.attrValues children);
      problems =
        (if freeform then [ ] else map complain unknown) ++ concatMap (c: c.problems) (builtins.attrValues children);
    };

  eval =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      args = specialArgs // {
        inherit config lib;
        options = declared;
      };
      list = (collect args "the test" [ ] modules).list;
      freeform = builtins.any (m: m.options ? _freeform) list;
      declared = declare prefix (
        map (m: {
          inherit (m) file;
          value = builtins.removeAttrs m.options [ "_freeform" ];
        }) list
      );
      result = evalTree prefix declared freeform (
        map (m: {
          inherit (m) file;
          value = m.config;
        }) list
      );
      config = result.value;
    in
    {
      inherit config;
      inherit (result) leaves problems shown;
      options = declared;
    };
in
{
  inherit byName;
  __functor = _: eval;
}

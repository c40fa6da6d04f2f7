# Declares the options of NixOS that `options.json` lists, with their types and nothing behind them.
{ lib, pkgs }:

let
  inherit (lib) types;
  get = field: value: value.${field} or null;

  type =
    t:
    if builtins.isString t then
      {
        inherit (types) bool int float str path package;
        any = types.anything;
      }
      .${t}
    else if t ? lines then
      types.separatedString t.lines
    else if t ? int then
      types.ints.between (builtins.head t.int) (builtins.elemAt t.int 1)
    else if t ? list then
      types.listOf (type t.list)
    else if t ? attrs then
      types.attrsOf (type t.attrs)
    else if t ? null then
      types.nullOr (type t.null)
    else if t ? or then
      types.oneOf (map type t.or)
    else if t ? enum then
      types.enum t.enum
    else
      types.submodule { options = tree t.sub // lib.optionalAttrs (t.open or false) { _freeform = true; }; };

  tree = builtins.mapAttrs (
    _: node:
    if node ? "in" then
      tree node."in"
    else
      lib.mkOption (
        {
          type = type node.type;
        }
        // lib.optionalAttrs (node ? default) { inherit (node) default; }
        // lib.optionalAttrs (node ? package && pkgs ? ${node.package}) { default = pkgs.${node.package}; }
      )
  );

  # NixOS computes some defaults, and machines read one of them: the file that the text of an entry of `environment.etc` becomes.
  computed =
    options:
    let
      etc = options.environment."in".etc;
      fields = etc.type.attrs.sub;
      file = fields.source // { default = "/nix/store/etc"; };
    in
    options
    // {
      environment."in" = options.environment."in" // {
        etc = etc // { type.attrs.sub = fields // { source = file; }; };
      };
    };
in
{
  options = tree (computed (builtins.fromJSON (builtins.readFile ./options.json)));
}

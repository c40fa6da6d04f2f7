# Evaluates the modules of a machine against the options of NixOS that the tests know.
rec {
  lib = import ./lib.nix;
  pkgs = import ./pkgs.nix { inherit lib; };

  # `extra` are the modules that the machine has beside its entry point, which imports the library.
  evaluate =
    extra: entry:
    let
      result = lib.evalModules {
        modules = [
          (import ./known-options.nix { inherit lib pkgs; })
        ]
        ++ extra
        ++ [ entry ];
        specialArgs = { inherit pkgs; };
      };
      # Assertions look at values, and a value of the wrong type is none: then its problem is the one to show.
      failed = map (a: a.message) (builtins.filter (a: !a.assertion) result.config.assertions);
      messages = builtins.tryEval (builtins.deepSeq failed failed);
    in
    result
    // {
      # Everything that is wrong with it: unknown options, wrong types, failed assertions.
      problems = result.problems ++ lib.optionals messages.success messages.value;
      # Each value that there is, evaluated to the end.
      whole = builtins.deepSeq result.shown result.shown;
    };

  # sops-nix as far as this library speaks to it.
  sops =
    { config, lib, ... }:
    let
      inherit (lib) mkOption types;
      option = type: mkOption { inherit type; };
      access = {
        path = option types.str;
        owner = option types.str;
        group = option types.str;
        mode = option types.str;
        restartUnits = option (types.listOf types.str);
      };
    in
    {
      options.sops = {
        defaultSopsFile = option types.path;
        validateSopsFiles = option types.bool;
        age.sshKeyPaths = option (types.listOf types.path);
        secrets = mkOption {
          type = types.attrsOf (types.submodule { options = access // { key = option types.str; }; });
          default = { };
        };
        templates = mkOption {
          type = types.attrsOf (types.submodule { options = access // { content = option types.lines; }; });
          default = { };
        };
        placeholder = option (types.attrsOf types.str);
      };
      config.sops.placeholder = builtins.mapAttrs (name: _: "<SOPS:${name}:PLACEHOLDER>") config.sops.secrets;
    };
}

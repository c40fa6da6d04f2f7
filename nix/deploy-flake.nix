# Builds every machine of this deploy tree from the tree alone: `nix build .#nixosConfigurations.NAME.config.system.build.toplevel`.
{
  description = "The machines of this site";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    sops-nix.url = "github:Mic92/sops-nix";
    sops-nix.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs =
    {
      self,
      nixpkgs,
      sops-nix,
    }:
    {
      nixosConfigurations = builtins.mapAttrs (
        _: entry:
        nixpkgs.lib.nixosSystem {
          modules = [
            sops-nix.nixosModules.sops
            entry
          ];
        }
      ) (import ./nix/machines.nix ./.);
    };
}

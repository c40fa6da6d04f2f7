# The flake of a deploy tree, copied to its top as `flake.nix`: builds every machine of the site from this tree alone.
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

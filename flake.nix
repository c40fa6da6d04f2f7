{
  description = "kssc: a compiler for the typed site descriptions of `.kss` files";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      each = f: lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
      manifest = (lib.importTOML ./Cargo.toml).workspace.package;
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "kssc";
          inherit (manifest) version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          cargoBuildFlags = [ "--package=kssc" ];
          # The tests of the workspace run helm, kustomize and OpenTofu; `tests/run` installs those and runs all of them.
          doCheck = false;
          meta = {
            description = "Compiler for `.kss`, a typed configuration language for homelabs on NixOS and Kubernetes";
            homepage = manifest.repository;
            license = [
              lib.licenses.mit
              lib.licenses.asl20
            ];
            mainProgram = "kssc";
          };
        };
      });

      devShells = each (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.cargo-deny
            pkgs.clippy
            pkgs.kubeconform
            pkgs.kubernetes-helm
            pkgs.kustomize
            pkgs.nixfmt-rfc-style
            pkgs.opentofu
            pkgs.pre-commit
            pkgs.python3
            pkgs.rust-analyzer
            pkgs.rustc
            pkgs.rustfmt
          ];
        };
      });

      # The library that emitted configurations import, for those who write a machine by hand beside them.
      nixosModules.default = import ./nix/modules;

      formatter = each (pkgs: pkgs.nixfmt-rfc-style);
    };
}

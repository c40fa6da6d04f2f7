# The NixOS library that emitted configurations import: everything here is off, or empty, until a configuration says otherwise,
# so that any machine may import the whole of it. Nothing but nixpkgs and, where secrets are declared, sops-nix is needed.
{
  imports = [
    ./cluster.nix
    ./firewall.nix
    ./forward.nix
    ./longhorn-host.nix
    ./registries.nix
    ./rke2.nix
    ./secrets.nix
    ./trust.nix
    ./vm.nix
  ];
}

# The NixOS library that emitted configurations import: everything here is off, or empty, until a configuration says otherwise,
# so that any machine may import the whole of it. Nothing but nixpkgs and, where secrets are declared, sops-nix is needed.
{
  imports = [
    ./cluster.nix
    ./containers.nix
    ./firewall.nix
    ./forward.nix
    ./github-mirror.nix
    ./gitlab.nix
    ./gitlab-runner.nix
    ./harbor.nix
    ./longhorn-host.nix
    ./minio.nix
    ./openbao.nix
    ./registries.nix
    ./rke2.nix
    ./secrets.nix
    ./teleport.nix
    ./trust.nix
    ./vm.nix
    ./ziti.nix
  ];
}

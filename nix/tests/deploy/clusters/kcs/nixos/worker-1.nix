{ pkgs, ... }:
{
  imports = [
    ../../../nix/modules
    ./cluster.nix
  ];
  kss.longhorn-host.enable = true;
  kss.rke2.version = "v1.31.4+rke2r1";
  kss.secrets.files = {
    "vault-base/root_ca".later = true;
    "rke2/agent-token".units = [ "rke2-agent.service" ];
  };
  networking.hostName = "kcs-worker-1";
  nixpkgs.hostPlatform = "x86_64-linux";
  services.openiscsi = {
    enable = true;
    name = "iqn.2024-01.local.k8s:kcs-worker-1";
  };
  services.rke2 = {
    enable = true;
    role = "agent";
    package = pkgs.rke2;
    serverAddr = "https://10.69.50.50:9345";
    tokenFile = "/run/secrets/rke2/agent-token";
  };
  system.stateVersion = "25.11";
}

{ pkgs, ... }:
{
  imports = [
    ../../../nix/modules
    ./cluster.nix
  ];
  boot.kernelModules = [
    "overlay"
    "br_netfilter"
  ];
  boot.kernel.sysctl."net.ipv4.ip_forward" = 1;
  environment.systemPackages = [
    pkgs.vim
    pkgs.cri-tools
  ];
  environment.etc."rancher/rke2/audit-policy.yaml" = {
    mode = "0644";
    text = ''
      apiVersion: audit.k8s.io/v1
      kind: Policy
    '';
  };
  kss.firewall.rules = [
    {
      proto = "tcp";
      from = 22;
      to = 22;
      source = [ "10.69.10.0/24" ];
      comment = "operator and executor";
    }
    {
      proto = "tcp";
      from = 6443;
      to = 6443;
      source = [ "10.69.50.0/24" ];
      comment = "kube-apiserver";
    }
  ];
  kss.forward = {
    source = [ "10.42.0.0/16" ];
    rules = [
      {
        to = "10.69.10.10/32";
        verdict = "accept";
        ports = [ "11434/tcp" ];
      }
      {
        to = "10.69.10.0/24";
        verdict = "drop";
      }
    ];
  };
  kss.profile.vm.enable = true;
  kss.rke2 = {
    version = "v1.31.4+rke2r1";
    hardening = "off";
    reapShims = true;
  };
  kss.secrets.files = {
    "vault-base/root_ca" = {
      later = true;
      units = [ "kss-trust.service" ];
    };
    "rke2/server-token".units = [ "rke2-server.service" ];
    "rke2/agent-token".units = [ "rke2-server.service" ];
  };
  networking.firewall = {
    enable = true;
    allowPing = true;
    checkReversePath = "loose";
    trustedInterfaces = [
      "cilium_host"
      "lxc*"
    ];
  };
  networking.hostName = "kcs-master";
  networking.nftables.enable = true;
  networking.useDHCP = false;
  networking.useNetworkd = true;
  nixpkgs.config.allowUnfree = true;
  nixpkgs.hostPlatform = "x86_64-linux";
  security.pam.loginLimits = [
    {
      domain = "*";
      type = "-";
      item = "nofile";
      value = "1048576";
    }
  ];
  security.sudo.wheelNeedsPassword = false;
  services.openiscsi = {
    enable = true;
    name = "iqn.2024-01.local.k8s:kcs-master";
  };
  services.openssh = {
    enable = true;
    settings = {
      PermitRootLogin = "no";
      PasswordAuthentication = false;
    };
  };
  services.rke2 = {
    enable = true;
    role = "server";
    package = pkgs.rke2;
    cni = "none";
    nodeName = "kcs-master";
    nodeIP = "10.69.50.50";
    nodeLabel = [ "bgp_enabled=true" ];
    nodeTaint = [ "node-role.kubernetes.io/control-plane=true:NoSchedule" ];
    tokenFile = "/run/secrets/rke2/server-token";
    agentTokenFile = "/run/secrets/rke2/agent-token";
    disable = [
      "rke2-canal"
      "rke2-ingress-nginx"
    ];
    extraFlags = [ "--disable-kube-proxy" ];
  };
  services.timesyncd = {
    enable = true;
    servers = [ "ntp.se" ];
  };
  swapDevices = [ ];
  system.stateVersion = "25.11";
  systemd.network.networks."10-primary" = {
    matchConfig.MACAddress = "52:54:00:69:50:50";
    address = [ "10.69.50.50/24" ];
    gateway = [ "10.69.50.1" ];
    dns = [ "10.69.50.1" ];
  };
  systemd.tmpfiles.rules = [ "d /var/log/kubernetes 0750 root root -" ];
  time.timeZone = "Europe/Stockholm";
  users.users.kssc = {
    isNormalUser = true;
    extraGroups = [ "wheel" ];
    openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA kssc@homelab" ];
  };
}

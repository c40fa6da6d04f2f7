{ pkgs, ... }:
{
  imports = [ ../../nix/modules ];
  environment.systemPackages = [ pkgs.openssl ];
  kss.secrets.files."acme/token" = { };
  kss.secrets.templates."acme/dns.env" = {
    parts = [
      "CLOUDFLARE_DNS_API_TOKEN="
      { secret = "acme/token"; }
      "\n"
    ];
    units = [ "acme-support.lab.example.com.service" ];
  };
  networking.hostName = "support";
  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";
  virtualisation.docker = {
    enable = true;
    daemon.settings.ip = "127.0.0.1";
  };
}

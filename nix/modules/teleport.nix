# Teleport ends TLS itself, with a certificate that ACME renews.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.teleport;
in
{
  options.kss.teleport.afterAcme = mkOption {
    type = types.nullOr types.nonEmptyStr;
    default = null;
    example = "support.lan";
    description = "Name of the entry of security.acme.certs whose certificate Teleport reads: it starts when there is one.";
  };

  config = lib.mkIf (cfg.afterAcme != null) {
    assertions = [
      {
        assertion = config.security.acme.certs ? ${cfg.afterAcme};
        message = "kss.teleport.afterAcme is ${cfg.afterAcme}, which security.acme.certs does not have";
      }
    ];
    systemd.services.teleport = {
      wants = [ "acme-${cfg.afterAcme}.service" ];
      after = [ "acme-${cfg.afterAcme}.service" ];
    };
  };
}

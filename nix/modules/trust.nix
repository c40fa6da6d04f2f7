# A certificate authority of the site that this machine trusts. It is made long after the system was built, so it can't be part
# of the closure: it is a file that is delivered, and a unit joins it with the certificates of the system.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.trust;
  bundle = "/run/kssc/trust/ca-bundle.crt";

  join = pkgs.writeShellApplication {
    name = "kss-trust";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.openssl
    ];
    text = builtins.readFile ../scripts/trust.sh;
  };
in
{
  options.kss.trust.caFile = mkOption {
    type = types.nullOr (types.strMatching "/.+");
    default = null;
    example = "/run/secrets/site-ca";
    description = "Path, on the machine, of a PEM certificate that programs of this machine trust beside those of the system.";
  };

  config = lib.mkIf (cfg.caFile != null) {
    systemd.services = lib.mkMerge [
      {
        # No RemainAfterExit: a unit that stays active is never run again by its path unit.
        kss-trust = {
          description = "Certificates of the system and of the site in one bundle";
          wantedBy = [ "multi-user.target" ];
          after = [ "sops-install-secrets.service" ];
          serviceConfig = {
            Type = "oneshot";
            ExecStart = "${lib.getExe join} ${cfg.caFile} /etc/ssl/certs/ca-certificates.crt ${bundle}";
          };
        };
      }
      # containerd inherits it from RKE2 and reads the bundle when it starts. Restarting a node because a certificate is new
      # is a decision of who drains it first.
      (lib.mkIf config.services.rke2.enable {
        "rke2-${config.services.rke2.role}" = {
          wants = [ "kss-trust.service" ];
          after = [ "kss-trust.service" ];
          environment.SSL_CERT_FILE = bundle;
        };
      })
    ];
    systemd.paths.kss-trust = {
      description = "A new certificate authority of the site";
      wantedBy = [ "multi-user.target" ];
      pathConfig.PathChanged = cfg.caFile;
    };
    environment.variables.SSL_CERT_FILE = bundle;
  };
}

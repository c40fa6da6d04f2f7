# Unseals OpenBao whenever it starts, with a key that is delivered after somebody initialised it.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.openbao;

  unseal = pkgs.writeShellApplication {
    name = "kss-openbao-unseal";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.curl
      pkgs.jq
    ];
    text = builtins.readFile ../scripts/openbao-unseal.sh;
  };
in
{
  options.kss.openbao = {
    unsealKeyFile = mkOption {
      type = types.nullOr (types.strMatching "/.+");
      default = null;
      example = "/run/secrets/openbao/vault-unseal";
      description = "Path, on the machine, of a file with the unseal key in base64; until it is there OpenBao stays sealed.";
    };
    address = mkOption {
      type = types.nonEmptyStr;
      default = "http://127.0.0.1:8200";
      description = "Where OpenBao answers on this machine.";
    };
  };

  config = lib.mkIf (cfg.unsealKeyFile != null) {
    assertions = [
      {
        assertion = config.services.openbao.enable;
        message = "kss.openbao.unsealKeyFile needs services.openbao.enable: there is nothing to unseal";
      }
    ];
    # It ends with OpenBao and is wanted by it, so it runs for every start, after a crash as well.
    systemd.services.kss-openbao-unseal = {
      description = "Unseal OpenBao";
      wantedBy = [ "openbao.service" ];
      bindsTo = [ "openbao.service" ];
      after = [ "openbao.service" ];
      unitConfig.ConditionFileNotEmpty = [ cfg.unsealKeyFile ];
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        Restart = "on-failure";
        RestartSec = "10s";
        ExecStart = "${lib.getExe unseal} ${cfg.address} ${cfg.unsealKeyFile}";
      };
    };
    systemd.paths.kss-openbao-unseal = {
      description = "The unseal key of OpenBao is delivered";
      wantedBy = [ "multi-user.target" ];
      pathConfig.PathChanged = cfg.unsealKeyFile;
    };
  };
}

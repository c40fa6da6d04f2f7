# Buckets of MinIO, each with an account that may use it and nothing else. The root account stays on this machine.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.minio;

  bucket = types.submodule {
    options = {
      versioning = mkOption {
        type = types.bool;
        default = false;
        description = "Whether replaced and deleted objects are kept as older versions.";
      };
      expireDays = mkOption {
        type = types.nullOr types.ints.positive;
        default = null;
        description = "After how many days objects are deleted; never without it.";
      };
      quotaMiB = mkOption {
        type = types.nullOr types.ints.positive;
        default = null;
        description = "How much the bucket may hold, in MiB; no limit without it.";
      };
      user = mkOption {
        type = types.strMatching "[A-Za-z0-9._-]{3,}";
        description = "Access key of the account of this bucket.";
      };
      secretFile = mkOption {
        type = types.strMatching "/.+";
        description = "Path, on the machine, of a file with the secret key of that account.";
      };
    };
  };

  users = lib.mapAttrsToList (_: b: b.user) cfg.buckets;
  wanted = pkgs.writeText "kss-minio-buckets.json" (builtins.toJSON cfg.buckets);
  apply = pkgs.writeShellApplication {
    name = "kss-minio-buckets";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.jq
      pkgs.minio-client
    ];
    text = builtins.readFile ../scripts/minio-buckets.sh;
  };
in
{
  options.kss.minio.buckets = mkOption {
    type = types.attrsOf bucket;
    default = { };
    description = "Buckets, by name. A bucket that is no longer here is left alone, with all that is in it.";
  };

  config = lib.mkIf (cfg.buckets != { }) {
    assertions = [
      {
        assertion = config.services.minio.enable && config.services.minio.rootCredentialsFile != null;
        message = "kss.minio.buckets needs services.minio.enable and services.minio.rootCredentialsFile";
      }
      {
        assertion = lib.unique users == users;
        message = "kss.minio.buckets: two buckets have one user, which could then use both";
      }
    ];
    systemd.services.kss-minio-buckets = {
      description = "Buckets and accounts of MinIO";
      wantedBy = [ "minio.service" ];
      bindsTo = [ "minio.service" ];
      after = [ "minio.service" ];
      # Another key of an account is another content of a file that this unit does not see: kss.secrets restarts it.
      restartTriggers = [ wanted ];
      environment.MC_CONFIG_DIR = "/run/kss-minio-buckets";
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        RuntimeDirectory = "kss-minio-buckets";
        RuntimeDirectoryMode = "0700";
        EnvironmentFile = config.services.minio.rootCredentialsFile;
        ExecStart = "${lib.getExe apply} ${config.services.minio.listenAddress} ${wanted}";
        Restart = "on-failure";
        RestartSec = "10s";
      };
    };
  };
}

# Copies the repositories of an organisation of GitHub into a group of GitLab, again and again.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.github-mirror;
  hardening = import ../lib/hardening.nix;
  file = types.strMatching "/.+";

  variable = types.submodule {
    options = {
      value = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "Its value, where that is no secret.";
      };
      secretFile = mkOption {
        type = types.nullOr file;
        default = null;
        description = "Path, on the machine, of a file with its value.";
      };
      masked = mkOption {
        type = types.bool;
        default = false;
        description = "Whether logs of jobs hide it.";
      };
    };
  };

  mirror = pkgs.writeShellApplication {
    name = "kss-github-mirror";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.curl
      pkgs.gitMinimal
      pkgs.jq
    ];
    text = builtins.readFile ../scripts/github-mirror.sh;
  };

  wanted = pkgs.writeText "kss-github-mirror.json" (
    builtins.toJSON {
      inherit (cfg)
        organisation
        api
        ciConfig
        visibility
        skipArchived
        skipForks
        ;
      gitlab = { inherit (cfg.gitlab) url group; };
      variables = lib.mapAttrs (name: v: {
        inherit (v) value masked;
        credential = if v.secretFile == null then null else "variable-${name}";
      }) cfg.variables;
    }
  );
  secretVariables = lib.filterAttrs (_: v: v.secretFile != null) cfg.variables;
in
{
  options.kss.github-mirror = {
    enable = lib.mkEnableOption "copies of the repositories of an organisation of GitHub in GitLab";
    organisation = mkOption {
      type = types.strMatching "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?";
      description = "The organisation.";
    };
    api = mkOption {
      type = types.strMatching "https?://.+";
      default = "https://api.github.com";
      description = "Where its API is.";
    };
    tokenFile = mkOption {
      type = types.nullOr file;
      default = null;
      description = "Path, on the machine, of a file with a token of GitHub; without it public repositories are copied.";
    };
    interval = mkOption {
      type = types.strMatching "[0-9]+(s|min|h|d)";
      default = "10min";
      description = "How long after the end of one run the next one begins.";
    };
    skipArchived = mkOption {
      type = types.bool;
      default = true;
      description = "Whether repositories that are archived are left out.";
    };
    skipForks = mkOption {
      type = types.bool;
      default = true;
      description = "Whether forks are left out.";
    };
    visibility = mkOption {
      type = types.enum [
        "private"
        "internal"
        "public"
      ];
      default = "internal";
      description = "Who sees the group and its projects when they are made.";
    };
    ciConfig = mkOption {
      type = types.nullOr types.nonEmptyStr;
      default = null;
      example = "ci/build.gitlab-ci.yml@infra/homelab";
      description = "Where GitLab finds the pipeline of every project; in the project itself without it.";
    };
    variables = mkOption {
      type = types.attrsOf variable;
      default = { };
      description = "Variables that every pipeline of the group gets.";
    };
    gitlab = {
      url = mkOption {
        type = types.strMatching "https?://.+";
        description = "URL of the GitLab.";
      };
      group = mkOption {
        type = types.strMatching "[A-Za-z0-9_][A-Za-z0-9_.-]*";
        description = "The group, which is made if there is none; not one inside another.";
      };
      tokenFile = mkOption {
        type = file;
        description = "Path, on the machine, of a file with a token of GitLab of scope `api` that may make projects in the group.";
      };
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = lib.mapAttrsToList (name: v: {
      assertion = (v.value == null) != (v.secretFile == null);
      message = "kss.github-mirror.variables.${name} needs either a value or a secretFile";
    }) cfg.variables;
    systemd.services.kss-github-mirror = {
      description = "Copies of repositories of GitHub";
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ];
      serviceConfig = hardening // {
        Type = "oneshot";
        DynamicUser = true;
        StateDirectory = "kss-github-mirror";
        StateDirectoryMode = "0700";
        RuntimeDirectory = "kss-github-mirror";
        RuntimeDirectoryMode = "0700";
        LoadCredential = [
          "gitlab:${cfg.gitlab.tokenFile}"
        ]
        ++ lib.optional (cfg.tokenFile != null) "github:${cfg.tokenFile}"
        ++ lib.mapAttrsToList (name: v: "variable-${name}:${v.secretFile}") secretVariables;
        ExecStart = "${lib.getExe mirror} ${wanted}";
        TimeoutStartSec = "1h";
      };
    };
    systemd.timers.kss-github-mirror = {
      description = "Copies of repositories of GitHub";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnActiveSec = "5min";
        OnUnitInactiveSec = cfg.interval;
        RandomizedDelaySec = "30s";
      };
    };
  };
}

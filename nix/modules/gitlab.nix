# What nixpkgs' services.gitlab leaves open: a TCP port for the reverse proxy, git over SSH on a port and with a key of its own,
# API tokens whose values are known before there is a GitLab, and upgrades that skip no stop.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.gitlab;
  gitlab = config.services.gitlab;
  hardening = import ../lib/hardening.nix;
  version = lib.getVersion gitlab.packages.gitlab;
  credential = unit: name: "/run/credentials/${unit}.service/${name}";

  token = types.submodule {
    options = {
      user = mkOption {
        type = types.nonEmptyStr;
        default = "root";
        description = "User of GitLab whom it belongs to. The unit of the tokens tries again until there is one.";
      };
      scopes = mkOption {
        type = types.listOf (types.strMatching "[a-z_]+");
        example = [ "api" ];
        description = "What it may do.";
      };
      secretFile = mkOption {
        type = types.strMatching "/.+";
        description = "Path, on the machine, of a file with its value.";
      };
    };
  };

  # Every file that GitLab's own user reads: settings that are paths, and those that stand as `_secret` in free-form ones.
  secretsIn =
    value:
    if builtins.isList value then
      lib.concatMap secretsIn value
    else if !builtins.isAttrs value || value ? outPath then
      [ ]
    else if value ? _secret then
      [ value._secret ]
    else
      lib.concatMap secretsIn (lib.attrValues value);
  readFiles = lib.filter (path: builtins.isString path && lib.hasPrefix "/" path) (
    lib.attrValues gitlab.secrets
    ++ [
      gitlab.databasePasswordFile
      gitlab.initialRootPasswordFile
      gitlab.smtp.passwordFile
    ]
    ++ secretsIn [
      gitlab.extraConfig
      gitlab.workhorse.config
      gitlab.backup.uploadOptions
    ]
    ++ lib.optionals gitlab.pages.enable (secretsIn gitlab.pages.settings)
  );

  key = "/var/lib/kss-gitlab/openid.pem";
  makeKey = pkgs.writeShellApplication {
    name = "kss-gitlab-key";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.openssl
    ];
    text = ''
      if [ -s "$1" ]; then exit 0; fi
      openssl genrsa -out "$1.new" 2048
      mv "$1.new" "$1"
    '';
  };
  guard = pkgs.writeShellApplication {
    name = "kss-gitlab-upgrade";
    runtimeInputs = [ pkgs.coreutils ];
    text = builtins.readFile ../scripts/gitlab-upgrade.sh;
  };

  sshConfig = pkgs.writeTextDir "config.yml" (
    builtins.toJSON {
      user = cfg.ssh.user;
      gitlab_url = "http+unix://${builtins.replaceStrings [ "/" ] [ "%2F" ] "${gitlab.statePath}/tmp/sockets/gitlab.socket"}";
      secret_file = "${gitlab.statePath}/gitlab_shell_secret";
      log_file = "${gitlab.statePath}/log/gitlab-sshd.log";
      log_format = "json";
      sshd = {
        listen = "[::]:${toString cfg.ssh.port}";
        host_key_files = [ (credential "kss-gitlab-sshd" "host-key") ];
      };
    }
  );

  tokens = pkgs.writeText "kss-gitlab-tokens.rb" (builtins.readFile ../scripts/gitlab-tokens.rb);
  wanted = pkgs.writeText "kss-gitlab-tokens.json" (
    builtins.toJSON (lib.mapAttrs (_: t: { inherit (t) user scopes; }) cfg.tokens)
  );
  credentials = lib.mapAttrsToList (name: t: "${name}:${t.secretFile}") cfg.tokens;
in
{
  options.kss.gitlab = {
    enable = lib.mkEnableOption "what a GitLab of services.gitlab needs beside it";
    version = mkOption {
      type = types.nullOr (types.strMatching "[0-9]+[.][0-9]+([.][0-9]+)?");
      default = null;
      example = "18.8";
      description = "The version that the site was written for, or the beginning of it; another package does not evaluate.";
    };
    upgradeStops = mkOption {
      type = types.listOf (types.strMatching "[0-9]+[.][0-9]+");
      default = [ ];
      example = [
        "18.2"
        "18.5"
      ];
      description = ''
        Versions that an upgrade may not skip. A package that skips one of them is not started: pin a nixpkgs that has the stop,
        switch to it, and go on from there.
      '';
    };
    port = mkOption {
      type = types.port;
      description = "Port, on the loopback, where GitLab answers HTTP.";
    };
    ssh = {
      port = mkOption {
        type = types.port;
        description = "Port of git over SSH.";
      };
      user = mkOption {
        type = types.nonEmptyStr;
        default = "git";
        description = "The name with which git logs in; it is no user of the machine.";
      };
      hostKeyFile = mkOption {
        type = types.strMatching "/.+";
        description = "Path, on the machine, of the private host key.";
      };
    };
    tokens = mkOption {
      type = types.attrsOf token;
      default = { };
      description = "Personal access tokens, by name. Their values are given; GitLab ends them after a year, and they are renewed here.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = gitlab.enable;
        message = "kss.gitlab needs services.gitlab.enable";
      }
      {
        assertion = cfg.version == null || cfg.version == version || lib.hasPrefix "${cfg.version}." version;
        message = "kss.gitlab.version is ${toString cfg.version}, but services.gitlab.packages.gitlab has ${version}: pin a nixpkgs that has it, or say the other version";
      }
    ];
    kss.secrets.readers = lib.genAttrs readFiles (_: gitlab.user);

    services.gitlab = {
      # What GitLab shows to people who clone.
      extraConfig = {
        gitlab.ssh_user = cfg.ssh.user;
        gitlab_shell.ssh_port = cfg.ssh.port;
      };
      # Signs what GitLab says of its users to others; nobody has to know it, or to bring it back.
      secrets.jwsFile = lib.mkDefault key;
    };

    systemd.sockets.kss-gitlab-http = {
      description = "HTTP of GitLab on the loopback";
      wantedBy = [ "sockets.target" ];
      listenStreams = [ "127.0.0.1:${toString cfg.port}" ];
    };
    systemd.services = {
      kss-gitlab-http = {
        description = "HTTP of GitLab on the loopback";
        requires = [ "kss-gitlab-http.socket" ];
        serviceConfig = hardening // {
          ExecStart = "${config.systemd.package}/lib/systemd/systemd-socket-proxyd /run/gitlab/gitlab-workhorse.socket";
          User = gitlab.user;
          Group = gitlab.group;
        };
      };

      # Runs before each start and has no say after it: nixpkgs' unit writes down the version that is started.
      kss-gitlab-upgrade = {
        description = "No stop of an upgrade of GitLab is skipped";
        before = [ "gitlab-config.service" ];
        requiredBy = [ "gitlab-config.service" ];
        serviceConfig = hardening // {
          Type = "oneshot";
          User = gitlab.user;
          Group = gitlab.group;
          ExecStart = lib.concatStringsSep " " (
            [
              (lib.getExe guard)
              "${gitlab.statePath}/VERSION"
              version
            ]
            ++ cfg.upgradeStops
          );
        };
      };

      kss-gitlab-key = {
        description = "Signing key of GitLab";
        before = [ "gitlab-config.service" ];
        requiredBy = [ "gitlab-config.service" ];
        serviceConfig = hardening // {
          Type = "oneshot";
          User = gitlab.user;
          Group = gitlab.group;
          StateDirectory = "kss-gitlab";
          StateDirectoryMode = "0700";
          ExecStart = "${lib.getExe makeKey} ${key}";
        };
      };

      # The machine's own sshd is for those who look after the machine; this one knows users of GitLab only.
      kss-gitlab-sshd = {
        description = "Git over SSH";
        wantedBy = [ "gitlab.target" ];
        partOf = [ "gitlab.target" ];
        bindsTo = [ "gitlab-config.service" ];
        after = [
          "gitlab-config.service"
          "gitlab.service"
        ];
        serviceConfig = hardening // {
          User = gitlab.user;
          Group = gitlab.group;
          LoadCredential = [ "host-key:${cfg.ssh.hostKeyFile}" ];
          ReadWritePaths = [ "${gitlab.statePath}/log" ];
          ExecStart = "${gitlab.packages.gitlab-shell}/bin/gitlab-sshd -config-dir ${sshConfig}";
          Restart = "always";
          RestartSec = "5s";
        };
      };
    }
    // lib.optionalAttrs (cfg.tokens != { }) {
      kss-gitlab-tokens = {
        description = "Access tokens of GitLab";
        wantedBy = [ "gitlab.service" ];
        bindsTo = [ "gitlab.service" ];
        after = [ "gitlab.service" ];
        restartTriggers = [ wanted ];
        serviceConfig = {
          Type = "oneshot";
          User = gitlab.user;
          Group = gitlab.group;
          LoadCredential = credentials;
          # GitLab's own console: the API makes no token of a given value.
          ExecStart = "/run/current-system/sw/bin/gitlab-rails runner ${tokens}";
          Environment = [ "KSS_TOKENS=${wanted}" ];
          Restart = "on-failure";
          RestartSec = "1min";
          RestartMaxDelaySec = "10min";
          RestartSteps = 5;
        };
      };
    };
    systemd.timers = lib.mkIf (cfg.tokens != { }) {
      kss-gitlab-tokens = {
        description = "Access tokens of GitLab are renewed";
        wantedBy = [ "timers.target" ];
        timerConfig = {
          OnCalendar = "weekly";
          RandomizedDelaySec = "6h";
        };
      };
    };
  };
}

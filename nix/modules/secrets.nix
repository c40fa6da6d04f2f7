# Secrets of this machine. Their encrypted file lies beside the closure, never in the store: a new value is one file to deliver,
# not a system to build. sops-nix decrypts it with the machine's own host key, which exists before the first boot.
{
  config,
  lib,
  options,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.secrets;

  access = {
    group = mkOption {
      type = types.nonEmptyStr;
      default = "root";
      description = "Group of the file.";
    };
    mode = mkOption {
      type = types.strMatching "0?[0-7]{3}";
      default = "0400";
      description = "Mode of the file.";
    };
    units = mkOption {
      type = types.listOf (types.strMatching ".+[.]service");
      default = [ ];
      description = "Services that read it: they are restarted when it changes.";
    };
  };

  owner = default: {
    owner = mkOption {
      type = types.nonEmptyStr;
      inherit default;
      defaultText = lib.literalExpression "the user in kss.secrets.readers, root without one";
      description = "User that may read it.";
    };
  };

  file = types.submodule (
    { name, config, ... }:
    {
      options = access // owner (cfg.readers.${config.path} or "root") // {
        key = mkOption {
          type = types.nonEmptyStr;
          default = name;
          defaultText = lib.literalExpression "the name";
          description = "Where the value is in the encrypted file; `/` separates levels.";
        };
        path = mkOption {
          type = types.strMatching "/.+";
          default = "/run/secrets/${name}";
          defaultText = lib.literalExpression "/run/secrets/ and the name";
          description = "Where the value lies, decrypted, as long as the machine runs.";
        };
        later = mkOption {
          type = types.bool;
          default = false;
          description = ''
            Whether the value is made by a step that needs this machine. Until then the encrypted file holds an empty text, and the
            services that read it are not started.
          '';
        };
      };
    }
  );

  # A reference and nothing else, so that no text can be taken for one.
  reference = types.submodule {
    options.secret = mkOption {
      type = types.nonEmptyStr;
      description = "Name of an entry of kss.secrets.files.";
    };
  };

  template = types.submodule (
    { name, config, ... }:
    {
      options = access // owner (cfg.readers.${config.path} or "root") // {
        path = mkOption {
          type = types.strMatching "/.+";
          default = "/run/kssc/etc/${name}";
          defaultText = lib.literalExpression "/run/kssc/etc/ and the name";
          description = "Where the completed file lies.";
        };
        parts = mkOption {
          type = types.listOf (types.either types.str reference);
          description = "The text, in pieces: a piece is itself, or names the secret that stands there.";
        };
      };
    }
  );

  names = list: lib.unique (map (part: part.secret) (lib.filter builtins.isAttrs list));
  used = lib.unique (lib.concatMap (t: names t.parts) (lib.attrValues cfg.templates));
  unknown = lib.filter (name: !(cfg.files ? ${name})) used;
  laterUnits = lib.concatMap (f: lib.optionals f.later (map (unit: { inherit unit f; }) f.units)) (
    lib.attrValues cfg.files
  );
in
{
  options.kss.secrets = {
    sopsFile = mkOption {
      type = types.strMatching "/.+";
      default = "/var/lib/kssc/secrets.yaml";
      description = "Where the encrypted file is delivered to.";
    };
    hostKeys = mkOption {
      type = types.listOf (types.strMatching "/.+");
      default = [ "/etc/ssh/ssh_host_ed25519_key" ];
      description = "Private SSH host keys of this machine that decrypt it.";
    };
    readers = mkOption {
      type = types.attrsOf types.nonEmptyStr;
      default = { };
      example = {
        "/run/secrets/gitlab/root" = "gitlab";
      };
      description = ''
        Users that read secrets, by path: for modules that know who reads a file, but not which secret it is. Two users of one
        file are an error.
      '';
    };
    files = mkOption {
      type = types.attrsOf file;
      default = { };
      description = "Secrets that are a file each.";
    };
    templates = mkOption {
      type = types.attrsOf template;
      default = { };
      description = "Configuration files with secrets in them, completed on the machine.";
    };
  };

  config = lib.mkIf (cfg.files != { }) (
    {
      assertions = [
        {
          assertion = options ? sops;
          message = "kss.secrets needs the module of sops-nix beside this library";
        }
        {
          assertion = cfg.hostKeys != [ ];
          message = "kss.secrets.hostKeys is empty: nothing could decrypt the secrets of this machine";
        }
        {
          assertion = unknown == [ ];
          message = "kss.secrets.templates names secrets that kss.secrets.files does not have: ${lib.concatStringsSep ", " unknown}";
        }
      ];
      systemd.services = lib.mkMerge (
        map (entry: {
          ${lib.removeSuffix ".service" entry.unit}.unitConfig.ConditionFileNotEmpty = [ entry.f.path ];
        }) laterUnits
      );
    }
    // lib.optionalAttrs (options ? sops) {
      sops = {
        defaultSopsFile = cfg.sopsFile;
        # It is not there while the system is built.
        validateSopsFiles = false;
        age.sshKeyPaths = cfg.hostKeys;
        secrets = lib.mapAttrs (_: f: {
          inherit (f)
            key
            path
            owner
            group
            mode
            ;
          restartUnits = f.units;
        }) cfg.files;
        templates = lib.mapAttrs (_: t: {
          inherit (t)
            path
            owner
            group
            mode
            ;
          restartUnits = t.units;
          # A name that is unknown is what the assertion above is about.
          content = lib.concatMapStrings (
            part: if builtins.isAttrs part then config.sops.placeholder.${part.secret} or "" else part
          ) t.parts;
        }) cfg.templates;
      };
    }
  );
}

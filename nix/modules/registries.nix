# Where containerd pulls images from: the mirrors of a registry that caches others, in the file that RKE2 reads.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.registries;

  mirror = types.submodule {
    options = {
      endpoint = mkOption {
        type = types.listOf types.nonEmptyStr;
        example = [ "https://registry.lan" ];
        description = "URLs that are asked, in order; the registry itself stays the last resort.";
      };
      rewrite = mkOption {
        type = types.attrsOf types.str;
        default = { };
        example = {
          "^(.*)$" = "docker.io/$1";
        };
        description = "How the name of a repository is rewritten for the mirror: regular expression and replacement.";
      };
    };
  };

  entry =
    m:
    {
      inherit (m) endpoint;
    }
    // lib.optionalAttrs (m.rewrite != { }) { inherit (m) rewrite; };

  # JSON is YAML, and written by a function it can hold no surprise of indentation or quoting.
  text = builtins.toJSON {
    mirrors = {
      ${cfg.host}.endpoint = [ "https://${cfg.host}" ];
    }
    // lib.mapAttrs (_: entry) cfg.mirrors;
  };
in
{
  options.kss.registries = {
    host = mkOption {
      type = types.nonEmptyStr;
      description = "Host name of the site's own registry; mandatory as soon as there are mirrors.";
    };
    mirrors = mkOption {
      type = types.attrsOf mirror;
      default = { };
      description = "Mirrors, by the registry that they stand for. Certificates are always verified.";
    };
  };

  config = lib.mkIf (cfg.mirrors != { }) {
    environment.etc."rancher/rke2/registries.yaml".text = text;
    # RKE2 reads the file when it starts, and only then.
    systemd.services = lib.mkIf config.services.rke2.enable {
      "rke2-${config.services.rke2.role}".restartTriggers = [ text ];
    };
  };
}

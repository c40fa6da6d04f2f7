# Traffic that this machine forwards for its pods.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.forward;
  forward = import ../lib/forward.nix { inherit lib; };
in
{
  options.kss.forward = {
    source = mkOption {
      type = types.listOf types.nonEmptyStr;
      default = if config.kss.cluster == null then [ ] else config.kss.cluster.podCidr;
      defaultText = lib.literalExpression "the networks of the pods of kss.cluster";
      description = "Where the traffic comes from that the rules are about.";
    };
    rules = mkOption {
      type = types.listOf forward.rule;
      default = [ ];
      description = "What that traffic may reach beyond this machine, in order. What no rule matches is left to the others.";
    };
  };

  config = lib.mkIf (cfg.rules != [ ]) {
    assertions = [
      {
        assertion = config.networking.nftables.enable;
        message = "kss.forward.rules needs networking.nftables.enable";
      }
      {
        assertion = cfg.source != [ ];
        message = "kss.forward.rules needs kss.forward.source: whose traffic is it?";
      }
    ];
    networking.nftables.tables.kss-forward = forward.table cfg.source cfg.rules;
  };
}

# Incoming traffic: opens what the rules name, to whom they name, and nothing else.
{ config, lib, ... }:

let
  inherit (lib) mkOption types;
  cfg = config.kss.firewall;
  nft = import ../lib/nft.nix { inherit lib; };

  rule = types.submodule {
    options = {
      proto = mkOption {
        type = types.enum [
          "tcp"
          "udp"
        ];
        description = "Protocol.";
      };
      from = mkOption {
        type = types.port;
        description = "First port.";
      };
      to = mkOption {
        type = types.port;
        description = "Last port; the same as `from` for a single port.";
      };
      source = mkOption {
        type = types.listOf types.nonEmptyStr;
        default = [ ];
        example = [ "10.0.0.0/24" ];
        description = "Addresses and networks that may connect; empty means everybody.";
      };
      comment = mkOption {
        type = types.str;
        default = "";
        description = "Why the port is open; shown by `nft list ruleset`.";
      };
    };
  };

  lines =
    r:
    map (from: "${from}${r.proto} dport ${nft.portRange r.from r.to} accept${nft.comment r.comment}") (
      nft.addresses "saddr" r.source
    );
in
{
  options.kss.firewall.rules = mkOption {
    type = types.listOf rule;
    default = [ ];
    description = "What may connect to this machine, one rule per protocol and range of ports.";
  };

  config = lib.mkMerge [
    (lib.mkIf (cfg.rules != [ ]) {
      assertions = [
        {
          # The iptables firewall ignores extraInputRules, and an ignored rule here is a closed port nobody looks for.
          assertion = config.networking.firewall.enable && config.networking.nftables.enable;
          message = "kss.firewall.rules needs networking.firewall.enable and networking.nftables.enable";
        }
      ]
      ++ map (r: {
        assertion = r.from <= r.to;
        message = "kss.firewall.rules: the range ${toString r.from}..${toString r.to}/${r.proto} (${r.comment}) ends before it begins";
      }) cfg.rules;
      networking.firewall.extraInputRules = lib.concatStringsSep "\n" (lib.concatMap lines cfg.rules) + "\n";
    })
    (lib.mkIf config.networking.nftables.enable {
      # `lxc+` is how iptables writes it; nftables would look for an interface of that very name and trust nobody.
      assertions = map (name: {
        assertion = !lib.hasSuffix "+" name;
        message = "networking.firewall.trustedInterfaces: nftables writes `${lib.removeSuffix "+" name}*`, not `${name}`";
      }) config.networking.firewall.trustedInterfaces;
    })
  ];
}

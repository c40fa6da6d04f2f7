# Words of nftables rules, from plain values.
{ lib }:

rec {
  # Is it an address or a network of IPv6?
  isV6 = address: lib.hasInfix ":" address;

  # nft has no escapes inside quotes and takes comments of 128 bytes.
  comment =
    text:
    let
      clean = builtins.replaceStrings [ "\"" "\\" "\n" ] [ "'" "/" " " ] text;
    in
    lib.optionalString (text != "") " comment \"${builtins.substring 0 120 clean}\"";

  set = words: if builtins.length words == 1 then builtins.head words else "{ ${lib.concatStringsSep ", " words} }";

  portRange = from: to: if from == to then toString from else "${toString from}-${toString to}";

  # One match per address family that occurs; no addresses at all are no restriction, which is one empty match.
  addresses =
    field: list:
    let
      v6 = lib.filter isV6 list;
      v4 = lib.filter (address: !isV6 address) list;
    in
    if list == [ ] then
      [ "" ]
    else
      lib.optional (v4 != [ ]) "ip ${field} ${set v4} " ++ lib.optional (v6 != [ ]) "ip6 ${field} ${set v6} ";

  # "443/tcp" and "30000..32767/tcp" as { protocol, ports }; null when it is neither.
  portSpec =
    text:
    let
      parts = builtins.match "([0-9]+)([.][.]([0-9]+))?/(tcp|udp)" text;
      from = builtins.head parts;
      to = builtins.elemAt parts 2;
    in
    if parts == null then
      null
    else
      {
        protocol = builtins.elemAt parts 3;
        ports = if to == null then from else "${from}-${to}";
      };
}

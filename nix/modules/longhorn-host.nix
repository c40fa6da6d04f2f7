# What Longhorn expects of the machine under it: it enters the mount namespace of the host and calls tools by the paths of other
# distributions.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.kss.longhorn-host;

  tools = {
    iscsiadm = "${config.services.openiscsi.package}/bin/iscsiadm";
    cryptsetup = "${pkgs.cryptsetup}/bin/cryptsetup";
    "mount.nfs" = "${pkgs.nfs-utils}/bin/mount.nfs";
    "mount.nfs4" = "${pkgs.nfs-utils}/bin/mount.nfs4";
    "mkfs.ext4" = "${pkgs.e2fsprogs}/bin/mkfs.ext4";
    "mkfs.xfs" = "${pkgs.xfsprogs}/bin/mkfs.xfs";
  };
  links = directory: lib.mapAttrsToList (name: path: "L+ ${directory}/${name} - - - - ${path}") tools;
in
{
  options.kss.longhorn-host.enable = lib.mkEnableOption "what Longhorn needs on a node that stores volumes";

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = config.services.openiscsi.enable;
        message = "kss.longhorn-host: volumes are attached by iSCSI, which needs services.openiscsi.enable and a name";
      }
      {
        assertion = !config.services.multipath.enable;
        message = "kss.longhorn-host: multipathd takes the devices of Longhorn's volumes, switch services.multipath off";
      }
    ];
    boot.kernelModules = [
      "iscsi_tcp"
      "dm_crypt"
      "dm_snapshot"
    ];
    # Shared volumes are exported by NFS; encrypted ones are opened by cryptsetup on the node.
    boot.supportedFilesystems.nfs = true;
    environment.systemPackages = [
      pkgs.cryptsetup
      pkgs.nfs-utils
    ];
    systemd.tmpfiles.rules = links "/usr/bin" ++ links "/usr/sbin";
  };
}

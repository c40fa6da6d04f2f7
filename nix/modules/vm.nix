# A virtual machine under QEMU that began as the site's image: one root file system with the label `nixos`.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib) mkOption types;
  cfg = config.kss.profile.vm;
in
{
  options.kss.profile.vm = {
    enable = lib.mkEnableOption "what a guest of QEMU needs: drivers, serial console, a root that grows with its disk";
    firmware = mkOption {
      type = types.enum [
        "bios"
        "efi"
      ];
      default = "bios";
      description = "How the machine boots: GRUB on the disk, or systemd-boot on a partition with the label `ESP`.";
    };
    disk = mkOption {
      type = types.strMatching "/dev/.+";
      default = "/dev/vda";
      description = "The disk that GRUB is installed on; unused with `efi`.";
    };
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      {
        boot.initrd.availableKernelModules = [
          "virtio_pci"
          "virtio_blk"
          "virtio_scsi"
          "virtio_net"
          "ahci"
          "sd_mod"
        ];
        boot.initrd.kernelModules = [
          "virtio_balloon"
          "virtio_console"
          "virtio_rng"
        ];
        # The last console is the one that systemd writes to.
        boot.kernelParams = [
          "console=tty0"
          "console=ttyS0,115200"
        ];
        boot.loader.timeout = lib.mkDefault 1;
        services.qemuGuest.enable = true;
        # By label: the builder of images gives the same UUID to each of them. A disk that was enlarged is used at the next boot.
        boot.growPartition = true;
        fileSystems."/" = {
          device = "/dev/disk/by-label/nixos";
          fsType = "ext4";
          autoResize = true;
        };
        # The image boots under its own name, and the kernel keeps that until the next boot. Programs that ask the kernel
        # (agents that look for their Kubernetes node) would find no such node.
        systemd.services.kss-host-name = {
          description = "Host name of the kernel as configured";
          wantedBy = [ "multi-user.target" ];
          before = [
            "network-pre.target"
            "rke2-server.service"
            "rke2-agent.service"
          ];
          wants = [ "network-pre.target" ];
          serviceConfig = {
            Type = "oneshot";
            RemainAfterExit = true;
            ExecStart = "${pkgs.inetutils}/bin/hostname ${config.networking.hostName}";
          };
        };
      }
      (lib.mkIf (cfg.firmware == "bios") {
        boot.loader.grub = {
          enable = true;
          device = cfg.disk;
        };
      })
      (lib.mkIf (cfg.firmware == "efi") {
        boot.loader.grub.enable = false;
        boot.loader.systemd-boot.enable = true;
        boot.loader.efi.canTouchEfiVariables = true;
        fileSystems."/boot" = {
          device = "/dev/disk/by-label/ESP";
          fsType = "vfat";
          options = [ "umask=0077" ];
        };
      })
    ]
  );
}

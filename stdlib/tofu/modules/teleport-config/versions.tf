terraform {
  required_version = ">= 1.10"
  required_providers {
    teleport = {
      source  = "terraform.releases.teleport.dev/gravitational/teleport"
      version = "~> 18.7"
    }
  }
}

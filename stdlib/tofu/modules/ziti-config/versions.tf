terraform {
  required_version = ">= 1.10"
  required_providers {
    ziti = {
      source  = "netfoundry/ziti"
      version = "~> 1.0"
    }
  }
}

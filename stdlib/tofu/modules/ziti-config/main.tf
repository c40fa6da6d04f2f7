# What the overlay network carries: a router for each cluster, devices of people, and services with who serves and who reaches
# them. Routers and devices enrol once with a token; afterwards there is none, which is no reason to make them anew.

resource "ziti_edge_router" "cluster" {
  for_each           = var.clusters
  name               = "${each.key}-router"
  role_attributes    = [each.key, "cluster"]
  is_tunnelerenabled = true
}

resource "ziti_identity" "device" {
  for_each        = var.client_devices
  name            = each.key
  role_attributes = each.value.role_attributes
}

# ── Services ──
resource "ziti_intercept_v1_config" "service" {
  for_each    = var.overlay_services
  name        = "${each.key}-intercept"
  addresses   = each.value.intercept_addresses
  protocols   = [each.value.protocol]
  port_ranges = [{ low = each.value.intercept_port, high = each.value.intercept_port }]
}

resource "ziti_host_v1_config" "service" {
  for_each = var.overlay_services
  name     = "${each.key}-host"
  address  = each.value.host_address
  port     = coalesce(each.value.host_port, each.value.intercept_port)
  protocol = each.value.protocol
}

resource "ziti_service" "service" {
  for_each            = var.overlay_services
  name                = each.key
  role_attributes     = [each.key]
  encryption_required = true
  configs             = [ziti_intercept_v1_config.service[each.key].id, ziti_host_v1_config.service[each.key].id]
}

resource "ziti_service_policy" "bind" {
  for_each      = var.overlay_services
  name          = "${each.key}-bind"
  type          = "Bind"
  semantic      = "AnyOf"
  identityroles = [for role in each.value.bind_roles : "#${role}"]
  serviceroles  = ["#${ziti_service.service[each.key].name}"]
}

resource "ziti_service_policy" "dial" {
  for_each      = var.overlay_services
  name          = "${each.key}-dial"
  type          = "Dial"
  semantic      = "AnyOf"
  identityroles = [for role in each.value.dial_roles : "#${role}"]
  serviceroles  = ["#${ziti_service.service[each.key].name}"]
}

# ── Ways through the network: by any router ──
resource "ziti_edge_router_policy" "default" {
  name            = "default-routers"
  semantic        = "AnyOf"
  edgerouterroles = ["#all"]
  identityroles   = ["#all"]
}

resource "ziti_service_edge_router_policy" "default" {
  name            = "default-service-routers"
  semantic        = "AnyOf"
  edgerouterroles = ["#all"]
  serviceroles    = ["#all"]
}

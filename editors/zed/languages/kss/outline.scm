(site "site" @context name: (_) @name) @item
(cluster "cluster" @context name: (_) @name) @item
(module "module" @context name: (_) @name) @item
(type_declaration "type" @context name: (_) @name) @item
(function "fn" @context name: (_) @name) @item
(capability "capability" @context name: (_) @name) @item
(kind ["intent" "output"] @context name: (_) @name) @item
(test "test" @context title: (_) @name) @item
(entry kind: (_) @context name: (_) @name) @item

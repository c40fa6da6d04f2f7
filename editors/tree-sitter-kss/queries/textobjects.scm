(function) @function.outer
(function body: (_) @function.inner)

[
  (site)
  (cluster)
  (module)
  (type_declaration)
  (entry)
] @class.outer
(site body: (block) @class.inner)
(cluster body: (block) @class.inner)
(module body: (block) @class.inner)
(type_declaration body: (block) @class.inner)
(entry body: (block) @class.inner)

(block) @block.outer
(block (_)+ @block.inner)

(for_statement) @loop.outer
(for_statement body: (_) @loop.inner)
(if_statement) @conditional.outer
(if_statement body: (_) @conditional.inner)
(match_statement) @conditional.outer
(match_expression) @conditional.outer

(call_expression) @call.outer
(call_expression arguments: (arguments (_) @call.inner))
(arguments (_) @parameter.inner)
(parameter) @parameter.inner
(list (_) @parameter.inner)

(field) @assignment.outer
(field key: (_) @assignment.lhs)
(field value: (_) @assignment.rhs)
(let) @assignment.outer
(let name: (_) @assignment.lhs)
(let value: (_) @assignment.rhs)

(comment) @comment.outer
(doc_comment) @comment.outer

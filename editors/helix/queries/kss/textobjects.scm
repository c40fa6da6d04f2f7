(function body: (_) @function.inside) @function.around

(site body: (_) @class.inside) @class.around
(cluster body: (_) @class.inside) @class.around
(module body: (_) @class.inside) @class.around
(type_declaration body: (_) @class.inside) @class.around

(entry body: (_) @entry.inside) @entry.around
(field value: (_) @entry.inside) @entry.around

(parameter) @parameter.inside
(arguments (_) @parameter.inside)
(list (_) @entry.inside)

(test body: (_) @test.inside) @test.around

(comment) @comment.inside
(comment)+ @comment.around
(doc_comment) @comment.inside
(doc_comment)+ @comment.around

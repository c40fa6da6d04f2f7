(function body: (_) @function.inside) @function.around
(site body: (_) @class.inside) @class.around
(cluster body: (_) @class.inside) @class.around
(module body: (_) @class.inside) @class.around
(entry body: (_) @class.inside) @class.around
(comment)+ @comment.around
(doc_comment)+ @comment.around

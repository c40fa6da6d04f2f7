((call_expression
  function: (identifier) @_function
  arguments: (arguments
    (_)
    (text (text_content) @injection.content)))
  (#eq? @_function "matches")
  (#set! injection.language "regex"))

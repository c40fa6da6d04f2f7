; Colours, with the names that Neovim uses; other editors read the part before the dot.

(comment) @comment
(doc_comment) @comment.documentation

; Text
(text ["\""] @string)
(text_block ["\"\"\""] @string)
(text_content) @string
(raw_text) @string
(escape_sequence) @string.escape
(hole
  "${" @punctuation.special
  "}" @punctuation.special)

; Literals
[
  (integer)
  (percent)
  (size)
  (duration)
  (cpu)
  (port)
  (range)
] @number
(float) @number.float
[
  (ip)
  (cidr)
  (ip_range)
  (mac)
] @number
(malformed) @error

; Names
(import path: (identifier) @module)
(import name: (identifier) @type)
(site name: (identifier) @module)
(cluster name: (identifier) @module)
(cluster site: (identifier) @module)
(module name: (identifier) @module)
(use name: (identifier) @module)
(remove name: (identifier) @module)
(capability name: (identifier) @type.definition)
(capability fallback: (identifier) @module)
(kind name: (identifier) @type.definition)
(needs capability: (names (identifier) @type))
(provide capability: (identifier) @type)
(type_declaration name: (identifier) @type.definition)
(type_identifier) @type
(ref_type kind: (identifier) @type)
(case name: (identifier) @constant)
(case_pattern name: (identifier) @constant)
(construct type: (identifier) @constructor)
(entry kind: (identifier) @type)
(entry name: (identifier) @label)
(entry name: (range_name) @label)
(range_name) @label
(each kind: (identifier) @type)
(function name: (identifier) @function)
(parameter name: (identifier) @variable.parameter)
(option name: (identifier) @variable.parameter)
(let name: (identifier) @variable)
(generator variable: (identifier) @variable)
(field key: (path (identifier) @property))
(member_expression property: (identifier) @property)
(call_expression function: (identifier) @function.call)
(call_expression function: (member_expression property: (identifier) @function.method.call))
((identifier) @variable.builtin
  (#any-of? @variable.builtin "it" "site" "cluster" "machine" "node"))

; Signs
[
  "+" "-" "*" "/" "%"
  "==" "!=" "<" "<=" ">" ">="
  "??" "=" "=>" "->" "?" "|" ".."
] @operator
["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," "." "?." ":"] @punctuation.delimiter

; keywords: Declaration
[
  "import" "site" "cluster" "module" "type" "fn" "capability" "intent" "output" "test" "let" "option"
]
; end
@keyword

; keywords: Statement
[
  "use" "needs" "provide" "tune" "each" "remove" "check" "covered" "ignore" "unchecked" "given"
  "expect" "fail"
]
; end
@keyword

; keywords: Modifier
[
  "shared" "optional" "private" "default" "override" "force" "append"
]
; end
@keyword.modifier

; keywords: Control
[
  "if" "then" "else" "for" "match" "every" "some" "no"
]
; end
@keyword.conditional

; keywords: Clause
[
  "where" "because" "by" "one" "per" "at" "most" "with" "code" "error" "containing" "owner"
]
; end
@keyword

; keywords: Operator
[
  "and" "or" "not" "in" "is"
]
; end
@keyword.operator

; keywords: Constant
[
  "true" "false" "none" "null"
]
; end
@constant.builtin

; keywords: Type
[
  "ref" "set" "Later"
]
; end
@keyword.type

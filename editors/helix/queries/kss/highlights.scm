; Colours, with the names that Helix uses.

(comment) @comment.line
(doc_comment) @comment.block.documentation

(text ["\""] @string)
(text_block ["\"\"\""] @string)
(text_content) @string
(raw_text) @string
(escape_sequence) @constant.character.escape
(hole
  "${" @punctuation.special
  "}" @punctuation.special)

[
  (integer)
  (percent)
  (size)
  (duration)
  (cpu)
  (port)
  (range)
] @constant.numeric.integer
(float) @constant.numeric.float
[
  (ip)
  (cidr)
  (ip_range)
  (mac)
] @constant.numeric

(import path: (identifier) @namespace)
(import name: (identifier) @type)
(site name: (identifier) @namespace)
(cluster name: (identifier) @namespace)
(cluster site: (identifier) @namespace)
(module name: (identifier) @namespace)
(use name: (identifier) @namespace)
(remove name: (identifier) @namespace)
(capability name: (identifier) @type)
(capability fallback: (identifier) @namespace)
(kind name: (identifier) @type)
(needs capability: (names (identifier) @type))
(provide capability: (identifier) @type)
(type_declaration name: (identifier) @type)
(type_identifier) @type
(ref_type kind: (identifier) @type)
(case name: (identifier) @type.enum.variant)
(case_pattern name: (identifier) @type.enum.variant)
(construct type: (identifier) @constructor)
(entry kind: (identifier) @type)
(entry name: (identifier) @label)
(range_name) @label
(each kind: (identifier) @type)
(function name: (identifier) @function)
(parameter name: (identifier) @variable.parameter)
(option name: (identifier) @variable.parameter)
(let name: (identifier) @variable)
(generator variable: (identifier) @variable)
(field key: (path (identifier) @variable.other.member))
(call_expression function: (identifier) @function)
(call_expression function: (member_expression property: (identifier) @function.method))
(member_expression property: (identifier) @variable.other.member)

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
@keyword.storage.modifier

; keywords: Control
[
  "if" "then" "else" "for" "match" "every" "some" "no"
]
; end
@keyword.control.conditional

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
@keyword.storage.type

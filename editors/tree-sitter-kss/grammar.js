/**
 * The grammar of `.kss` files, for editors.
 *
 * No word of the language is reserved: `for = 5min` is a field. Words that may begin something are therefore tokens of the
 * scanner (`src/scanner.c`), which looks at what follows, as the compiler does; words that only stand between the parts of
 * something (`where`, `in`, `because`) are plain tokens, because no name may stand there. The scanner also decides which ends of
 * lines end a statement.
 * The grammar accepts more than the compiler: bodies, values and closing brackets may be missing, as they are while somebody
 * writes. What is wrong is told by the compiler.
 *
 * In the header of `if`, `for`, `match` and `each` a brace opens the body, so expressions are defined twice: `h_…` are those
 * without braces. In the tree both have the same names.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

const PREC = {
  choice: 1,
  or: 2,
  and: 3,
  not: 4,
  compare: 5,
  coalesce: 6,
  add: 7,
  multiply: 8,
  negate: 9,
  call: 10,
};

/** A word that the scanner found to begin something. */
const word = (text) => (/** @type {any} */ $) => alias($[`_word_${text}`], text);

const commas = (rule) => optional(seq(rule, repeat(seq(',', rule)), optional(',')));

/** Statements, or arms of `match`: separated by ends of lines and commas. */
const separated = ($, rule) =>
  seq(
    repeat($._separator),
    optional(seq(rule, repeat(seq(repeat1($._separator), rule)), repeat($._separator))),
  );

const close = ($, bracket) => choice(bracket, $.missing_close);

/** The rules of expressions; `h` is `h_` for those without braces. */
function expressions(h) {
  const name = (rule) => `${h}${rule}`;
  const is = ($, rule) => (h === '' ? $[rule] : alias($[name(rule)], $[rule]));
  const expr = ($) => $[`_${h}expression`];
  const rules = {
    [`_${h}expression`]: ($) =>
      choice(
        $._operand,
        alias($._missing_value, $.missing),
        ...(h === '' ? [$.construct, $.record] : [alias($.empty_record, $.record)]),
        is($, 'member_expression'),
        is($, 'call_expression'),
        is($, 'unary_expression'),
        is($, 'binary_expression'),
        is($, 'is_expression'),
        is($, 'if_expression'),
        is($, 'quantifier'),
        is($, 'fail_expression'),
        is($, 'match_expression'),
      ),

    [name('member_expression')]: ($) =>
      prec(PREC.call, seq(field('object', expr($)), choice('.', '?.'), field('property', choice($.identifier, $._text, alias($._missing_name, $.missing))))),

    [name('call_expression')]: ($) => prec(PREC.call, seq(field('function', expr($)), field('arguments', $.arguments))),

    [name('unary_expression')]: ($) =>
      choice(
        prec(PREC.not, seq(field('operator', word('not')($)), field('operand', expr($)))),
        prec(PREC.negate, seq(field('operator', '-'), field('operand', expr($)))),
      ),

    [name('binary_expression')]: ($) => {
      const binary = (power, ...operators) =>
        prec.left(power, seq(field('left', expr($)), field('operator', operators.length > 1 ? choice(...operators) : operators[0]), field('right', expr($))));
      return choice(
        binary(PREC.or, 'or'),
        binary(PREC.and, 'and'),
        binary(PREC.compare, '==', '!=', '<', '<=', '>', '>=', 'in', seq('not', 'in')),
        binary(PREC.coalesce, '??'),
        binary(PREC.add, '+', '-'),
        binary(PREC.multiply, '*', '/', '%'),
      );
    },

    [name('is_expression')]: ($) =>
      prec.left(PREC.compare, seq(field('subject', expr($)), 'is', optional('not'), field('test', $[`_${h}pattern`]))),

    [name('if_expression')]: ($) =>
      prec.right(
        PREC.choice,
        seq(
          word('if')($),
          field('condition', expr($)),
          optional(seq('then', field('consequence', expr($)), optional(seq('else', field('alternative', expr($)))))),
        ),
      ),

    [name('quantifier')]: ($) =>
      prec.right(
        PREC.choice,
        seq(
          choice(word('every')($), word('some')($), word('no')($)),
          $[`_${h}generators`],
          optional(seq(':', field('condition', expr($)))),
        ),
      ),

    [name('fail_expression')]: ($) =>
      prec.right(
        PREC.choice,
        seq(
          word('fail')($),
          field('message', expr($)),
          optional(seq('at', field('at', expr($)))),
          optional(seq('with', field('help', expr($)))),
        ),
      ),

    [name('match_expression')]: ($) =>
      prec.right(PREC.choice, seq(word('match')($), field('subject', $._h_expression), optional($._expression_arms))),

    [`_${h}generators`]: ($) => prec.right(seq(is($, 'generator'), repeat(seq(',', is($, 'generator'))))),

    [name('generator')]: ($) =>
      prec.right(
        seq(
          field('variable', $.identifier),
          optional(seq(',', field('variable', $.identifier))),
          'in',
          field('source', expr($)),
          repeat(seq('if', field('condition', expr($)))),
        ),
      ),

    [`_${h}pattern`]: ($) => choice(is($, 'or_pattern'), $[`_${h}one_pattern`]),

    [name('or_pattern')]: ($) =>
      prec.left(seq($[`_${h}one_pattern`], repeat1(prec.left(seq('|', $[`_${h}one_pattern`]))))),

    [`_${h}one_pattern`]: ($) =>
      choice($._literal, $._text, h === '' ? $.case_pattern : alias($._case_name, $.case_pattern)),
  };
  return rules;
}

module.exports = grammar({
  name: 'kss',

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n\u{feff}\u{a0}]/, $.comment, $.doc_comment],

  externals: ($) => [
    // The end of a line that ends a statement.
    $._newline,
    // Text between the quotes of one line, and of several.
    $._line_part,
    $._lines_part,
    $.escape_sequence,
    // In the place of a quote that is missing at the end of its line.
    $.missing_quote,
    // Text as it is. (The lexer takes a character 0 for the end of the file.)
    $.raw_text,
    // The brace of `{K: V}`.
    $._map_open,
    $.type_identifier,
    // Words that begin a statement …
    $._word_import,
    $._word_site,
    $._word_cluster,
    $._word_module,
    $._word_type,
    $._word_fn,
    $._word_capability,
    $._word_intent,
    $._word_output,
    $._word_test,
    $._word_let,
    $._word_option,
    $._word_use,
    $._word_needs,
    $._word_provide,
    $._word_tune,
    $._word_each,
    $._word_remove,
    $._word_check,
    $._word_covered,
    $._word_ignore,
    $._word_unchecked,
    $._word_given,
    $._word_expect,
    $._word_shared,
    $._word_optional,
    $._word_private,
    $._word_default,
    $._word_override,
    $._word_force,
    $._word_append,
    $._word_for,
    $._statement_if,
    $._statement_match,
    // … or an expression,
    $._word_if,
    $._word_match,
    $._word_every,
    $._word_some,
    $._word_no,
    $._word_fail,
    $._word_not,
    $._word_true,
    $._word_false,
    $._word_none,
    $._word_null,
    // … or a type,
    $._word_ref,
    $._word_set,
    $._word_Later,
    // … or a part of a field or of `expect`.
    $._word_by,
    $._expect_error,
    $._expect_no,
    // What is missing at the end of a line, or before what can't go on with it: a value or type, a name behind a dot, and
    // what closes a bracket. So a line that is being written is no error that swallows the lines behind it.
    $._missing_value,
    $._missing_name,
    $.missing_close,
    $._missing_hole_close,
    // Valid only while the parser recovers from an error.
    $._recovering,
    // Tokens of the lexer. The scanner asks whether they may stand where it is.
    ')',
    ']',
    '}',
    ',',
    $.identifier,
  ],

  supertypes: ($) => [$._statement, $._expression, $._type],

  precedences: ($) => [
    // `a { … }` is a field where a statement may begin …
    [$._key, $.construct],
    // … and a record of its own elsewhere, even if a block could follow.
    [$.construct, $._operand],
  ],

  conflicts: ($) => [
    // `a."b".c`: a path, as long as neither `=`, `:` nor `{` was seen.
    [$._key, $._operand],
  ],

  rules: {
    file: ($) => separated($, $._statement),

    _separator: ($) => choice($._newline, ','),

    block: ($) => seq('{', separated($, $._statement), close($, '}')),

    _statement: ($) =>
      choice(
        $.import,
        $.site,
        $.cluster,
        $.module,
        $.type_declaration,
        $.function,
        $.capability,
        $.kind,
        $.test,
        $.let,
        $.option,
        $.use,
        $.needs,
        $.provide,
        $.tune,
        $.each,
        $.remove,
        $.check,
        $.covered,
        $.ignore,
        $.unchecked,
        $.given,
        $.expect,
        $.if_statement,
        $.for_statement,
        $.match_statement,
        $.spread,
        $.field,
        $.entry,
        $.element,
      ),

    // ── Declarations ──

    import: ($) =>
      seq(
        word('import')($),
        optional($.relative),
        field('path', $.identifier),
        repeat(seq('.', field('path', $.identifier))),
        optional(seq('.', '{', commas(field('name', $.identifier)), '}')),
      ),

    relative: (_) => choice(seq('.', '/'), repeat1(seq('..', '/'))),

    site: ($) => seq(word('site')($), field('name', $.identifier), optional(field('body', $.block))),

    cluster: ($) =>
      seq(
        word('cluster')($),
        field('name', $.identifier),
        optional(seq('in', field('site', $.identifier))),
        optional(field('body', $.block)),
      ),

    module: ($) =>
      seq(
        word('module')($),
        field('name', $.identifier),
        optional(seq('for', field('scope', $.identifier))),
        optional(field('body', $.block)),
      ),

    type_declaration: ($) =>
      seq(
        word('type')($),
        field('name', $.identifier),
        optional(choice(field('body', $.block), seq('=', field('type', $._union)))),
        optional($.where),
      ),

    function: ($) =>
      prec.right(
        seq(
          word('fn')($),
          field('name', $.identifier),
          field('parameters', $.parameters),
          optional(seq('->', field('result', $._union))),
          optional(seq('=', field('body', $._expression))),
        ),
      ),

    parameters: ($) => seq('(', commas($.parameter), ')'),

    parameter: ($) => seq(field('name', $.identifier), ':', field('type', $._union)),

    capability: ($) =>
      seq(
        word('capability')($),
        field('name', $.identifier),
        ':',
        field('type', $._union),
        optional(choice('one', seq('at', 'most', 'one'), 'some')),
        optional(seq('per', field('scope', $.identifier), optional(seq('=', field('fallback', $.identifier))))),
      ),

    kind: ($) =>
      seq(
        repeat(choice(word('shared')($), word('optional')($))),
        choice(word('intent')($), word('output')($)),
        field('name', $.identifier),
        ':',
        field('type', $._union),
        optional(seq('for', field('lowered_by', $.names))),
        optional('one'),
        optional(seq('per', field('scope', $.identifier))),
      ),

    names: ($) => seq($.identifier, repeat(seq('.', $.identifier))),

    test: ($) => seq(word('test')($), field('title', $._text), optional(field('body', $.block))),

    let: ($) =>
      seq(
        word('let')($),
        field('name', $.identifier),
        optional($._annotation),
        optional($.where),
        optional(seq('=', field('value', $._expression), optional($.where))),
      ),

    option: ($) =>
      seq(
        optional(word('private')($)),
        word('option')($),
        field('name', $.identifier),
        $._annotation,
        optional($.where),
        optional(seq('=', field('default', $._expression), optional($.where))),
      ),

    _annotation: ($) => seq(':', field('type', $._union)),

    // ── Statements ──

    use: ($) => seq(word('use')($), field('name', $._key), optional(field('body', $.block))),

    needs: ($) => seq(word('needs')($), field('capability', $.names), optional('?')),

    provide: ($) => seq(word('provide')($), field('capability', $.identifier), optional(field('body', $.block))),

    tune: ($) => seq(word('tune')($), field('target', $.head), optional(field('body', $.block)), optional($.because)),

    head: ($) => seq(repeat1($._key), optional($._within)),

    _within: ($) => seq('in', field('within', $._key)),

    each: ($) =>
      seq(
        word('each')($),
        field('kind', $.identifier),
        optional(seq('where', field('filter', $._h_expression))),
        optional(field('body', $.block)),
      ),

    remove: ($) =>
      seq(
        word('remove')($),
        choice(
          seq(word('use')($), field('name', $._key)),
          seq(repeat1($.path), optional(seq($._within, optional($.path)))),
        ),
      ),

    check: ($) =>
      prec.right(
        seq(
          word('check')($),
          field('condition', $._expression),
          optional(seq('code', field('code', $.identifier))),
          optional($._message),
        ),
      ),

    _message: ($) => seq('else', field('message', $._expression)),

    covered: ($) => seq(word('covered')($), field('entry', $._expression), 'because', field('reason', $._expression)),

    ignore: ($) => seq(word('ignore')($), field('field', $.names), $.because),

    unchecked: ($) =>
      seq(word('unchecked')($), field('path', $.path), optional(seq('=', field('value', $._expression))), $.because),

    given: ($) =>
      seq(
        word('given')($),
        field('name', $.identifier),
        optional(seq('=', field('base', $.identifier))),
        optional(seq('with', optional(field('with', $.block)))),
      ),

    expect: ($) =>
      seq(
        word('expect')($),
        choice(
          seq(
            alias($._expect_error, 'error'),
            optional(field('code', $.identifier)),
            optional(seq('at', field('at', $._expression))),
          ),
          seq(alias($._expect_no, 'no'), 'error', repeat(seq('or', optional(seq('error', field('code', $.identifier)))))),
          seq(
            alias($._expect_no, 'no'),
            'output',
            optional(seq('containing', optional('owner'), field('text', $._expression))),
          ),
          seq(
            field('output', alias($._output_head, $.head)),
            optional(seq(':', field('condition', $._expression))),
          ),
          field('condition', $._expression),
        ),
      ),

    _output_head: ($) => seq($.identifier, repeat1($._key), optional($._within)),

    if_statement: ($) =>
      prec.right(
        seq(
          alias($._statement_if, 'if'),
          field('condition', $._h_expression),
          optional(choice(
            seq(
              $._body,
              optional(seq('else', field('alternative', choice($.if_statement, $.block, seq('=>', $._statement))))),
            ),
            seq('then', field('consequence', $._expression), optional(seq('else', field('alternative', $._expression)))),
          )),
        ),
      ),

    _body: ($) => choice(field('body', $.block), seq('=>', field('body', $._statement))),

    for_statement: ($) => seq(word('for')($), $._h_generators, optional($._body)),

    match_statement: ($) =>
      seq(alias($._statement_match, 'match'), field('subject', $._h_expression), optional($._statement_arms)),

    _statement_arms: ($) => seq('{', separated($, alias($.statement_arm, $.arm)), close($, '}')),

    statement_arm: ($) =>
      seq(field('pattern', $._arm_pattern), '=>', field('body', choice($.block, $._statement))),

    spread: ($) => prec.right(seq('..', optional($._expression))),

    field: ($) =>
      seq(
        repeat(
          choice(
            word('default')($),
            word('override')($),
            word('force')($),
            word('private')($),
            word('append')($),
          ),
        ),
        field('key', $.path),
        choice(
          seq($._annotation, optional($.where), optional(seq($._value, optional($.where)))),
          seq(optional(seq(word('by')($), field('by', $.identifier))), $._value, optional($.where)),
        ),
        optional($.because),
      ),

    _value: ($) => choice(seq('=', field('value', $._expression)), field('value', $.block)),

    path: ($) => seq($._key, repeat(seq('.', choice($._key, alias($._missing_name, $.missing))))),

    _key: ($) => choice($.identifier, $._text, $.range_name),

    entry: ($) =>
      seq(
        field('kind', $.identifier),
        repeat1(field('name', $._key)),
        optional($._within),
        optional(field('body', $.block)),
        optional($.because),
      ),

    element: ($) => $._expression,

    where: ($) => prec.right(seq('where', field('condition', $._expression), optional($._message))),

    because: ($) => seq('because', field('reason', $._text)),

    // ── Expressions ──

    ...expressions(''),
    ...expressions('h_'),

    _operand: ($) => choice($._literal, $._text, $.identifier, $.list, $.parenthesized),

    construct: ($) => seq(field('type', $.identifier), field('body', $.block)),

    record: ($) => prec(-1, $.block),

    empty_record: (_) => seq('{', '}'),

    parenthesized: ($) => seq('(', $._expression, close($, ')')),

    arguments: ($) => seq('(', commas($._expression), close($, ')')),

    list: ($) => seq('[', commas($._item), close($, ']')),

    _item: ($) => choice($._expression, alias($.list_spread, $.spread), $.list_for, $.list_if),

    list_spread: ($) => seq('..', $._expression),

    list_for: ($) => seq(word('for')($), $._generators, '=>', field('body', $._item)),

    list_if: ($) => seq(word('if')($), field('condition', $._expression), '=>', field('body', $._item)),

    _expression_arms: ($) => seq('{', separated($, $.arm), close($, '}')),

    arm: ($) => seq(field('pattern', $._arm_pattern), '=>', field('body', $._expression)),

    _arm_pattern: ($) => choice($._one_pattern, alias($.arm_or_pattern, $.or_pattern), $.typed_pattern),

    arm_or_pattern: ($) =>
      seq(
        $._one_pattern,
        choice(repeat1(seq('|', $._one_pattern)), seq(repeat(seq('|', $._one_pattern)), '|', $.typed_pattern)),
      ),

    typed_pattern: ($) => seq(field('name', $.identifier), ':', field('type', $._union)),

    _case_name: ($) => field('name', $.identifier),

    case_pattern: ($) => prec.right(seq(field('name', $.identifier), optional(seq('{', commas($.bound), '}')))),

    bound: ($) => seq(field('field', $.identifier), optional(seq('=', field('name', $.identifier)))),

    // ── Types ──

    _union: ($) => choice($.union, $._type),

    union: ($) => prec.left(choice(seq('|', $._alternative, repeat(seq('|', $._alternative))), seq($._alternative, repeat1(seq('|', $._alternative))))),

    _alternative: ($) => $._type,

    _type: ($) =>
      choice(
        $.type_identifier,
        $.case,
        $.optional_type,
        $.plus_type,
        $.ref_type,
        $.set_type,
        $.later_type,
        $.list_type,
        $.map_type,
        $.record_type,
        $.parenthesized_type,
        alias($._missing_value, $.missing),
      ),

    optional_type: ($) => prec.left(2, seq($._type, '?')),

    plus_type: ($) => prec.left(1, seq($._type, '+', $._type)),

    ref_type: ($) => seq(word('ref')($), field('kind', $.identifier)),

    set_type: ($) => prec(3, seq(word('set')($), $._type)),

    later_type: ($) => prec(3, seq(word('Later')($), $._type)),

    list_type: ($) => seq('[', $._union, ']'),

    map_type: ($) => seq(alias($._map_open, '{'), field('key', $._union), ':', field('value', $._union), '}'),

    record_type: ($) => $.block,

    parenthesized_type: ($) => seq('(', $._union, ')'),

    case: ($) => prec.right(seq(field('name', $.identifier), optional(field('body', $.block)))),

    // ── Tokens ──

    _literal: ($) =>
      choice(
        $.integer,
        $.float,
        $.percent,
        $.size,
        $.duration,
        $.cpu,
        $.port,
        $.range,
        $.ip,
        $.cidr,
        $.ip_range,
        $.mac,
        $.malformed,
        $.boolean,
        $.none,
        $.null,
      ),

    boolean: ($) => choice(word('true')($), word('false')($)),
    none: ($) => word('none')($),
    null: ($) => word('null')($),

    ...literals(),

    _text: ($) => choice($.text, $.text_block, $.raw_text),

    text: ($) =>
      seq('"', repeat(choice(alias($._line_part, $.text_content), $.escape_sequence, $.hole)), choice(token.immediate('"'), $.missing_quote)),

    text_block: ($) =>
      seq(
        '"""',
        repeat(choice(alias($._lines_part, $.text_content), $.escape_sequence, $.hole)),
        choice(token.immediate('"""'), $.missing_quote),
      ),

    hole: ($) => seq(token.immediate('${'), $._expression, choice('}', alias($._missing_hole_close, $.missing_close))),

    range_name: (_) => /[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*-\{[0-9]+\.\.[0-9]+\}/,

    identifier: (_) => /[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*/,

    doc_comment: (_) => token(prec(1, /##([^#\r\n][^\r\n]*)?/)),

    comment: (_) => token(/#[^\r\n]*/),
  },
});

/** Literals that begin with a digit, a hexadecimal group or `::`. */
function literals() {
  const int = '[0-9][0-9_]*';
  const unit = 'B|KB|MB|GB|TB|KiB|MiB|GiB|TiB|ms|s|min|h|d|w|m|%';
  const ip4 = '[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+';
  const group = '[0-9A-Fa-f]{1,4}';
  const groups = `${group}(:${group})*`;
  const ip6 = `(${group}(:${group}){7}|(${groups})?::(${groups})?(:${ip4})?|::${ip4})`;
  const ip = `(${ip4}|${ip6})`;
  const regex = (source) => (_) => token(new RegExp(source));
  return {
    integer: regex(`${int}|0[xX][0-9A-Fa-f_]+`),
    float: regex(`${int}\\.${int}`),
    percent: regex(`${int}(\\.${int})?%`),
    size: regex(`${int}(\\.${int})?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)`),
    duration: regex(`${int}(\\.${int})?(ms|s|min|h|d|w)`),
    cpu: regex(`${int}m`),
    port: regex(`${int}(\\.\\.${int})?/(tcp|udp|sctp)`),
    range: regex(`${int}(\\.${int})?(${unit})?\\.\\.${int}(\\.${int})?(${unit})?`),
    ip: regex(ip),
    cidr: regex(`${ip}/[0-9]+`),
    ip_range: regex(`${ip}\\.\\.${ip}`),
    mac: regex('[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}'),
    // `8Gib`: of equally long matches the first rule wins, so this is what none of the others is.
    malformed: regex('[0-9][0-9_]*(\\.[0-9][0-9_]*)?[A-Za-z_][0-9A-Za-z_]*'),
  };
}

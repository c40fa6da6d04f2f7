// The tokens of `.kss` that depend on what follows them: ends of statements, text with holes, and words that begin something.
//
// The scanner keeps no state. It decides as the compiler does (`compiler/syntax/src/layout/lines.rs` for ends of lines,
// `grammar/form.rs` for words): by the next tokens, which it reads and gives back.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"
#include <string.h>

// In the order of `externals` in grammar.js.
enum Symbol {
    NEWLINE,
    LINE_PART,
    LINES_PART,
    ESCAPE,
    MISSING_QUOTE,
    RAW_TEXT,
    MAP_OPEN,
    TYPE_IDENTIFIER,
    IMPORT,
    SITE,
    CLUSTER,
    MODULE,
    TYPE,
    FN,
    CAPABILITY,
    INTENT,
    OUTPUT,
    TEST,
    LET,
    OPTION,
    USE,
    NEEDS,
    PROVIDE,
    TUNE,
    EACH,
    REMOVE,
    CHECK,
    COVERED,
    IGNORE,
    UNCHECKED,
    GIVEN,
    EXPECT,
    SHARED,
    OPTIONAL,
    PRIVATE,
    DEFAULT,
    OVERRIDE,
    FORCE,
    APPEND,
    FOR,
    STATEMENT_IF,
    STATEMENT_MATCH,
    IF,
    MATCH,
    EVERY,
    SOME,
    NO,
    FAIL,
    NOT,
    TRUE,
    FALSE,
    NONE,
    NULL_,
    REF,
    SET,
    LATER,
    BY,
    EXPECT_ERROR,
    EXPECT_NO,
    MISSING_VALUE,
    MISSING_NAME,
    MISSING_CLOSE,
    MISSING_HOLE_CLOSE,
    RECOVERING,
    RPAREN,
    RBRACKET,
    RBRACE,
    COMMA,
    IDENTIFIER,
    SYMBOLS,
};

// Words from `IMPORT` to `BY`, each at its symbol. `STATEMENT_IF` and `STATEMENT_MATCH` are the words of `IF` and `MATCH`.
static const char *const WORDS[SYMBOLS] = {
    [IMPORT] = "import",
    [SITE] = "site",
    [CLUSTER] = "cluster",
    [MODULE] = "module",
    [TYPE] = "type",
    [FN] = "fn",
    [CAPABILITY] = "capability",
    [INTENT] = "intent",
    [OUTPUT] = "output",
    [TEST] = "test",
    [LET] = "let",
    [OPTION] = "option",
    [USE] = "use",
    [NEEDS] = "needs",
    [PROVIDE] = "provide",
    [TUNE] = "tune",
    [EACH] = "each",
    [REMOVE] = "remove",
    [CHECK] = "check",
    [COVERED] = "covered",
    [IGNORE] = "ignore",
    [UNCHECKED] = "unchecked",
    [GIVEN] = "given",
    [EXPECT] = "expect",
    [SHARED] = "shared",
    [OPTIONAL] = "optional",
    [PRIVATE] = "private",
    [DEFAULT] = "default",
    [OVERRIDE] = "override",
    [FORCE] = "force",
    [APPEND] = "append",
    [FOR] = "for",
    [IF] = "if",
    [MATCH] = "match",
    [EVERY] = "every",
    [SOME] = "some",
    [NO] = "no",
    [FAIL] = "fail",
    [NOT] = "not",
    [TRUE] = "true",
    [FALSE] = "false",
    [NONE] = "none",
    [NULL_] = "null",
    [REF] = "ref",
    [SET] = "set",
    [LATER] = "Later",
    [BY] = "by",
    [EXPECT_ERROR] = "error",
};

// Words that go on with an expression or a statement, so that none of them is the second word of a statement.
static const char *const INFIX[] = {
    "and", "or", "not", "in", "is", "then", "else", "where", "because", "with", "at", "if",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LONGEST 15

// A token that was looked at.
typedef enum {
    T_END, // the end of the line, a comment, the end of the file
    T_WORD,
    T_QUOTE,
    T_LITERAL,
    T_EQ,
    T_ARROW,
    T_COLON,
    T_DOT,
    T_DOTS,
    T_QUESTION_DOT,
    T_COMMA,
    T_PIPE,
    T_COALESCE,
    T_LBRACE,
    T_RBRACE,
    T_LPAREN,
    T_LBRACKET,
    T_CLOSER,
    T_MINUS,
    T_OPERATOR,
    T_THIN_ARROW,
    T_OTHER,
} Kind;

typedef struct {
    Kind kind;
    // The beginning of a word; longer ones are no words of the language.
    char word[LONGEST + 1];
    int32_t quote;
    // A `-` follows that is no part of it, as in `worker-{1..3}`.
    bool range;
} Token;

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == 0xfeff || c == 0xa0; }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

// Reads a name into `token`. Whether a `-` belongs to it is known behind it only, so the end is marked before each if asked to.
static void read_word(TSLexer *lexer, Token *token, bool mark) {
    unsigned len = 0;
    token->kind = T_WORD;
    token->range = false;
    for (;;) {
        while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) {
            if (len <= LONGEST) token->word[len < LONGEST ? len : LONGEST] = (char)lexer->lookahead;
            len++;
            advance(lexer);
        }
        if (mark) lexer->mark_end(lexer);
        if (lexer->lookahead != '-') break;
        advance(lexer);
        token->range = !is_letter(lexer->lookahead) && !is_digit(lexer->lookahead);
        if (token->range) break;
        if (len <= LONGEST) token->word[len < LONGEST ? len : LONGEST] = '-';
        len++;
    }
    if (len > LONGEST) len = 0;
    token->word[len] = 0;
}

static bool take(TSLexer *lexer, int32_t c) {
    if (lexer->lookahead != c) return false;
    advance(lexer);
    return true;
}

// The next token of the line.
static Token peek(TSLexer *lexer) {
    Token token = {T_OTHER, {0}, 0, false};
    while (is_space(lexer->lookahead)) advance(lexer);
    int32_t c = lexer->lookahead;
    if (c == '\n' || c == '#' || lexer->eof(lexer)) {
        token.kind = T_END;
        return token;
    }
    if (is_letter(c)) {
        read_word(lexer, &token, false);
        return token;
    }
    advance(lexer);
    if (is_digit(c)) {
        token.kind = T_LITERAL;
        return token;
    }
    switch (c) {
    case '"':
    case '\'':
        token.kind = T_QUOTE;
        token.quote = c;
        break;
    case '=': token.kind = take(lexer, '=') ? T_OPERATOR : take(lexer, '>') ? T_ARROW : T_EQ; break;
    case ':': token.kind = take(lexer, ':') ? T_LITERAL : T_COLON; break;
    case '.': token.kind = take(lexer, '.') ? T_DOTS : T_DOT; break;
    case '?': token.kind = take(lexer, '.') ? T_QUESTION_DOT : take(lexer, '?') ? T_COALESCE : T_OTHER; break;
    case ',': token.kind = T_COMMA; break;
    case '|': token.kind = T_PIPE; break;
    case '{': token.kind = T_LBRACE; break;
    case '}': token.kind = T_RBRACE; break;
    case '(': token.kind = T_LPAREN; break;
    case '[': token.kind = T_LBRACKET; break;
    case ')':
    case ']': token.kind = T_CLOSER; break;
    case '-': token.kind = take(lexer, '>') ? T_THIN_ARROW : T_MINUS; break;
    case '!':
    case '<':
    case '>':
    case '+':
    case '*':
    case '/':
    case '%': token.kind = T_OPERATOR; break;
    default: break;
    }
    return token;
}

static bool is(const Token *token, const char *word) { return token->kind == T_WORD && strcmp(token->word, word) == 0; }

static bool is_infix(const Token *token) {
    for (unsigned i = 0; i < COUNT(INFIX); i++) {
        if (is(token, INFIX[i])) return true;
    }
    return false;
}

// A word before it is the name of a field, or an element.
static bool is_plain(const Token *next) {
    switch (next->kind) {
    case T_END:
    case T_EQ:
    case T_COLON:
    case T_DOT:
    case T_LBRACE:
    case T_COMMA:
    case T_RBRACE:
    case T_QUESTION_DOT:
    case T_COALESCE:
    case T_MINUS:
    case T_OPERATOR:
    case T_CLOSER: return true;
    default: return false;
    }
}

static bool begins_expression(const Token *token) {
    switch (token->kind) {
    case T_LITERAL:
    case T_QUOTE:
    case T_LPAREN:
    case T_LBRACKET:
    case T_LBRACE:
    case T_MINUS: return true;
    case T_WORD: return !is_infix(token) || is(token, "not") || is(token, "if") || is(token, "at") || is(token, "with");
    default: return false;
    }
}

// A name that is no infix word, or that is one and shows by what follows that it is a field.
static bool is_name(TSLexer *lexer, const Token *token) {
    if (!is_infix(token)) return token->kind == T_WORD || token->kind == T_QUOTE;
    switch (peek(lexer).kind) {
    case T_COLON:
    case T_EQ:
    case T_DOT:
    case T_LBRACE: return true;
    default: return false;
    }
}

// Does the word `symbol`, at the beginning of a statement, begin one? The lexer is behind the word.
static bool begins_statement(TSLexer *lexer, enum Symbol symbol) {
    Token next = peek(lexer);
    if (symbol == IMPORT && next.kind == T_DOT) return lexer->lookahead == '/';
    if (is_plain(&next)) return false;
    switch (symbol) {
    case IMPORT:
    case CHECK:
    case COVERED:
    case IGNORE:
    case UNCHECKED:
    case EXPECT:
    case STATEMENT_IF: return true;
    case FOR: return next.kind == T_WORD;
    case STATEMENT_MATCH: return begins_expression(&next);
    case SHARED:
    case OPTIONAL:
        return is(&next, "intent") || is(&next, "output") || is(&next, "shared") || is(&next, "optional");
    case PRIVATE:
    case DEFAULT:
    case OVERRIDE:
    case FORCE:
    case APPEND: return is_name(lexer, &next);
    default: return !is_infix(&next) || is_name(lexer, &next);
    }
}

// Does the word `symbol` begin an expression of more than a name? `statement`: at the beginning of a statement.
static bool begins_more(TSLexer *lexer, enum Symbol symbol, bool statement) {
    Token next = peek(lexer);
    switch (symbol) {
    case TRUE:
    case FALSE:
    case NONE:
    case NULL_:
        if (!statement) return true;
        return next.kind != T_EQ && next.kind != T_COLON && next.kind != T_DOT && next.kind != T_LBRACE;
    case NOT: return next.kind != T_DOT && !(statement && is_plain(&next));
    case IF: return next.kind != T_CLOSER && next.kind != T_RBRACE && next.kind != T_COMMA && next.kind != T_DOT;
    case MATCH: return begins_expression(&next) && next.kind != T_LBRACE;
    case EVERY:
    case SOME:
    case NO: return next.kind == T_WORD && !is_infix(&next);
    case FAIL: return begins_expression(&next) && next.kind != T_LBRACE && !(statement && is_plain(&next));
    default: return false;
    }
}

// May `set` or `Later` stand before the next token?
static bool makes_type(TSLexer *lexer) {
    Token next = peek(lexer);
    switch (next.kind) {
    case T_LPAREN:
    case T_LBRACKET:
    case T_LBRACE: return true;
    case T_WORD:
        return !is_infix(&next) && !is(&next, "one") && !is(&next, "per") && !is(&next, "some") && !is(&next, "for") &&
               !is(&next, "by");
    default: return false;
    }
}

static bool ends_statement(const Token *token) {
    return token->kind == T_END || token->kind == T_COMMA || token->kind == T_RBRACE;
}

// `error`, `error K0410`, `error at x`, behind `expect`.
static bool is_expected_error(TSLexer *lexer) {
    Token next = peek(lexer);
    return ends_statement(&next) || (next.kind == T_WORD && (!is_infix(&next) || is(&next, "at")));
}

// `no error`, `no output containing …`, behind `expect`.
static bool is_expected_no(TSLexer *lexer) {
    Token next = peek(lexer);
    Token third = peek(lexer);
    if (is(&next, "error")) return ends_statement(&third) || is(&third, "or");
    return is(&next, "output") && !is(&third, "in");
}

static bool is_keyed(TSLexer *lexer) {
    Token next = peek(lexer);
    if (next.kind != T_WORD) return false;
    Token third = peek(lexer);
    return third.kind == T_LBRACE || third.kind == T_EQ;
}

// Does the line that the lexer is at go on with the statement of the line before?
static bool continues(TSLexer *lexer) {
    Token first = peek(lexer);
    switch (first.kind) {
    case T_DOT:
    case T_QUESTION_DOT:
    case T_PIPE:
    case T_COALESCE:
    case T_EQ:
    case T_ARROW:
    case T_THIN_ARROW: return true;
    case T_WORD: break;
    default: return false;
    }
    bool is_else = is(&first, "else");
    bool clause = is(&first, "where") || is(&first, "because") || is(&first, "and") || is(&first, "or") || is(&first, "then");
    if (is_else || clause) {
        Token next = peek(lexer);
        bool field = next.kind == T_EQ || next.kind == T_COLON || next.kind == T_DOT;
        return !field && (is_else || next.kind != T_LBRACE);
    }
    if (!is(&first, "code")) return false;
    Token code = peek(lexer);
    if (code.kind != T_WORD || code.word[0] != 'K' || strlen(code.word) != 5) return false;
    for (unsigned i = 1; i < 5; i++) {
        if (!is_digit(code.word[i])) return false;
    }
    return true;
}

// At the end of a line: is it the end of a statement as well? The token has all blank lines that follow.
static bool scan_newline(TSLexer *lexer) {
    while (lexer->lookahead == '\n' || is_space(lexer->lookahead)) {
        bool line = lexer->lookahead == '\n';
        advance(lexer);
        if (line) lexer->mark_end(lexer);
    }
    // Comments before a line that goes on belong to neither.
    while (lexer->lookahead == '#') {
        while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
        while (lexer->lookahead == '\n' || is_space(lexer->lookahead)) advance(lexer);
    }
    if (continues(lexer)) return false;
    lexer->result_symbol = NEWLINE;
    return true;
}

static bool quotes(TSLexer *lexer) {
    // Two more than the one that was seen.
    advance(lexer);
    if (!take(lexer, '"')) return false;
    return take(lexer, '"');
}

// Inside of quotes.
static bool scan_text(TSLexer *lexer, bool lines) {
    bool any = false;
    for (;;) {
        lexer->mark_end(lexer);
        int32_t c = lexer->lookahead;
        if (lexer->eof(lexer) || (c == '\n' && !lines)) {
            if (any) break;
            lexer->result_symbol = MISSING_QUOTE;
            return true;
        }
        if (c == '"') {
            if (!lines || quotes(lexer)) break;
            any = true;
            continue;
        }
        if (c == '$') {
            advance(lexer);
            if (lexer->lookahead == '{') break;
            any = true;
            continue;
        }
        if (c == '\\') {
            advance(lexer);
            int32_t escaped = lexer->lookahead;
            bool escape = escaped == '"' || escaped == '$' || (!lines && (escaped == '\\' || escaped == 'n' || escaped == 't'));
            if (escape) {
                if (any) break;
                advance(lexer);
                lexer->mark_end(lexer);
                lexer->result_symbol = ESCAPE;
                return true;
            }
            if (escaped == '\\') advance(lexer);
            any = true;
            continue;
        }
        advance(lexer);
        any = true;
    }
    lexer->result_symbol = lines ? LINES_PART : LINE_PART;
    return any;
}

// At a `'`. Without another one the text ends with its line; with three, at the next three or the end of the file.
static bool scan_raw(TSLexer *lexer) {
    advance(lexer);
    lexer->result_symbol = RAW_TEXT;
    if (lexer->lookahead == '\'') {
        advance(lexer);
        lexer->mark_end(lexer);
        if (!take(lexer, '\'')) return true;
        for (unsigned closing = 0; closing < 3 && !lexer->eof(lexer);) {
            closing = lexer->lookahead == '\'' ? closing + 1 : 0;
            advance(lexer);
        }
        lexer->mark_end(lexer);
        return true;
    }
    while (lexer->lookahead != '\'' && lexer->lookahead != '\n' && lexer->lookahead != '\r' && !lexer->eof(lexer)) advance(lexer);
    take(lexer, '\'');
    lexer->mark_end(lexer);
    return true;
}

// Skips a text behind its first quote. Texts in its holes count as parts of it: their quotes come in pairs.
static void skip_text(TSLexer *lexer, int32_t quote) {
    unsigned quotes = 1;
    while (quotes < 3 && take(lexer, quote)) quotes++;
    if (quotes == 2) return;
    for (unsigned closing = 0; closing < quotes && !lexer->eof(lexer);) {
        if (lexer->lookahead == '\n' && quotes == 1) return;
        closing = lexer->lookahead == quote ? closing + 1 : 0;
        if (quote == '"' && lexer->lookahead == '\\') advance(lexer);
        advance(lexer);
    }
}

// At a `{` where a type may begin: is it `{K: V}` rather than a record? Types are capitalised, and a map has one pair.
static bool scan_map(TSLexer *lexer) {
    advance(lexer);
    lexer->mark_end(lexer);
    Token key = peek(lexer);
    if (is(&key, "ref")) {
        if (peek(lexer).kind != T_WORD || peek(lexer).kind != T_COLON) return false;
    } else if (key.kind == T_WORD) {
        bool capital = key.word[0] >= 'A' && key.word[0] <= 'Z';
        if (!capital || peek(lexer).kind != T_COLON) return false;
    } else if (key.kind != T_LBRACKET) {
        return false;
    }
    unsigned depth = key.kind == T_LBRACKET ? 1 : 0;
    Kind before = T_COLON;
    for (;;) {
        Token token = peek(lexer);
        switch (token.kind) {
        case T_END:
            if (lexer->lookahead != '\n' || (depth == 0 && before != T_COLON)) return false;
            advance(lexer);
            break;
        case T_QUOTE: skip_text(lexer, token.quote); break;
        case T_LBRACE:
        case T_LPAREN:
        case T_LBRACKET: depth++; break;
        case T_RBRACE:
        case T_CLOSER:
            if (depth == 0) {
                lexer->result_symbol = MAP_OPEN;
                return token.kind == T_RBRACE;
            }
            depth--;
            break;
        case T_COMMA:
        case T_EQ:
            if (depth == 0) return false;
            break;
        default: break;
        }
        before = token.kind;
    }
}

// Words that go on with a statement although a word follows them.
static const char *const CLAUSES[] = {"for", "one", "per", "by", "at", "most", "with", "code", "containing", "owner", "ref", "set", "Later"};

static bool is_clause(const Token *token) {
    for (unsigned i = 0; i < COUNT(CLAUSES); i++) {
        if (is(token, CLAUSES[i])) return true;
    }
    return is_infix(token);
}

// Does `first`, which the lexer is behind, surely begin a statement, so that whatever is open before it was left unfinished?
// `typed`: may it be a field with its type?
static bool surely_begins(TSLexer *lexer, const Token *first, bool typed) {
    bool prefix = is_clause(first) || is(first, "match") || is(first, "every") || is(first, "some") || is(first, "no") ||
                  is(first, "fail");
    Token next = peek(lexer);
    if (!prefix && ((next.kind == T_WORD && !is_clause(&next)) || next.kind == T_QUOTE)) return true;
    for (;;) {
        if (next.kind == T_EQ || (next.kind == T_COLON && typed)) return true;
        if (next.kind != T_DOT) return false;
        Token key = peek(lexer);
        if (key.kind == T_QUOTE) {
            while (lexer->lookahead != '"' && lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
            if (!take(lexer, '"')) return false;
        } else if (key.kind != T_WORD) {
            return false;
        }
        next = peek(lexer);
    }
}

// Declarations of a file, which stand in no block.
static bool is_top_level(enum Symbol symbol) {
    switch (symbol) {
    case IMPORT:
    case SITE:
    case CLUSTER:
    case MODULE:
    case TYPE:
    case CAPABILITY:
    case INTENT:
    case OUTPUT:
    case TEST:
    case SHARED:
    case OPTIONAL: return true;
    default: return false;
    }
}

static enum Symbol symbol_of(const Token *token) {
    for (unsigned symbol = IMPORT; symbol <= BY; symbol++) {
        if (WORDS[symbol] != NULL && is(token, WORDS[symbol])) return symbol;
    }
    return SYMBOLS;
}

// At the beginning of a statement some words are tokens of their own.
static enum Symbol here(const bool *valid, enum Symbol symbol) {
    if (symbol == IF && valid[STATEMENT_IF]) return STATEMENT_IF;
    if (symbol == MATCH && valid[STATEMENT_MATCH]) return STATEMENT_MATCH;
    return symbol;
}

// The keyword `symbol`, whose end is marked; false if it is a name here.
static bool scan_keyword(TSLexer *lexer, const bool *valid, enum Symbol symbol) {
    lexer->result_symbol = (TSSymbol)symbol;
    if (symbol <= FOR) return begins_statement(lexer, symbol);
    switch (symbol) {
    case STATEMENT_IF:
    case STATEMENT_MATCH: return begins_statement(lexer, symbol);
    case REF: return peek(lexer).kind == T_WORD;
    case SET: return makes_type(lexer);
    case LATER:
        if (!makes_type(lexer)) lexer->result_symbol = TYPE_IDENTIFIER;
        return true;
    case BY: return is_keyed(lexer);
    case NO:
        if (!valid[EXPECT_NO]) break;
        // `no error` could be a quantifier without its rest, and `expect no x in xs: …` is one.
        if (is_expected_no(lexer)) lexer->result_symbol = EXPECT_NO;
        return true;
    default: break;
    }
    return begins_more(lexer, symbol, valid[LET]);
}

// Something missing before a word that surely begins a statement; false if nothing is.
static bool scan_missing(TSLexer *lexer, const bool *valid, const Token *token, bool new_line) {
    bool open = valid[MISSING_CLOSE] && !valid[NEWLINE] && (new_line || !valid[IDENTIFIER]);
    if (open) {
        lexer->result_symbol = MISSING_CLOSE;
    } else if (valid[MISSING_VALUE] && new_line && !valid[LET]) {
        lexer->result_symbol = MISSING_VALUE;
    } else if (valid[NEWLINE] && !valid[IDENTIFIER]) {
        // Two statements in one line.
        lexer->result_symbol = NEWLINE;
    } else {
        return false;
    }
    return surely_begins(lexer, token, open || valid[TYPE_IDENTIFIER]);
}

// At a word. `new_line`: were there ends of lines before it that end no statement?
static bool scan_word(TSLexer *lexer, const bool *valid, bool new_line) {
    bool capital = lexer->lookahead >= 'A' && lexer->lookahead <= 'Z';
    Token token = {T_WORD, {0}, 0, false};
    bool first_column = lexer->get_column(lexer) == 0;
    lexer->mark_end(lexer);
    read_word(lexer, &token, false);
    if (token.range) return false;
    enum Symbol symbol = here(valid, symbol_of(&token));
    bool closes = valid[MISSING_CLOSE] && valid[NEWLINE] && first_column;
    if (closes && symbol != SYMBOLS && is_top_level(symbol)) {
        lexer->result_symbol = MISSING_CLOSE;
        return begins_statement(lexer, symbol);
    }
    if (symbol != SYMBOLS && (valid[symbol] || (symbol == NO && valid[EXPECT_NO]))) {
        lexer->mark_end(lexer);
        return scan_keyword(lexer, valid, symbol);
    }
    if (valid[EXPECT_ERROR] && is(&token, "error")) {
        lexer->mark_end(lexer);
        lexer->result_symbol = EXPECT_ERROR;
        return is_expected_error(lexer);
    }
    if (capital && valid[TYPE_IDENTIFIER]) {
        lexer->mark_end(lexer);
        lexer->result_symbol = TYPE_IDENTIFIER;
        return true;
    }
    return scan_missing(lexer, valid, &token, new_line);
}

// Something missing before what closes a bracket, or before the end of the file; false if nothing is.
static bool scan_closer(TSLexer *lexer, const bool *valid) {
    bool end = lexer->eof(lexer);
    if (!end) {
        switch (lexer->lookahead) {
        case ')':
            if (valid[RPAREN]) return false;
            break;
        case ']':
            if (valid[RBRACKET]) return false;
            break;
        case '}':
            if (valid[RBRACE]) return false;
            break;
        case ',':
            if (valid[COMMA]) return false;
            break;
        default: return false;
        }
    }
    lexer->mark_end(lexer);
    if (valid[MISSING_VALUE] && !valid[NEWLINE] && !valid[RPAREN] && !valid[RBRACKET]) {
        lexer->result_symbol = MISSING_VALUE;
        return true;
    }
    // A closer that closes nothing is left alone in a block.
    lexer->result_symbol = MISSING_CLOSE;
    return valid[MISSING_CLOSE] && (end || (!valid[NEWLINE] && lexer->lookahead != ','));
}

// In an error all is valid, so only what surely begins a statement is taken for a token.
static bool recover(TSLexer *lexer) {
    unsigned indent = 0;
    for (; is_space(lexer->lookahead); indent++) lexer->advance(lexer, true);
    if (lexer->lookahead == '\n') return scan_newline(lexer);
    if (lexer->lookahead == '\'') return scan_raw(lexer);
    if (!is_letter(lexer->lookahead) || lexer->get_column(lexer) != indent) return false;
    Token token = {T_WORD, {0}, 0, false};
    read_word(lexer, &token, true);
    enum Symbol symbol = token.range ? SYMBOLS : symbol_of(&token);
    lexer->result_symbol = (TSSymbol)symbol;
    return symbol <= FOR && begins_statement(lexer, symbol);
}

bool tree_sitter_kss_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
    (void)payload;
    if (valid[RECOVERING]) return recover(lexer);
    if (valid[LINE_PART] || valid[LINES_PART]) return scan_text(lexer, valid[LINES_PART]);
    while (is_space(lexer->lookahead)) lexer->advance(lexer, true);
    if (valid[MISSING_NAME]) {
        int32_t c = lexer->lookahead;
        lexer->mark_end(lexer);
        lexer->result_symbol = MISSING_NAME;
        return !is_letter(c) && c != '"' && c != '\'';
    }
    if (valid[MISSING_HOLE_CLOSE] && (lexer->lookahead == '\n' || lexer->eof(lexer))) {
        lexer->mark_end(lexer);
        lexer->result_symbol = MISSING_HOLE_CLOSE;
        return true;
    }
    // A line that goes on with the next one: the words that it may go on with are no tokens of the scanner.
    if (valid[NEWLINE] && lexer->lookahead == '\n') return scan_newline(lexer);
    bool new_line = false;
    while (is_space(lexer->lookahead) || lexer->lookahead == '\n') {
        new_line |= lexer->lookahead == '\n';
        lexer->advance(lexer, true);
    }
    if (lexer->lookahead == '{' && valid[MAP_OPEN]) return scan_map(lexer);
    if (lexer->lookahead == '\'' && valid[RAW_TEXT]) return scan_raw(lexer);
    if (is_letter(lexer->lookahead)) return scan_word(lexer, valid, new_line);
    return scan_closer(lexer, valid);
}

void *tree_sitter_kss_external_scanner_create(void) { return NULL; }
void tree_sitter_kss_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_kss_external_scanner_serialize(void *payload, char *buffer) {
    (void)payload;
    (void)buffer;
    return 0;
}
void tree_sitter_kss_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
    (void)payload;
    (void)buffer;
    (void)length;
}

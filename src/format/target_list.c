/* One line of a list of targets at a time: a list may have millions of them.
 *
 * A line is first cut into fields, whatever its form, and each field
 * remembers where it stands; what the fields mean is parameter_set()'s business,
 * as everywhere. */
#include "format/target_list.h"

#include <stdbool.h>
#include <string.h>

#include "core/address.h"
#include "core/host.h"
#include "core/parameter.h"
#include "core/target.h"
#include "format/csv_line.h"
#include "format/encoding.h"
#include "format/place.h"

#define FORMS           "accepted are host port, host:port, [ipv6]:port and name,host,port"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const struct address_block no_block;

enum csv_field { CSV_NAME, CSV_HOST, CSV_PORT, CSV_FIELD_COUNT };

struct line_parser {
    const char *bytes;
    size_t length; /* the comment not included */
    size_t at;
    uint32_t line_number;
    struct parameter_context context;
    const struct check *overrides;
    struct address_block *block; /* NULL: blocks are not accepted */
    struct check *check;
    size_t wrong_at; /* set with `why` */
    struct text *why;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Always false: what comes out of a line that is wrong at this offset. */
static bool wrong(struct line_parser *parser, size_t offset, const char *what)
{
    parser->wrong_at = offset;
    text_append_string(parser->why, what);
    return false;
}

static void skip_blanks(struct line_parser *parser)
{
    while (parser->at < parser->length && is_blank(parser->bytes[parser->at]))
        parser->at++;
}

static bool is_at_end(const struct line_parser *parser)
{
    return parser->at == parser->length;
}

/* Whether a comment starts here, outside of quotes. */
static bool is_comment(const struct line_parser *parser, size_t offset)
{
    return parser->bytes[offset] == '#' && (offset == 0 || is_blank(parser->bytes[offset - 1]));
}

static bool set_parameter(struct line_parser *parser, enum parameter_id id,
                          const struct field *field)
{
    const struct value value = {.type = VALUE_PLAIN,
                                .line = parser->line_number,
                                .text = field->text,
                                .length = field->length};
    parser->wrong_at = field->start;
    return parameter_set(parser->check, &parameters[id], &value, &parser->context, parser->why);
}

static bool refuse_block(struct line_parser *parser, const struct field *host)
{
    text_append_string(parser->why, "host ");
    text_append_quoted(parser->why, host->text, host->length);
    return wrong(parser, host->start,
                 " is a block of addresses: --expand-cidr has each of them checked");
}

static bool set_address(struct check *check, const struct address *address, struct arena *arena)
{
    struct text host;
    text_init(&host, HOST_NAME_MAX_OCTETS);
    address_append(&host, address);
    check->host = text_is_ok(&host) ? arena_copy(arena, host.bytes, host.length) : NULL;
    check->literal = *address;
    text_fini(&host);
    return check->host != NULL;
}

/* Sets the host to the first address of a block. */
static bool set_block(struct line_parser *parser, const struct field *host)
{
    if (parser->block == NULL)
        return refuse_block(parser, host);
    parser->wrong_at = host->start;
    if (!address_block_parse(host->text, host->length, parser->block, parser->why))
        return false;
    if (!set_address(parser->check, &parser->block->first, parser->context.arena))
        return wrong(parser, host->start, "memory is too short to read this");
    const char *first = parser->check->host;
    const struct field field = {first, strlen(first), host->start};
    return set_parameter(parser, PARAM_HOST, &field);
}

static bool set_host(struct line_parser *parser, const struct field *host)
{
    bool is_block = address_block_is_meant(host->text, host->length);
    return is_block ? set_block(parser, host) : set_parameter(parser, PARAM_HOST, host);
}

static bool make_check(struct line_parser *parser, const struct field *host,
                       const struct field *port)
{
    struct check *check = parser->check;
    enum parameter_id at;
    if (!set_host(parser, host) || !set_parameter(parser, PARAM_PORT, port))
        return false;
    if (parser->overrides != NULL) {
        check_override(check, parser->overrides);
        if (parser->block != NULL && check_has(parser->overrides, PARAM_HOST))
            *parser->block = no_block;
    }
    parser->wrong_at = host->start;
    return check_complete(check, &at, parser->why);
}

/* ---- host port, host:port --------------------------------------------- */

/* Up to the next blank or comment. */
static struct field take_word(struct line_parser *parser)
{
    size_t start = parser->at;
    size_t end = start;
    while (end < parser->length && !is_blank(parser->bytes[end]))
        end++;
    parser->at = end;
    return (struct field){parser->bytes + start, end - start, start};
}

static bool parse_target(struct line_parser *parser, const struct field *word)
{
    struct target_span span;
    parser->wrong_at = word->start;
    if (!target_split(word->text, word->length, &span, parser->why))
        return false;
    const struct field host = {word->text, span.host_length, word->start};
    const struct field port = {word->text + span.port_start, word->length - span.port_start,
                               word->start + span.port_start};
    return make_check(parser, &host, &port);
}

static bool parse_words(struct line_parser *parser)
{
    struct field host = take_word(parser);
    skip_blanks(parser);
    if (is_at_end(parser))
        return parse_target(parser, &host);
    struct field port = take_word(parser);
    skip_blanks(parser);
    if (!is_at_end(parser))
        return wrong(parser, parser->at, "a target is all that a line may hold: " FORMS);
    return make_check(parser, &host, &port);
}

/* ---- name,host,port --------------------------------------------------- */

static bool is_word(const struct field *field, const char *word)
{
    return field->length == strlen(word) && memcmp(field->text, word, field->length) == 0;
}

static bool is_header(const struct line_parser *parser, const struct field *fields)
{
    return parser->line_number == 1 && is_word(&fields[CSV_NAME], "name") &&
           is_word(&fields[CSV_HOST], "host") && is_word(&fields[CSV_PORT], "port");
}

static bool set_name(struct line_parser *parser, const struct field *field)
{
    if (field->length == 0)
        return true;
    parser->check->name = arena_copy(parser->context.arena, field->text, field->length);
    return parser->check->name != NULL ||
           wrong(parser, field->start, "memory is too short to read this");
}

static enum target_line parse_csv(struct line_parser *parser)
{
    struct field fields[CSV_FIELD_COUNT];
    size_t wrong_at;
    if (!csv_line_split(parser->bytes, parser->length, fields, CSV_FIELD_COUNT,
                        parser->context.arena, &wrong_at, parser->why)) {
        (void)wrong(parser, wrong_at, ": " FORMS);
        return TARGET_LINE_BAD;
    }
    if (is_header(parser, fields))
        return TARGET_LINE_BLANK;
    return set_name(parser, &fields[CSV_NAME]) &&
                   make_check(parser, &fields[CSV_HOST], &fields[CSV_PORT])
               ? TARGET_LINE_CHECK
               : TARGET_LINE_BAD;
}

/* ---- the line --------------------------------------------------------- */

/* Whether the byte is the first of two quotes that stand for one. */
static bool is_quote_pair(const struct line_parser *parser, size_t offset)
{
    return offset + 1 < parser->length && memcmp(parser->bytes + offset, "\"\"", 2) == 0;
}

/* Takes the comment off. Only in CSV can quotes hide what would start one. True:
 * the line is CSV. */
static bool cut_comment(struct line_parser *parser)
{
    bool is_csv = false;
    bool is_in_quotes = false;
    bool is_at_start = true; /* of a field, where a quote counts */
    for (size_t i = parser->at; i < parser->length; i++) {
        char byte = parser->bytes[i];
        if (is_in_quotes) {
            bool is_pair = is_quote_pair(parser, i);
            is_in_quotes = byte != '"' || is_pair;
            i += is_pair;
            continue;
        }
        if (is_comment(parser, i)) {
            parser->length = i;
            break;
        }
        is_in_quotes = byte == '"' && is_at_start;
        is_csv = is_csv || byte == ',' || is_in_quotes;
        is_at_start = byte == ',' || (is_at_start && is_blank(byte));
    }
    return is_csv;
}

/* What no line may hold. */
static bool is_text(struct line_parser *parser)
{
    size_t offset;
    if (parser->length > TARGET_LINE_MAX_BYTES)
        return wrong(parser, 0, "the line is longer than 4096 bytes");
    if (!encoding_is_utf8(parser->bytes, parser->length, &offset, parser->why)) {
        parser->wrong_at = offset;
        return false;
    }
    const char *nul = memchr(parser->bytes, '\0', parser->length);
    return nul == NULL ||
           wrong(parser, (size_t)(nul - parser->bytes), "a NUL character is not accepted");
}

/* Most lines hold blanks and what stands from '-' to 'z': letters, digits, dots, colons, brackets. So
 * they are text, without a comment, and no CSV: a look at each byte instead of four. */
static bool is_plain(const struct line_parser *parser)
{
    for (size_t i = 0; i < parser->length; i++) {
        char byte = parser->bytes[i];
        if ((byte < '-' || byte > 'z') && !is_blank(byte))
            return false;
    }
    return parser->length <= TARGET_LINE_MAX_BYTES;
}

static enum target_line parse(struct line_parser *parser)
{
    bool is_odd = !is_plain(parser);
    if (is_odd && !is_text(parser))
        return TARGET_LINE_BAD;
    skip_blanks(parser);
    bool is_csv = is_odd && cut_comment(parser);
    if (is_at_end(parser))
        return TARGET_LINE_BLANK;
    check_init(parser->check);
    parser->check->shows_line = true;
    parser->check->line = parser->line_number;
    parser->check->column = 1;
    if (is_csv)
        return parse_csv(parser);
    return parse_words(parser) ? TARGET_LINE_CHECK : TARGET_LINE_BAD;
}

enum target_line target_list_parse_line(const struct target_reader *reader, const char *line,
                                        size_t length, uint32_t line_number, struct check *check,
                                        uint32_t *column, struct text *why)
{
    size_t mark = strlen(BYTE_ORDER_MARK);
    if (length >= mark && memcmp(line, BYTE_ORDER_MARK, mark) == 0) {
        line += mark;
        length -= mark;
    }
    if (length > 0 && line[length - 1] == '\r')
        length--;
    struct line_parser parser = {
        .bytes = line,
        .length = length,
        .line_number = line_number,
        .context = {reader->arena, reader->naming},
        .overrides = reader->overrides,
        .block = reader->block,
        .check = check,
        .why = why,
    };
    if (reader->block != NULL)
        *reader->block = no_block;
    enum target_line kind = parse(&parser);
    if (kind == TARGET_LINE_BAD) {
        struct place_cursor cursor;
        place_cursor_init(&cursor, line, length);
        *column = place_of_byte(&cursor, parser.wrong_at).column;
    }
    return kind;
}

bool target_list_expand(const struct check *first, const struct address_block *block,
                        uint32_t index, struct arena *arena, struct check *check)
{
    const struct address address = address_block_at(block, index);
    *check = *first;
    if (first->name != NULL)
        check->name = arena_copy(arena, first->name, strlen(first->name));
    return set_address(check, &address, arena) && (first->name == NULL || check->name != NULL);
}

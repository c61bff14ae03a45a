/* net/dns_answer, on messages made by hand: what brings addresses, and what must never be taken for
 * "the name has none". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/dns_answer.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Octets of a string literal, with the final NUL where a root label is due. */
#define OCTETS(literal) literal, sizeof(literal) - 1

/* The question's name is at 12: "\1a\4test\0". */
#define NAME     "\xc0\x0c"
#define TYPE_A   "\0\1"
#define TYPE_6   "\0\34"
#define CNAME    "\0\5"
#define TXT      "\0\20"
#define IN       "\0\1"
#define CHAOS    "\0\3"
#define TTL      "\0\0\0\74"
#define LONG_TTL "\0\0\1\0"
#define IPV4     TYPE_A IN TTL "\0\4\12\0\0\1"
#define OTHER    "\1b\4test\0"
#define TO_OTHER CNAME IN TTL "\0\10" OTHER
#define THIRD    "\1c\4test\0"

struct message_case {
    const char *what;
    const char *records;
    size_t length;
    uint8_t count;
    enum answer answer;
    uint32_t ttl_s;
};

struct message {
    uint8_t bytes[512];
    size_t length;
};

static void start_message(struct message *message, uint8_t type, uint8_t flags, uint8_t more_flags)
{
    static const uint8_t name[] = "\1a\4test";
    const uint8_t header[] = {0, 1, flags, more_flags, 0, 1, 0, 0, 0, 0, 0, 0};
    const uint8_t tail[] = {0, type, 0, 1};
    memcpy(message->bytes, header, sizeof(header));
    memcpy(&message->bytes[12], name, sizeof(name));
    memcpy(&message->bytes[12 + sizeof(name)], tail, sizeof(tail));
    message->length = 12 + sizeof(name) + sizeof(tail);
}

/* On the heap, exactly as long as the message: a read beyond its end is one that a sanitizer sees. */
static enum answer read_message(const struct message *message, uint8_t type,
                                struct address_list *found, uint32_t *ttl_s)
{
    unsigned char *bytes = malloc(message->length);
    assert_non_null(bytes);
    memcpy(bytes, message->bytes, message->length);
    enum answer answer =
        dns_answer_read(bytes, message->length, (enum question_type)type, found, ttl_s);
    free(bytes);
    return answer;
}

static void assert_cases(uint8_t type, const struct message_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct address_list found = {0};
        struct message message;
        uint32_t ttl_s = 1;
        start_message(&message, type, 0x81, 0x80);
        message.bytes[7] = cases[i].count;
        memcpy(&message.bytes[message.length], cases[i].records, cases[i].length);
        message.length += cases[i].length;
        enum answer answer = read_message(&message, type, &found, &ttl_s);
        if (answer != cases[i].answer || ttl_s != cases[i].ttl_s ||
            (found.count != 0) != (answer == ANSWER_ADDRESSES))
            fail_msg("%s: %s, %u s, %u addresses", cases[i].what, answer_name(answer), ttl_s,
                     found.count);
    }
}

static void addresses_are_those_of_the_name_and_its_aliases(void **state)
{
    static const struct message_case cases[] = {
        {"one", OCTETS(NAME IPV4), 1, ANSWER_ADDRESSES, 60},
        {"the name in full, in capitals", OCTETS("\1A\4TEST\0" IPV4), 1, ANSWER_ADDRESSES, 60},
        {"an alias first", OCTETS(NAME TO_OTHER OTHER IPV4), 2, ANSWER_ADDRESSES, 60},
        {"an alias last", OCTETS(OTHER IPV4 NAME TO_OTHER), 2, ANSWER_ADDRESSES, 60},
        {"with a signature's like", OCTETS(NAME TXT IN TTL "\0\2\1x" NAME IPV4), 2,
         ANSWER_ADDRESSES, 60},
        {"another name's beside it", OCTETS(THIRD IPV4 NAME IPV4), 2, ANSWER_ADDRESSES, 60},
        {"the shorter time", OCTETS(NAME TYPE_A IN LONG_TTL "\0\4\12\0\0\2" NAME IPV4), 2,
         ANSWER_ADDRESSES, 60},
        {"a time with its highest bit",
         OCTETS(NAME TYPE_A IN "\x80\0\0\1"
                               "\0\4\12\0\0\2"),
         1, ANSWER_ADDRESSES, 0},
    };
    (void)state;
    assert_cases(QUESTION_A, cases, COUNT(cases));
}

static void no_address_is_what_is_said_without_a_doubt(void **state)
{
    static const struct message_case cases[] = {
        {"nothing", OCTETS(""), 0, ANSWER_NODATA, 0},
        {"other types", OCTETS(NAME TXT IN TTL "\0\2\1x"), 1, ANSWER_NODATA, 0},
        {"an alias of a name without", OCTETS(NAME TO_OTHER), 1, ANSWER_NODATA, 0},
        {"two of them", OCTETS(NAME TO_OTHER OTHER CNAME IN TTL "\0\10" THIRD), 2, ANSWER_NODATA,
         0},
    };
    (void)state;
    assert_cases(QUESTION_A, cases, COUNT(cases));
}

static void damage_is_never_no_address(void **state)
{
    static const struct message_case cases[] = {
        {"three octets", OCTETS(NAME TYPE_A IN TTL "\0\3\12\0\0"), 1, ANSWER_MALFORMED, 0},
        {"sixteen",
         OCTETS(NAME TYPE_A IN TTL "\0\20"
                                   "0123456789abcdef"),
         1, ANSWER_MALFORMED, 0},
        {"none", OCTETS(NAME TYPE_A IN TTL "\0\0"), 1, ANSWER_MALFORMED, 0},
        {"three octets beside four", OCTETS(NAME TYPE_A IN TTL "\0\3\12\0\0" NAME IPV4), 2,
         ANSWER_MALFORMED, 0},
        {"another class", OCTETS(NAME TYPE_A CHAOS TTL "\0\4\12\0\0\1"), 1, ANSWER_MALFORMED, 0},
        {"another name", OCTETS(OTHER IPV4), 1, ANSWER_MALFORMED, 0},
        {"an alias elsewhere", OCTETS(NAME TO_OTHER THIRD IPV4), 2, ANSWER_MALFORMED, 0},
        {"an alias of another name", OCTETS(THIRD TO_OTHER), 1, ANSWER_MALFORMED, 0},
        {"an alias of another class", OCTETS(NAME CNAME CHAOS TTL "\0\10" OTHER), 1,
         ANSWER_MALFORMED, 0},
        {"an alias of itself", OCTETS(NAME CNAME IN TTL "\0\2" NAME), 1, ANSWER_MALFORMED, 0},
        {"a circle", OCTETS(NAME TO_OTHER OTHER CNAME IN TTL "\0\2" NAME), 2, ANSWER_MALFORMED, 0},
        {"an alias that is no name", OCTETS(NAME CNAME IN TTL "\0\2\5x"), 1, ANSWER_MALFORMED, 0},
        {"an alias and some more", OCTETS(NAME CNAME IN TTL "\0\11" OTHER "x"), 1, ANSWER_MALFORMED,
         0},
        {"a pointer at itself", OCTETS("\xc0\x18" IPV4), 1, ANSWER_MALFORMED, 0},
        {"a pointer ahead", OCTETS("\xc1\x00" IPV4), 1, ANSWER_MALFORMED, 0},
        {"half a pointer", OCTETS("\xc0"), 1, ANSWER_MALFORMED, 0},
        {"a label of a kind that nobody knows",
         OCTETS("\x40"
                "a\0" IPV4),
         1, ANSWER_MALFORMED, 0},
        {"a record less than announced", OCTETS(NAME TXT IN TTL "\0\2\1x"), 2, ANSWER_MALFORMED, 0},
        {"more data than there is", OCTETS(NAME TYPE_A IN TTL "\0\4\12\0\0"), 1, ANSWER_MALFORMED,
         0},
    };
    (void)state;
    assert_cases(QUESTION_A, cases, COUNT(cases));
}

static void ipv6_addresses_have_sixteen_octets(void **state)
{
    static const struct message_case cases[] = {
        {"sixteen",
         OCTETS(NAME TYPE_6 IN TTL "\0\20"
                                   "0123456789abcdef"),
         1, ANSWER_ADDRESSES, 60},
        {"four", OCTETS(NAME TYPE_6 IN TTL "\0\4\12\0\0\1"), 1, ANSWER_MALFORMED, 0},
        {"an IPv4 address, not asked for", OCTETS(NAME IPV4), 1, ANSWER_NODATA, 0},
    };
    (void)state;
    assert_cases(QUESTION_AAAA, cases, COUNT(cases));
}

static void header_must_be_that_of_an_answer(void **state)
{
    static const struct {
        const char *what;
        uint8_t flags;
        uint8_t more_flags;
        enum answer answer;
    } cases[] = {
        {"a recursive server", 0x81, 0x80, ANSWER_NODATA},
        {"an authority", 0x84, 0x00, ANSWER_NODATA},
        {"who is neither refers to others", 0x81, 0x00, ANSWER_REFUSED},
        {"our own question", 0x01, 0x00, ANSWER_MALFORMED},
        {"our own question, as from a recursive server", 0x01, 0x80, ANSWER_MALFORMED},
        {"a notification", 0xa1, 0x80, ANSWER_MALFORMED},
        {"cut short", 0x83, 0x80, ANSWER_MALFORMED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address_list found = {0};
        struct message message;
        uint32_t ttl_s;
        start_message(&message, QUESTION_A, cases[i].flags, cases[i].more_flags);
        enum answer answer = read_message(&message, QUESTION_A, &found, &ttl_s);
        if (answer != cases[i].answer)
            fail_msg("%s: %s", cases[i].what, answer_name(answer));
    }
}

static void message_that_ends_anywhere_is_read_no_further(void **state)
{
    struct message whole;
    static const char records[] = NAME TO_OTHER OTHER IPV4;
    (void)state;
    start_message(&whole, QUESTION_A, 0x81, 0x80);
    whole.bytes[7] = 2;
    memcpy(&whole.bytes[whole.length], records, sizeof(records) - 1);
    size_t length = whole.length + sizeof(records) - 1;
    for (whole.length = DNS_HEADER_BYTES; whole.length < length; whole.length++) {
        struct address_list found = {0};
        uint32_t ttl_s;
        assert_int_equal(read_message(&whole, QUESTION_A, &found, &ttl_s), ANSWER_MALFORMED);
        assert_int_equal(found.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_those_of_the_name_and_its_aliases),
        cmocka_unit_test(no_address_is_what_is_said_without_a_doubt),
        cmocka_unit_test(damage_is_never_no_address),
        cmocka_unit_test(ipv6_addresses_have_sixteen_octets),
        cmocka_unit_test(header_must_be_that_of_an_answer),
        cmocka_unit_test(message_that_ends_anywhere_is_read_no_further),
    };
    return cmocka_run_group_tests_name("dns_answer", tests, NULL, NULL);
}

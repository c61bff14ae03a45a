/* core/lookup_facts: which family's answer counts, and the words for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "core/lookup_facts.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct family_facts asked(enum answer answer)
{
    return (struct family_facts){.is_asked = answer != ANSWER_NONE, .answer = answer};
}

static void families_fold_to_what_both_together_say(void **state)
{
    static const struct {
        enum answer ipv4;
        enum answer ipv6; /* ANSWER_NONE: not asked */
        enum answer both;
    } cases[] = {
        {ANSWER_NODATA, ANSWER_NONE, ANSWER_NODATA},
        {ANSWER_NXDOMAIN, ANSWER_NXDOMAIN, ANSWER_NXDOMAIN},
        {ANSWER_NXDOMAIN, ANSWER_NODATA, ANSWER_NODATA},
        {ANSWER_NXDOMAIN, ANSWER_SERVFAIL, ANSWER_NXDOMAIN},
        {ANSWER_NODATA, ANSWER_SERVFAIL, ANSWER_SERVFAIL},
        {ANSWER_TIMEOUT, ANSWER_REFUSED, ANSWER_REFUSED},
        {ANSWER_TIMEOUT, ANSWER_UNREACHABLE, ANSWER_UNREACHABLE},
        {ANSWER_SERVFAIL, ANSWER_REFUSED, ANSWER_SERVFAIL},
        {ANSWER_RESOURCE, ANSWER_NXDOMAIN, ANSWER_RESOURCE},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct lookup_facts facts = {
            .families = {asked(cases[i].ipv4), asked(cases[i].ipv6)},
        };
        facts.answer = lookup_facts_fold(facts.families);
        assert_int_equal(facts.answer, cases[i].both);
        const struct family_facts *deciding = lookup_facts_deciding(&facts);
        assert_non_null(deciding);
        assert_int_equal(deciding->answer, cases[i].both);
    }
}

static void with_addresses_the_family_of_the_first_decides(void **state)
{
    const struct address addresses[] = {{.family = FAMILY_IPV6}, {.family = FAMILY_IPV4}};
    struct lookup_facts facts = {
        .answer = ANSWER_ADDRESSES,
        .families = {asked(ANSWER_ADDRESSES), asked(ANSWER_ADDRESSES)},
        .addresses = addresses,
        .address_count = 2,
    };
    (void)state;
    assert_ptr_equal(lookup_facts_deciding(&facts), &facts.families[LOOKUP_IPV6]);
    facts.addresses = &addresses[1];
    facts.address_count = 1;
    assert_ptr_equal(lookup_facts_deciding(&facts), &facts.families[LOOKUP_IPV4]);
}

static void copy_outlives_what_it_was_made_from(void **state)
{
    char name[] = "db.corp.example";
    char asked[] = "db\0db.corp.example";
    struct address addresses[] = {{.family = FAMILY_IPV4, .bytes = {10, 0, 0, 5}, .port = 80}};
    const struct address before = addresses[0];
    struct failed_server failed[] = {{{.family = FAMILY_IPV4, .port = 53}, ANSWER_REFUSED, false}};
    const struct lookup_facts facts = {.source = LOOKUP_HOSTS,
                                       .name = name,
                                       .addresses = addresses,
                                       .address_count = 1,
                                       .failed = failed,
                                       .failed_count = 1,
                                       .asked = asked,
                                       .asked_bytes = sizeof(asked)};
    (void)state;
    struct lookup_facts *copy = lookup_facts_copy(&facts);
    assert_non_null(copy);
    name[0] = 'x';
    addresses[0].port = 81;
    asked[0] = 'x';
    failed[0].answer = ANSWER_NONE;
    assert_string_equal(copy->name, "db.corp.example");
    assert_true(address_is_equal(&copy->addresses[0], &before));
    assert_int_equal(copy->source, LOOKUP_HOSTS);
    assert_int_equal(copy->failed_count, 1);
    const char *first = lookup_facts_next_asked(copy, NULL);
    assert_string_equal(first, "db");
    assert_string_equal(lookup_facts_next_asked(copy, first), "db.corp.example");
    assert_null(lookup_facts_next_asked(copy, lookup_facts_next_asked(copy, first)));
    assert_int_equal(copy->failed[0].answer, ANSWER_REFUSED);
    free(copy);
    assert_null(lookup_facts_copy(NULL));
}

static void rcodes_and_servers_have_their_usual_names(void **state)
{
    static const struct {
        uint8_t rcode;
        const char *name;
    } cases[] = {{0, "NOERROR"}, {2, "SERVFAIL"}, {4, "NOTIMP"},
                 {5, "REFUSED"}, {9, "NOTAUTH"},  {15, "RCODE15"}};
    struct address server = {.family = FAMILY_IPV4, .bytes = {10, 0, 0, 2}, .port = 53};
    struct text text;
    (void)state;
    text_init(&text, 64);
    for (size_t i = 0; i < COUNT(cases); i++) {
        text_clear(&text);
        rcode_append(&text, cases[i].rcode);
        assert_string_equal(text_string(&text), cases[i].name);
    }
    text_clear(&text);
    name_server_append(&text, &server);
    assert_string_equal(text_string(&text), "10.0.0.2");
    text_clear(&text);
    server.port = 5353;
    name_server_append(&text, &server);
    assert_string_equal(text_string(&text), "10.0.0.2:5353");
    text_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_fold_to_what_both_together_say),
        cmocka_unit_test(with_addresses_the_family_of_the_first_decides),
        cmocka_unit_test(copy_outlives_what_it_was_made_from),
        cmocka_unit_test(rcodes_and_servers_have_their_usual_names),
    };
    return cmocka_run_group_tests_name("lookup_facts", tests, NULL, NULL);
}

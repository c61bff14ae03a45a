/* net/idna: names in other scripts, and what cannot be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "net/idna.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void name_becomes_its_a_labels(void **state)
{
    static const struct {
        const char *name;
        const char *labels;
    } cases[] = {
        {u8"bücher.example", "xn--bcher-kva.example"},
        {u8"BÜCHER.Example.", "xn--bcher-kva.example."},
        {u8"bu\u0308cher.example", "xn--bcher-kva.example"}, /* NFD */
        {u8"faß.example", "xn--fa-hia.example"},             /* not fass: non-transitional */
        {u8"日本語。ｊｐ", "xn--wgv71a119e.jp"},
        {u8"日本語．jp", "xn--wgv71a119e.jp"},
        {u8"日本語｡jp", "xn--wgv71a119e.jp"},
        {u8"пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"},
        {u8"אב.example", "xn--4dbc.example"},
        {u8"ü_x.example", "xn--_x-wka.example"},
        {u8"xn--bcher-kva.ü", "xn--bcher-kva.xn--tda"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text labels;
        text_init(&labels, 300);
        const char *wrong = idna_to_ascii(cases[i].name, strlen(cases[i].name), &labels);
        if (wrong != NULL || strcmp(text_string(&labels), cases[i].labels) != 0)
            fail_msg("%s: %s", cases[i].name, wrong != NULL ? wrong : text_string(&labels));
        text_fini(&labels);
    }
}

static void what_cannot_be_a_name_is_explained(void **state)
{
    static const struct {
        const char *name;
        const char *words;
    } cases[] = {
        {u8"😀.example", "no name may have"},
        {u8"a.-ü.example", "hyphen"},
        {u8"ab--cd.ü", "hyphen"},
        {u8"\u0301a.ü", "combining mark"},
        {u8"١.example", "directions of writing"},
        {u8"xn--zzzzzz.ü", "begins with xn--"},
        {u8"⁇ü", "no name may have"},
        {u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü", "up to 63 octets"},
        {u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü."
         u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü."
         u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü."
         u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü."
         u8"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü",
         "up to 253 octets"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text labels;
        text_init(&labels, 300);
        const char *wrong = idna_to_ascii(cases[i].name, strlen(cases[i].name), &labels);
        if (wrong == NULL || strstr(wrong, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].name, wrong != NULL ? wrong : text_string(&labels));
        text_fini(&labels);
    }
}

static void only_the_given_octets_count(void **state)
{
    struct text labels;
    (void)state;
    text_init(&labels, 300);
    assert_null(idna_to_ascii(u8"ü.example:80", strlen(u8"ü.example"), &labels));
    assert_string_equal(text_string(&labels), "xn--tda.example");
    text_fini(&labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(name_becomes_its_a_labels),
        cmocka_unit_test(what_cannot_be_a_name_is_explained),
        cmocka_unit_test(only_the_given_octets_count),
    };
    return cmocka_run_group_tests_name("idna", tests, NULL, NULL);
}

/* net/address_order: RFC 6724, with the examples of its section 10.2, and the kernel's own choice of
 * sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/text.h"
#include "net/address_order.h"
#include "private_network.h"

#define PAIRS_MAX 4
#define NO_SOURCE NULL

struct pair {
    const char *destination;
    const char *source;
};

static void assert_order(const struct address *addresses, uint32_t count, const char *expected)
{
    struct text text;
    text_init(&text, 1024);
    for (uint32_t i = 0; i < count; i++) {
        address_append(&text, &addresses[i]);
        text_append_char(&text, ' ');
    }
    assert_string_equal(text_string(&text), expected);
    text_fini(&text);
}

static void sorts_as_the_rfc_says(void **state)
{
    static const struct {
        struct pair pairs[PAIRS_MAX];
        const char *order;
    } cases[] = {
        /* RFC 6724, section 10.2 */
        {{{"2001:db8:1::1", "2001:db8:1::2"}, {"198.51.100.121", "169.254.13.78"}},
         "2001:db8:1::1 198.51.100.121 "},
        {{{"2001:db8:1::1", "fe80::1"}, {"198.51.100.121", "198.51.100.117"}},
         "198.51.100.121 2001:db8:1::1 "},
        {{{"10.1.2.3", "10.1.2.4"}, {"2001:db8:1::1", "2001:db8:1::2"}}, "2001:db8:1::1 10.1.2.3 "},
        {{{"2001:db8:1::1", "2001:db8:1::2"}, {"fe80::1", "fe80::2"}}, "fe80::1 2001:db8:1::1 "},
        {{{"2001:db8:1::1", "2002:c633:6401::2"}, {"2002:c633:6401::1", "2002:c633:6401::2"}},
         "2002:c633:6401::1 2001:db8:1::1 "},
        {{{"2002:c633:6401::1", "2002:c633:6401::2"}, {"2001:db8:1::1", "2001:db8:1::2"}},
         "2001:db8:1::1 2002:c633:6401::1 "},
        {{{"2001:db8:3ffe::1", "2001:db8:1::2"}, {"2001:db8:1::1", "2001:db8:1::2"}},
         "2001:db8:1::1 2001:db8:3ffe::1 "},
        /* what cannot be reached goes last, whatever it is */
        {{{"2001:db8::1", NO_SOURCE}, {"10.0.0.1", "10.0.0.9"}}, "10.0.0.1 2001:db8::1 "},
        {{{"::1", NO_SOURCE}, {"127.0.0.1", "127.0.0.1"}}, "127.0.0.1 ::1 "},
        {{{"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}}, "::1 127.0.0.1 "},
        /* unique local addresses */
        {{{"fd00::1", "2001:db8::9"}, {"10.0.0.1", "10.0.0.9"}}, "10.0.0.1 fd00::1 "},
        {{{"10.0.0.1", "10.0.0.9"}, {"fd00::1", "fd00::9"}}, "10.0.0.1 fd00::1 "},
        /* the order of a name server's IPv4 addresses stays */
        {{{"10.9.9.9", "10.0.0.9"}, {"10.0.0.1", "10.0.0.9"}, {"192.0.2.1", "10.0.0.9"}},
         "10.9.9.9 10.0.0.1 192.0.2.1 "},
        {{{"2001:db8::3", "2001:db8::9"}, {"2001:db8::1", "2001:db8::9"}},
         "2001:db8::3 2001:db8::1 "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct address addresses[PAIRS_MAX] = {0};
        struct address sources[PAIRS_MAX] = {0};
        uint32_t count = 0;
        for (; count < PAIRS_MAX && cases[i].pairs[count].destination != NULL; count++) {
            addresses[count] = address_of(cases[i].pairs[count].destination, 0);
            if (cases[i].pairs[count].source != NO_SOURCE)
                sources[count] = address_of(cases[i].pairs[count].source, 0);
        }
        address_order_sort(addresses, sources, count);
        assert_order(addresses, count, cases[i].order);
    }
}

static void kernel_says_what_can_be_reached(void **state)
{
    static const char *const hosts[] = {"2001:db8::1", "192.0.2.1", "127.0.0.1", "::1",
                                        "127.0.0.2"};
    struct address_list list = {0};
    (void)state;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address = address_of(hosts[i], 0);
        address_list_add(&list, &address);
    }
    int before = count_descriptors();
    address_order(&list);
    assert_order(list.addresses, list.count, "::1 127.0.0.1 127.0.0.2 2001:db8::1 192.0.2.1 ");
    assert_int_equal(count_descriptors(), before);
}

static void one_address_needs_no_order(void **state)
{
    struct address_list list = {0};
    struct address address = address_of("2001:db8::1", 0);
    (void)state;
    address_order(&list);
    address_list_add(&list, &address);
    address_order(&list);
    assert_order(list.addresses, list.count, "2001:db8::1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_as_the_rfc_says),
        cmocka_unit_test(kernel_says_what_can_be_reached),
        cmocka_unit_test(one_address_needs_no_order),
    };
    if (!private_network_enter())
        return private_network_skip();
    return cmocka_run_group_tests_name("address_order", tests, NULL, NULL);
}

/* What may not be connected to: never started, whatever name it hides behind, and told with the
 * rule or limit that forbids it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scene.h"

#define TOO_MANY_PORTS "Not allowed by policy (limits.allow_many_ports)"

static struct scene scene;

/* A policy of one rule to deny, which is its own denial. */
struct denial {
    struct policy_rule rule;
    struct policy policy;
};

static const struct policy *deny(struct denial *denial, const char *rule)
{
    struct text why;
    text_init(&why, 1024);
    assert_true(policy_rule_parse(rule, strlen(rule), &denial->rule, &why));
    text_fini(&why);
    denial->rule.denial = rule;
    denial->policy = (struct policy){.deny = {.rules = &denial->rule, .count = 1}};
    return &denial->policy;
}

static void expect_forbidden(size_t check, const char *error)
{
    const struct result *result = scene_result(&scene, check);
    scene_expect(&scene, check, TCPCHECK_NOT_ALLOWED);
    assert_int_equal(result->verdict, TCPCHECK_UNKNOWN);
    assert_string_equal(result_error(result), error);
}

static struct check *check_of_name(const char *first, const char *second)
{
    struct virtual_lookup lookup = {
        .after_ns = MS(3), .count = second != NULL ? 2 : 1, .addresses = {first, second}};
    virtual_net_lookups(scene.net, "db.test", &lookup, 1);
    return scene_check(&scene, "db.test");
}

static void what_is_denied_never_starts_and_is_not_retried(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "10.0.0.0/8");
    scene_check(&scene, "10.0.0.1")->attempts = 5;
    scene_check(&scene, "192.0.2.1");
    virtual_net_answer(scene.net, "192.0.2.1", opens_after(MS(1)));
    scene_run(&scene);
    expect_forbidden(0, "10.0.0.0/8");
    scene_expect(&scene, 1, TCPCHECK_OPEN);
    assert_int_equal(scene_result(&scene, 0)->attempt_count, 1);
    assert_int_equal(scene_result(&scene, 0)->began_ns, 0);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
}

static void waiting_for_what_is_denied_ends_at_once(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "10.0.0.0/8");
    scene.options.is_endless = true;
    scene_check(&scene, "10.0.0.1");
    scene_run(&scene);
    expect_forbidden(0, "10.0.0.0/8");
    assert_int_equal(virtual_net_time(scene.net), 0);
}

static void both_policies_must_permit_and_each_check_has_its_own(void **state)
{
    struct denial system;
    struct denial file;
    (void)state;
    scene.options.policy = deny(&system, "10.1.0.0/16");
    scene_check(&scene, "10.1.0.1")->policy = deny(&file, "10.2.0.0/16");
    scene_check(&scene, "10.2.0.1")->policy = &file.policy;
    scene_check(&scene, "10.2.0.1");
    virtual_net_answer(scene.net, "10.2.0.1", opens_after(MS(1)));
    scene_run(&scene);
    expect_forbidden(0, "10.1.0.0/16");
    expect_forbidden(1, "10.2.0.0/16");
    scene_expect(&scene, 2, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
}

static void a_name_is_judged_by_the_address_that_it_has(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "127.0.0.0/8");
    check_of_name("0.0.0.0", NULL);
    scene_run(&scene);
    expect_forbidden(0, "127.0.0.0/8");
    assert_int_equal(scene_attempt(&scene, 0, 0)->dns_time_ns, MS(3));
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->offset_ns, MS(3));
    assert_int_equal(virtual_net_start_count(scene.net), 0);
}

static void the_permitted_addresses_of_a_name_are_tried(void **state)
{
    static const char *const orders[][2] = {{"10.0.0.1", "192.0.2.1"}, {"192.0.2.1", "10.0.0.1"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct denial denial;
        scene.options.policy = deny(&denial, "10.0.0.0/8");
        check_of_name(orders[i][0], orders[i][1]);
        virtual_net_answer(scene.net, "192.0.2.1", refuses_after(MS(1)));
        scene_run(&scene);
        scene_expect(&scene, 0, TCPCHECK_REFUSED);
        assert_int_equal(scene_attempt(&scene, 0, 0)->tried_count, 2);
        assert_int_equal(scene_tried(&scene, 0, 0, (uint32_t)i)->outcome, TCPCHECK_NOT_ALLOWED);
        assert_int_equal(virtual_net_start_count(scene.net), 1);
        scene_fini(&scene);
        scene_init(&scene);
    }
}

static void what_was_not_allowed_decides_only_alone(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "10.0.0.0/8");
    check_of_name("10.0.0.1", "192.0.2.1");
    virtual_net_answer(scene.net, "192.0.2.1", fails_at(OBSERVED_CONNECT, 101)); /* ENETUNREACH */
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_NO_ROUTE);
}

static void of_all_addresses_each_is_told(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "10.0.0.0/8");
    struct check *check = check_of_name("10.0.0.1", "192.0.2.1");
    check->addresses = ADDRESSES_ALL;
    virtual_net_answer(scene.net, "192.0.2.1", opens_after(MS(1)));
    scene_run(&scene);
    expect_forbidden(0, "10.0.0.0/8");
    assert_int_equal(scene_tried(&scene, 0, 0, 1)->outcome, TCPCHECK_OPEN);
}

static void a_race_goes_to_the_permitted_family(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "2001:db8::/32");
    struct check *check = check_of_name("2001:db8::1", "192.0.2.1");
    check->addresses = ADDRESSES_RACE;
    virtual_net_answer(scene.net, "192.0.2.1", opens_after(MS(1)));
    scene_run(&scene);
    scene_expect(&scene, 0, TCPCHECK_OPEN);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
    assert_int_equal(scene_tried(&scene, 0, 0, 0)->outcome, TCPCHECK_NOT_ALLOWED);
}

static void the_ports_of_a_host_are_limited(void **state)
{
    (void)state;
    scene.options.host_ports = 3;
    for (uint16_t i = 0; i < 5; i++)
        scene_check(&scene, "10.0.0.1")->port = (uint16_t)(80 + i);
    scene_check(&scene, "10.0.0.1")->attempts = 4; /* a known port, however often */
    scene_check(&scene, "10.0.0.2")->port = 84;
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    virtual_net_answer(scene.net, "10.0.0.2", refuses_after(MS(1)));
    scene_run(&scene);
    for (size_t i = 0; i < 3; i++)
        scene_expect(&scene, i, TCPCHECK_REFUSED);
    expect_forbidden(3, TOO_MANY_PORTS);
    expect_forbidden(4, TOO_MANY_PORTS);
    assert_int_equal(scene_result(&scene, 5)->attempt_count, 4);
    scene_expect(&scene, 6, TCPCHECK_REFUSED);
    assert_int_equal(virtual_net_start_count(scene.net), 8);
    assert_int_equal(engine_restraint(scene.engine).counts[LIMIT_ALLOW_MANY_PORTS], 2);
}

static void names_and_spellings_of_a_host_share_its_ports(void **state)
{
    (void)state;
    scene.options.host_ports = 1;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "::ffff:10.0.0.1")->port = 81;
    check_of_name("10.0.0.1", NULL)->port = 82;
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    expect_forbidden(1, TOO_MANY_PORTS);
    expect_forbidden(2, TOO_MANY_PORTS);
    assert_int_equal(virtual_net_start_count(scene.net), 1);
}

static void what_a_policy_denies_is_no_port_of_the_host(void **state)
{
    struct denial denial;
    (void)state;
    scene.options.policy = deny(&denial, "10.0.0.1:80");
    scene.options.host_ports = 1;
    scene_check(&scene, "10.0.0.1");
    scene_check(&scene, "10.0.0.1")->port = 81;
    virtual_net_answer(scene.net, "10.0.0.1", refuses_after(MS(1)));
    scene_run(&scene);
    expect_forbidden(0, "10.0.0.1:80");
    scene_expect(&scene, 1, TCPCHECK_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(what_is_denied_never_starts_and_is_not_retried),
        CLAIM(waiting_for_what_is_denied_ends_at_once),
        CLAIM(both_policies_must_permit_and_each_check_has_its_own),
        CLAIM(a_name_is_judged_by_the_address_that_it_has),
        CLAIM(the_permitted_addresses_of_a_name_are_tried),
        CLAIM(what_was_not_allowed_decides_only_alone),
        CLAIM(of_all_addresses_each_is_told),
        CLAIM(a_race_goes_to_the_permitted_family),
        CLAIM(the_ports_of_a_host_are_limited),
        CLAIM(names_and_spellings_of_a_host_share_its_ports),
        CLAIM(what_a_policy_denies_is_no_port_of_the_host),
    };
    return cmocka_run_group_tests_name("clearance", tests, NULL, NULL);
}

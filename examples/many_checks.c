/* Many checks at once: each HOST PORT pair of the arguments, one JSON result a line, in the
 * order in which they finish.
 *
 *   cc many_checks.c $(pkg-config --cflags --libs tcpcheck) -o many_checks
 *   ./many_checks 127.0.0.1 22 127.0.0.1 80 localhost 5432
 */
#include <stdio.h>
#include <tcpcheck.h>

/* The check is copied at submission, so one serves for all of them. */
static int submit(struct tcpcheck_engine *engine, struct tcpcheck_check *check, int count,
                  char **words)
{
    for (int i = 0; i + 1 < count; i += 2) {
        if (tcpcheck_check_set(check, "host", words[i]) != 0 ||
            tcpcheck_check_set(check, "port", words[i + 1]) != 0 ||
            tcpcheck_engine_submit(engine, check, words[i], NULL) != 0) {
            fprintf(stderr, "many_checks: %s: %s\n", words[i], tcpcheck_check_error(check));
            return -1;
        }
    }
    return 0;
}

/* Prints what is finished; returns how many failed. */
static int print_results(struct tcpcheck_engine *engine)
{
    int failed = 0;
    struct tcpcheck_result *result = NULL;
    while ((result = tcpcheck_engine_next_result(engine)) != NULL) {
        const char *json = tcpcheck_result_json(result);
        printf("%s\n", json != NULL ? json : "out of memory");
        failed += !tcpcheck_result_is_success(result);
        tcpcheck_result_destroy(result);
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct tcpcheck_engine_options options = {.size = sizeof options, .concurrency = 64};
    struct tcpcheck_engine *engine = NULL;
    struct tcpcheck_check *check = tcpcheck_check_create();
    int failed = -1;
    if (check != NULL && tcpcheck_engine_create(&engine, &options) == 0 &&
        submit(engine, check, argc - 1, argv + 1) == 0) {
        failed = 0;
        while (tcpcheck_engine_step(engine, -1) != 0) {
            failed += print_results(engine);
        }
        failed += print_results(engine);
    }
    tcpcheck_engine_destroy(engine);
    tcpcheck_check_destroy(check);
    return failed == 0 ? 0 : 1;
}

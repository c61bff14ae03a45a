/* One check: can a connection be made to HOST PORT?
 *
 *   cc one_check.c $(pkg-config --cflags --libs tcpcheck) -o one_check
 *   ./one_check 127.0.0.1 22
 */
#include <stdio.h>
#include <tcpcheck.h>

static int check(struct tcpcheck_engine *engine, struct tcpcheck_check *check, const char *host,
                 const char *port)
{
    if (tcpcheck_check_set(check, "host", host) != 0 ||
        tcpcheck_check_set(check, "port", port) != 0 ||
        tcpcheck_check_set(check, "timeout", "2s") != 0 ||
        tcpcheck_engine_submit(engine, check, NULL, NULL) != 0) {
        fprintf(stderr, "one_check: %s\n", tcpcheck_check_error(check));
        return 2;
    }
    while (tcpcheck_engine_step(engine, -1) != 0) {
    }
    struct tcpcheck_result *result = tcpcheck_engine_next_result(engine);
    if (result == NULL) {
        return 2;
    }
    int exit_code = tcpcheck_result_is_success(result) ? 0 : 1;
    enum tcpcheck_outcome outcome = tcpcheck_result_outcome(result);
    if (exit_code == 0) {
        printf("open, %.6f s\n", (double)tcpcheck_result_response_time_ns(result) / 1e9);
    } else {
        printf("%s (%s)\n%s\n", tcpcheck_outcome_message(outcome), tcpcheck_outcome_name(outcome),
               tcpcheck_outcome_hint(outcome));
    }
    tcpcheck_result_destroy(result);
    return exit_code;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: one_check HOST PORT\n");
        return 2;
    }
    struct tcpcheck_engine *engine = NULL;
    struct tcpcheck_check *one = tcpcheck_check_create();
    if (one == NULL || tcpcheck_engine_create(&engine, NULL) != 0) {
        fprintf(stderr, "one_check: cannot start\n");
        tcpcheck_check_destroy(one);
        return 2;
    }
    int exit_code = check(engine, one, argv[1], argv[2]);
    tcpcheck_engine_destroy(engine);
    tcpcheck_check_destroy(one);
    return exit_code;
}

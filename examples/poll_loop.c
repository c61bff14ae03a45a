/* Embedding: a program that has a poll(2) loop of its own adds the engine's
 * descriptor to it. Here it reads "HOST PORT" lines from standard input and checks each
 * while it waits for the next.
 *
 *   cc poll_loop.c $(pkg-config --cflags --libs tcpcheck) -o poll_loop
 *   printf '127.0.0.1 22\n127.0.0.1 80\n' | ./poll_loop
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <tcpcheck.h>
#include <unistd.h>

struct program {
    struct tcpcheck_engine *engine;
    struct tcpcheck_check *check;
    char input[4096];
    size_t length;
    int is_input_open;
};

static void submit_line(struct program *program, char *line)
{
    char *port = strchr(line, ' ');
    if (port == NULL) {
        fprintf(stderr, "poll_loop: not HOST PORT: %s\n", line);
        return;
    }
    *port++ = '\0';
    if (tcpcheck_check_set(program->check, "host", line) != 0 ||
        tcpcheck_check_set(program->check, "port", port) != 0 ||
        tcpcheck_engine_submit(program->engine, program->check, NULL, NULL) != 0) {
        fprintf(stderr, "poll_loop: %s\n", tcpcheck_check_error(program->check));
    }
}

static void read_input(struct program *program)
{
    size_t room = sizeof program->input - program->length - 1;
    ssize_t got = read(STDIN_FILENO, program->input + program->length, room);
    if (got <= 0) {
        program->is_input_open = 0;
        if (program->length > 0) {
            submit_line(program, program->input);
        }
        return;
    }
    program->length += (size_t)got;
    program->input[program->length] = '\0';
    char *line = program->input;
    for (char *end = strchr(line, '\n'); end != NULL; end = strchr(line, '\n')) {
        *end = '\0';
        submit_line(program, line);
        line = end + 1;
    }
    program->length = strlen(line);
    memmove(program->input, line, program->length + 1);
    if (program->length + 1 == sizeof program->input) {
        fprintf(stderr, "poll_loop: a line is too long\n");
        program->length = 0;
    }
}

static void print_results(struct program *program)
{
    struct tcpcheck_result *result = NULL;
    while ((result = tcpcheck_engine_next_result(program->engine)) != NULL) {
        const char *json = tcpcheck_result_json(result);
        printf("%s\n", json != NULL ? json : "out of memory");
        tcpcheck_result_destroy(result);
    }
    fflush(stdout);
}

/* poll(2) counts milliseconds: rounded up, so as not to spin just before the time. */
static int poll_timeout(struct tcpcheck_engine *engine)
{
    int64_t timeout_ns = tcpcheck_engine_timeout(engine);
    if (timeout_ns < 0) {
        return -1;
    }
    int64_t timeout_ms = (timeout_ns + 999999) / 1000000;
    return timeout_ms > 60000 ? 60000 : (int)timeout_ms;
}

static void loop(struct program *program)
{
    int is_busy = 0;
    while (program->is_input_open || is_busy) {
        struct pollfd fds[] = {
            {.fd = tcpcheck_engine_fd(program->engine), .events = POLLIN},
            {.fd = program->is_input_open ? STDIN_FILENO : -1, .events = POLLIN},
        };
        poll(fds, 2, poll_timeout(program->engine));
        if (fds[1].revents != 0) {
            read_input(program);
        }
        is_busy = tcpcheck_engine_step(program->engine, 0);
        print_results(program);
    }
}

int main(void)
{
    struct program program = {.is_input_open = 1, .check = tcpcheck_check_create()};
    int exit_code = 1;
    if (program.check != NULL && tcpcheck_engine_create(&program.engine, NULL) == 0) {
        loop(&program);
        exit_code = 0;
    }
    tcpcheck_engine_destroy(program.engine);
    tcpcheck_check_destroy(program.check);
    return exit_code;
}

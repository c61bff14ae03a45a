/* The exit codes of tcpcheck(1). */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

enum exit_code {
    EXIT_OK = 0,
    EXIT_CHECK_FAILED = 1,
    EXIT_COULD_NOT_CHECK = 3,
    EXIT_USAGE = 64,        /* the command line is wrong */
    EXIT_BAD_INPUT = 65,    /* a check file or list is wrong */
    EXIT_NO_INPUT = 66,     /* an input is missing or unreadable */
    EXIT_INTERNAL = 70,     /* memory, or a system call that should not fail */
    EXIT_BAD_OUTPUT = 74,   /* output could not be written */
    EXIT_OUT_OF_TIME = 124, /* wait ran out of time */
    EXIT_INTERRUPTED = 130, /* SIGINT */
    EXIT_TERMINATED = 143,  /* SIGTERM */
};

#endif

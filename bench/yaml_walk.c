/* The least that any YAML reader built on libyaml must do: walk every event of
 * a file. What `tcpcheck lint` is measured against. */
#include <stdio.h>
#include <yaml.h>

static int walk(yaml_parser_t *parser, long *events)
{
    int is_end = 0;
    while (!is_end) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            return -1;
        }
        is_end = event.type == YAML_STREAM_END_EVENT;
        *events += 1;
        yaml_event_delete(&event);
    }
    return 0;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: yaml_walk FILE\n");
        return 2;
    }
    yaml_parser_t parser;
    long events = 0;
    int error = yaml_parser_initialize(&parser) ? 0 : -1;
    if (error == 0) {
        yaml_parser_set_input_file(&parser, file);
        error = walk(&parser, &events);
        yaml_parser_delete(&parser);
    }
    fclose(file);
    printf("%ld events\n", events);
    return error == 0 ? 0 : 1;
}

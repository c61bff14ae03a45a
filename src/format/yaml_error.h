/* What libyaml has against a file, in words for its author. */
#ifndef FORMAT_YAML_ERROR_H
#define FORMAT_YAML_ERROR_H

#include <yaml.h>

#include "core/problem.h"
#include "format/place.h"

/* Reports why yaml_parser_parse() failed. The cursor is over the parser's input. */
void yaml_error_complain(const yaml_parser_t *parser, struct place_cursor *cursor,
                         struct problem_list *problems);

#endif

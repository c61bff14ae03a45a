/* What messages call the types of a value: the words of YAML and JSON users. */
#include "core/value.h"

const char *value_type_name(enum value_type type)
{
    switch (type) {
    case VALUE_PLAIN: return "a plain value";
    case VALUE_STRING: return "a string";
    case VALUE_NUMBER: return "a number";
    case VALUE_BOOLEAN: return "true or false";
    case VALUE_NULL: return "nothing";
    case VALUE_SEQUENCE: return "a list";
    case VALUE_MAPPING: return "a mapping";
    }
    return "a value of an unknown type";
}

/* libidn2 is loaded when the first such name is met. To link it would make each start of the program
 * 15 % slower (two libraries more to map and relocate), for names that most checks do not
 * have. A table of our own would be a second opinion on a standard of a thousand pages. */
#include "net/idna.h"

#include <dlfcn.h>
#include <idn2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ACCEPTED ": a name of UTS 46 is accepted, or its A-labels (xn--...)"

struct library {
    __typeof__(&idn2_lookup_u8) lookup; /* NULL: there is no library */
    __typeof__(&idn2_free) free;
};

static struct library library;
static pthread_once_t is_loaded = PTHREAD_ONCE_INIT;

/* It stays loaded: the process may ask from any thread until it ends. */
static void load(void)
{
    void *handle = dlopen("libidn2.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        return;
    library.free = (__typeof__(library.free))dlsym(handle, "idn2_free");
    if (library.free != NULL)
        library.lookup = (__typeof__(library.lookup))dlsym(handle, "idn2_lookup_u8");
}

static const char *explain(int error)
{
    switch (error) {
    case IDN2_MALLOC: return "is not ASCII, and memory is short";
    case IDN2_TOO_BIG_DOMAIN: return "is too long: a name has up to 253 octets, as A-labels";
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT:
        return "has a label that is too long: up to 63 octets are accepted, as an A-label";
    case IDN2_INVALID_ALABEL:
    case IDN2_UALABEL_MISMATCH:
    case IDN2_INVALID_NONTRANSITIONAL:
    case IDN2_PUNYCODE_BAD_INPUT:
    case IDN2_PUNYCODE_OVERFLOW: return "has a label that begins with xn-- and is none" ACCEPTED;
    case IDN2_2HYPHEN:
    case IDN2_HYPHEN_STARTEND: return "has a hyphen where none may be" ACCEPTED;
    case IDN2_LEADING_COMBINING: return "has a label that begins with a combining mark" ACCEPTED;
    case IDN2_CONTEXTJ:
    case IDN2_CONTEXTJ_NO_RULE:
    case IDN2_CONTEXTO:
    case IDN2_CONTEXTO_NO_RULE:
        return "has a character that may not stand where it stands" ACCEPTED;
    case IDN2_BIDI: return "mixes directions of writing" ACCEPTED;
    case IDN2_UNASSIGNED: return "has a character that Unicode does not know yet" ACCEPTED;
    case IDN2_ALABEL_ROUNDTRIP_FAILED:
    case IDN2_DISALLOWED: return "has a character that no name may have" ACCEPTED;
    default: return "is not a name of any script" ACCEPTED;
    }
}

const char *idna_to_ascii(const char *name, size_t length, struct text *labels)
{
    uint8_t *found = NULL;
    pthread_once(&is_loaded, load);
    if (library.lookup == NULL)
        return "is not ASCII, and libidn2.so.0 is not installed: write the A-labels of the name "
               "(xn--...)";
    char *copy = strndup(name, length);
    if (copy == NULL)
        return explain(IDN2_MALLOC);
    int error =
        library.lookup((const uint8_t *)copy, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    free(copy);
    if (error != IDN2_OK)
        return explain(error);
    text_append_string(labels, (const char *)found);
    library.free(found);
    return text_is_ok(labels) ? NULL : explain(IDN2_MALLOC);
}

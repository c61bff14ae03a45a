/* Results made by hand for the tests of the formats, and whole reports of them. */
#ifndef SAMPLE_RESULTS_H
#define SAMPLE_RESULTS_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/advice.h"
#include "core/duration.h"
#include "core/finding.h"
#include "core/fold.h"
#include "core/outcome.h"
#include "core/range.h"
#include "core/result.h"
#include "format/prose.h"
#include "format/report.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2024-01-01T12:00:00Z is 5 s on the monotonic clock. */
#define SAMPLE_STARTED_NS     (5 * NS_PER_S)
#define SAMPLE_WALL_OFFSET_NS (INT64_C(1704110400) * NS_PER_S - SAMPLE_STARTED_NS)
#define SAMPLE_ELAPSED_NS     INT64_C(2010000000)

struct sample {
    struct check check;
    struct result result;
};

static inline struct address sample_address(const char *text, uint16_t port)
{
    struct address address;
    assert_true(address_parse(text, strlen(text), &address));
    address.port = port;
    return address;
}

/* A check of a name or address, and an empty result of it. */
static inline void sample_init(struct sample *sample, const char *name, const char *host,
                               uint16_t port)
{
    struct address address;
    check_init(&sample->check);
    sample->check.name = name;
    sample->check.host = host;
    sample->check.port = port;
    sample->check.host_kind = HOST_NAME;
    if (address_parse(host, strlen(host), &address))
        sample->check.host_kind = address.family == FAMILY_IPV6 ? HOST_IPV6 : HOST_IPV4;
    result_init(&sample->result, &sample->check, 0);
    sample->result.started_ns = SAMPLE_STARTED_NS;
}

static inline void sample_fini(struct sample *sample)
{
    result_fini(&sample->result);
}

/* An attempt that began at offset_ns, its lookup (none for an address) included. */
static inline struct attempt *sample_attempt(struct sample *sample, int64_t offset_ns,
                                             int64_t dns_time_ns)
{
    struct attempt *attempt = result_add_attempt(&sample->result);
    assert_non_null(attempt);
    attempt->offset_ns = offset_ns;
    attempt->has_resolved = sample->check.host_kind == HOST_NAME;
    attempt->dns_time_ns = dns_time_ns;
    attempt->wall_ns = dns_time_ns;
    attempt->phase = PHASE_RESOLVE;
    return attempt;
}

/* An address of the last attempt, tried from 10.0.0.9 or 2001:db8::9 as soon as it was known. */
static inline struct tried *sample_tried(struct sample *sample, const char *address,
                                         enum tcpcheck_outcome outcome, int error,
                                         int64_t connect_time_ns)
{
    struct tried *tried = result_add_tried(&sample->result);
    struct attempt *attempt = result_last_attempt(&sample->result);
    assert_non_null(tried);
    tried->address = sample_address(address, sample->check.port);
    tried->source =
        sample_address(tried->address.family == FAMILY_IPV6 ? "2001:db8::9" : "10.0.0.9", 40312);
    tried->outcome = outcome;
    tried->error = error;
    tried->phase = PHASE_CONNECT;
    tried->offset_ns = attempt->dns_time_ns;
    tried->connect_time_ns = connect_time_ns;
    tried->wall_ns = connect_time_ns;
    tried->has_syn_retransmits = true;
    attempt->wall_ns = attempt->dns_time_ns + connect_time_ns;
    fold_addresses(&sample->result);
    return tried;
}

/* The answer: as the engine would make it, after the last attempt. */
static inline void sample_finish(struct sample *sample)
{
    const struct attempt *last = result_last_attempt(&sample->result);
    result_finish(&sample->result, SAMPLE_STARTED_NS + last->offset_ns + last->wall_ns);
}

/* An address that opened in 196 us. */
static inline void sample_open(struct sample *sample, const char *name)
{
    sample_init(sample, name, "127.0.0.1", 18080);
    sample_attempt(sample, 0, 0);
    struct tried *tried = sample_tried(sample, "127.0.0.1", TCPCHECK_OPEN, 0, 196000);
    tried->rtt_source = RTT_KERNEL;
    tried->rtt_ns = 196000;
    sample_finish(sample);
}

/* A name that was refused twice. */
static inline void sample_refused(struct sample *sample, const char *name)
{
    sample_init(sample, name, "db.example.com", 5432);
    sample_attempt(sample, 0, 812000);
    sample_tried(sample, "10.0.0.5", TCPCHECK_REFUSED, ECONNREFUSED, 201000);
    sample_attempt(sample, INT64_C(1001013000), 100000);
    sample_tried(sample, "10.0.0.5", TCPCHECK_REFUSED, ECONNREFUSED, 304500);
    sample_finish(sample);
}

/* A port that should be closed, and is. */
static inline void sample_closed(struct sample *sample)
{
    sample_init(sample, NULL, "db.example.com", 5432);
    sample->check.expect = EXPECT_REFUSED;
    sample_attempt(sample, 0, 100000);
    sample_tried(sample, "10.0.0.5", TCPCHECK_REFUSED, ECONNREFUSED, 304500);
    sample_finish(sample);
}

/* A name that does not exist. */
static inline void sample_not_found(struct sample *sample, const char *name)
{
    sample_init(sample, name, "no-such-host.invalid", 443);
    sample_attempt(sample, 0, 12340000)->outcome = TCPCHECK_DNS_NXDOMAIN;
    sample_finish(sample);
}

/* A firewall's word, after a SYN that had to be repeated. */
static inline void sample_filtered(struct sample *sample, const char *name)
{
    sample_init(sample, name, "2001:db8::5", 443);
    sample_attempt(sample, 0, 0);
    struct tried *tried =
        sample_tried(sample, "2001:db8::5", TCPCHECK_FILTERED, EACCES, INT64_C(1003000000));
    tried->syn_retransmits = 1;
    tried->icmp = (struct icmp_error){.is_present = true,
                                      .version = 6,
                                      .type = 1,
                                      .code = 1,
                                      .from = sample_address("2001:db8::1", 0)};
    sample_finish(sample);
}

/* No route: could not be checked. */
static inline void sample_no_route(struct sample *sample, const char *name)
{
    sample_init(sample, name, "203.0.113.7", 80);
    sample_attempt(sample, 0, 0);
    struct tried *tried = sample_tried(sample, "203.0.113.7", TCPCHECK_NO_ROUTE, ENETUNREACH, 9000);
    tried->source.family = FAMILY_ANY;
    tried->has_syn_retransmits = false;
    sample_finish(sample);
}

/* Open in 750 ms, judged by thresholds in seconds (NULL: none). */
static inline void sample_late(struct sample *sample, const char *name, const char *warning,
                               const char *critical)
{
    sample_init(sample, name, "10.0.0.7", 8443);
    struct check *check = &sample->check;
    if (warning != NULL) {
        assert_true(range_parse(warning, strlen(warning), &check->warning));
        check->given |= UINT32_C(1) << PARAM_WARNING;
    }
    if (critical != NULL) {
        assert_true(range_parse(critical, strlen(critical), &check->critical));
        check->given |= UINT32_C(1) << PARAM_CRITICAL;
    }
    sample_attempt(sample, 0, 0);
    struct tried *tried = sample_tried(sample, "10.0.0.7", TCPCHECK_OPEN, 0, 750 * NS_PER_MS);
    tried->rtt_source = RTT_KERNEL;
    tried->rtt_ns = 750 * NS_PER_MS;
    sample_finish(sample);
}

/* Every control character and trick in one name, and bytes that are not UTF-8. */
#define HOSTILE_NAME \
    "a\"b'c\\d|e=f#g,h<i>&\n\r\t\x1b[31m\x7f\xc2\x85\xe2\x80\xae\xff\xed\xa0\x80\xef\xbf\xbf"

/* The whole report of some results, in order, as a program would have it
 * written; *context's counts are set here. */
static inline void sample_report(struct text *out, const struct report_format *format,
                                 const struct report_context *wanted, struct sample *samples,
                                 size_t count)
{
    struct tally tally = {0};
    struct report_memory memory;
    struct report_context context = *wanted;

    for (size_t i = 0; i < count; i++)
        tally_add(&tally, &samples[i].result);
    report_memory_init(&memory);
    context.wall_offset_ns = SAMPLE_WALL_OFFSET_NS;
    context.elapsed_ns = SAMPLE_ELAPSED_NS;
    context.tally = &tally;
    context.memory = &memory;

    text_init(out, SIZE_MAX);
    if (format->begin != NULL)
        format->begin(out, &context);
    for (uint32_t pass = 0; pass < format->passes; pass++) {
        if (format->begin_pass != NULL)
            format->begin_pass(out, &context, pass);
        for (size_t i = 0; i < count; i++)
            format->result(out, &context, pass, i, &samples[i].result);
    }
    if (format->end != NULL)
        format->end(out, &context);
    report_memory_fini(&memory);
    assert_true(text_is_ok(out));
}

/* The column in which the text ends. */
static inline size_t sample_column(const struct text *out)
{
    const char *line = text_string(out);
    for (const char *feed; (feed = strchr(line, '\n')) != NULL;)
        line = feed + 1;
    return strlen(line);
}

/* Fills in what the table of outcomes says, whose words are not these tests'
 * business: {hint N} and {meaning N} are those of samples[N], wrapped
 * from the column in which they stand where `wraps`. */
static inline void sample_expand(struct text *out, const char *template,
                                 const struct sample *samples, bool wraps)
{
    text_init(out, SIZE_MAX);
    for (const char *brace; (brace = strstr(template, "{hint ")) != NULL ||
                            (brace = strstr(template, "{meaning ")) != NULL;) {
        const char *meaning = strstr(template, "{meaning ");
        bool is_meaning = meaning != NULL && meaning <= brace;
        brace = is_meaning ? meaning : brace;
        text_append(out, template, (size_t)(brace - template));
        template = strchr(brace, '}') + 1;
        const struct result *result = &samples[template[-2] - '0'].result;
        struct text words;
        text_init(&words, SIZE_MAX);
        if (is_meaning)
            text_append_string(&words, finding_meaning(result));
        else
            advice_append(&words, result, text_append);
        if (wraps)
            prose_append_wrapped(out, text_string(&words), sample_column(out));
        else
            text_append_string(out, text_string(&words));
        text_fini(&words);
    }
    text_append_string(out, template);
}

/* The report of these results is the template, expanded. Frees the samples. */
static inline void assert_report(const struct report_format *format,
                                 const struct report_context *context, struct sample *samples,
                                 size_t count, const char *template)
{
    struct text report;
    struct text expected;

    sample_report(&report, format, context, samples, count);
    sample_expand(&expected, template, samples, format == &report_text);
    assert_string_equal(text_string(&report), text_string(&expected));
    text_fini(&report);
    text_fini(&expected);
    for (size_t i = 0; i < count; i++)
        sample_fini(&samples[i]);
}

#endif

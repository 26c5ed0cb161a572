/* Simple HTML in the bytes of JSON that write it: see detector.sources._simple_runs. */
#include "kernel.h"

/* A mark that is known: its first eight bytes as a number, those of them that count, its size, the new lines it means,
 * and whether it is a break, to which white space after it belongs. */
enum { CODE, MASK, SIZE, LINES, IS_BREAK, FIELDS };

static int goes_on(u8 byte) { return (byte & 0xC0) == 0x80; } /* with a character of UTF-8 */

static int is_address(u8 byte) {
    return byte > ' ' && byte < 0x7F && byte != '"' && byte != '&' && byte != '<' && byte != '>' && byte != '\\';
}

/* Where a link's mark ends, and its address; or 0 for one with anything else in it. */
static int64_t link_end(const u8 *in, int64_t n, int64_t at, int64_t longest, int64_t *address) {
    static const char HEAD[] = "<a href=\\\"http";
    const int64_t head = (int64_t)sizeof HEAD - 1, first = at + head - 4;
    if (at + head >= n || memcmp(in + at, HEAD, (size_t)head)) return 0;
    int64_t here = at + head;
    if (in[here] == 's') here++;
    if (here + 3 >= n || memcmp(in + here, "://", 3)) return 0;
    here += 3;
    const int64_t rest = here;
    while (here < n && is_address(in[here])) here++;
    if (here == rest || here - rest > longest || here + 3 >= n || memcmp(in + here, "\\\">", 3) || goes_on(in[here + 3])) return 0;
    address[0] = first;
    address[1] = here;
    return here + 3;
}

/* Put in the place of each known mark what it means; leave all others as they are.
 *
 * in:    n bytes, of which the last nine belong to no mark.
 * known: n_known times FIELDS.
 * out:   room for n bytes.
 * links: room for n / 20 + 1 triples: where each stood, and where its address begins and ends.
 * sums:  how many links; whether what is left has new lines too many or characters that mean something.
 * Returns how many bytes were written.
 */
EXPORT int64_t replace_marks(
    const u8 *in, int64_t n, const uint64_t *known, int64_t n_known, int64_t longest, u8 *out, int64_t *links, int64_t *sums) {
    int64_t at = 0, o = 0, n_links = 0;
    while (at < n) {
        const u8 *mark = memchr(in + at, '<', (size_t)(n - at));
        const int64_t place = mark ? mark - in : n;
        memcpy(out + o, in + at, (size_t)(place - at));
        o += place - at;
        at = place;
        if (at >= n - 9) break;
        const uint64_t word = eight_at(in + at);
        int64_t *link = links + 3 * n_links, end = 0;
        if ((word & 0xFFFFFF) == 0x20613C) { /* <a and a space */
            end = link_end(in, n, at, longest, link + 1);
            if (end) link[0] = at, n_links++;
        } else {
            for (const uint64_t *one = known; one < known + FIELDS * n_known; one += FIELDS) {
                if ((word & one[MASK]) != one[CODE]) continue;
                const int64_t size = (int64_t)one[SIZE];
                const u8 *after = in + at + size;
                if (!one[LINES]) {
                    if (after[-1] == '>' && !goes_on(after[0])) end = at + size;
                } else if (after[0] == '"') {
                    end = at + size; /* at the end of all, none is meant */
                } else if (!one[IS_BREAK] || (after[0] != ' ' && after[0] != '\\') || after[1] == 'n' || after[1] == '"') {
                    if (one[IS_BREAK] && after[0] == ' ') break;
                    for (uint64_t line = 0; line < one[LINES]; line++) out[o++] = '\\', out[o++] = 'n';
                    /* A new line after a mark that means one belongs to it. */
                    end = at + size + (after[0] == '\\' && after[1] == 'n' ? 2 : 0);
                }
                break;
            }
        }
        if (end) at = end;
        else out[o++] = in[at++];
    }
    if (at < n) {
        memcpy(out + o, in + at, (size_t)(n - at));
        o += n - at;
    }
    sums[0] = n_links;
    sums[1] = 0;
    for (int64_t i = 0; i + 1 < o; i++) {
        const u8 *sign = memchr(out + i, '\\', (size_t)(o - i));
        if (!sign) break;
        i = sign - out;
        if (i + 1 < o && out[i + 1] == 'r') sums[1] = 1;
        if (i + 4 < o && !memcmp(sign + 1, "u00", 3) && sign[4] >= '0' && sign[4] <= '3') sums[1] = 1;
        if (i + 5 < o && !memcmp(sign, "\\n\\n\\n", 6)) sums[1] = 1;
    }
    return o;
}

/* Where telephone numbers may stand in folded text: see detector.indicators._numbers.
 *
 * These texts have no zeros before and behind them, so that nothing may be read beyond their ends.
 */
#include "kernel.h"

WIDE_LOOPS
static int holds_digits(const u8 *codes) {
    u8 found = 0;
    for (int at = 0; at < BLOCK; at++) found |= (u8)(codes[at] - '0') < 10;
    return found;
}

/* Where digits stand in rows that are long enough for a telephone number.
 *
 * kinds: of each byte: 1 a digit, 2 what may stand between two of them.
 * rows:  room for n / least + 1 pairs.
 * Returns how many pairs of beginning and end were written.
 */
EXPORT int64_t rows_of_digits(const u8 *codes, int64_t n, const u8 *kinds, int64_t most_joints, int64_t least, int64_t *rows) {
    int64_t found = 0, digits = 0, first = 0, last = 0, joints = 0, looked = 0;
    for (int64_t at = 0; at < n; at++) {
        if (!digits && at >= looked) {
            while (at + BLOCK <= n && !holds_digits(codes + at)) at += BLOCK;
            if (at == n) break;
            looked = at + BLOCK;
        }
        const u8 kind = kinds[codes[at]];
        if (kind == 1) {
            if (!digits) first = at;
            digits++;
            last = at;
            joints = 0;
        } else if (digits && (kind != 2 || ++joints > most_joints)) {
            if (digits >= least) rows[2 * found] = first, rows[2 * found + 1] = last + 1, found++;
            digits = joints = 0;
        }
    }
    if (digits >= least) rows[2 * found] = first, rows[2 * found + 1] = last + 1, found++;
    return found;
}

static const char *const ZERO_WORDS[] = {"nol", "kosong", "zero", "oh", 0};
static const char *const EIGHT_WORDS[] = {"delapan", "lapan", "eight", 0};
static const char *const SIX_WORDS[] = {"enam", "six", 0};
static const char *const TWO_WORDS[] = {"dua", "two", 0};

/* Whether one of some words begins at a place, and where one of them begins that ends before it, or -1. */
static int begins_with(const u8 *codes, int64_t n, int64_t at, const char *const *words) {
    for (; *words; words++) {
        const int64_t length = (int64_t)strlen(*words);
        if (at + length <= n && !memcmp(codes + at, *words, (size_t)length)) return 1;
    }
    return 0;
}

static int64_t ended_by(const u8 *codes, int64_t end, const char *const *words) {
    for (; *words; words++) {
        const int64_t length = (int64_t)strlen(*words);
        if (end >= length && !memcmp(codes + end - length, *words, (size_t)length)) return end - length;
    }
    return -1;
}

static int is_pause(u8 code) { return code == ' ' || code == '\n' || code == ',' || code == '.' || code == '-'; }

/* Where what stands before up to three pauses ends; the place itself if there is none. */
static int64_t before_pauses(const u8 *codes, int64_t at) {
    int64_t end = at;
    while (end > 0 && at - end < 3 && is_pause(codes[end - 1])) end--;
    return end;
}

/* Where a number may begin whose first eight stands at a place, or -1. */
static int64_t spelled_before(const u8 *codes, int64_t n, int64_t at) {
    if (codes[at] != '8' && !begins_with(codes, n, at, EIGHT_WORDS)) return -1;
    const int64_t end = before_pauses(codes, at);
    if (end == at) return -1;
    const int64_t zero = ended_by(codes, end, ZERO_WORDS);
    if (zero >= 0) return zero;
    if (end >= 2 && codes[end - 2] == '6' && codes[end - 1] == '2') return end - 2;
    const int64_t two = ended_by(codes, end, TWO_WORDS);
    return two < 0 ? -1 : ended_by(codes, before_pauses(codes, two), SIX_WORDS);
}

/* Whether "08..." at a place goes on in words. */
static int goes_on_in_words(const u8 *codes, int64_t n, int64_t at) {
    int64_t here = at + 1, pauses = 0;
    if (here < n && codes[here] == ' ') here++;
    if (here >= n || codes[here] != '8') return 0;
    for (int digits = 0; here < n && digits < 5 && is_digit(codes[here]); digits++) here++;
    for (; here < n && pauses < 3 && is_pause(codes[here]); pauses++) here++;
    return pauses && begins_with(codes, n, here, DIGIT_WORDS);
}

/* Whether a block may hold the first eight of a number in words, or one that begins with figures, or a chat link. */
WIDE_LOOPS
static int holds_spelled(const u8 *codes) {
    u8 found = 0;
    for (int at = 0; at < BLOCK; at++) {
        const u8 *here = codes + at;
        u8 eight = (here[0] == '8') | ((here[0] == 'd') & (here[1] == 'e') & (here[2] == 'l'))
                 | ((here[0] == 'l') & (here[1] == 'a') & (here[2] == 'p')) | ((here[0] == 'e') & (here[1] == 'i') & (here[2] == 'g'));
        u8 pause = (u8)(here[-1] - '\n') <= '.' - '\n'; /* one comparison, of some more than pauses, keeps the loop a wide one */
        u8 figures = (here[0] == '0') & ((here[1] == '8') | (here[1] == ' '));
        u8 linked = (here[0] == 'w') & (((here[1] == 'a') & ((here[2] == '.') | (here[2] == 's'))) | ((here[1] == 'h') & (here[2] == 'a')));
        found |= (eight & pause) | figures | linked;
    }
    return found;
}

/* Where numbers may begin that are written in words, or in words and figures.
 *
 * begins: room for n / 2 + 1 places; some may come twice, and not all in order.
 * Returns how many were written, and in `is_linked` whether a chat link or the name of WhatsApp may stand somewhere.
 */
EXPORT int64_t spelled_begins(const u8 *codes, int64_t n, int64_t *begins, int64_t *is_linked) {
    int64_t found = 0, at = 0;
    *is_linked = 0;
    while (at < n) {
        const int64_t stop = at + BLOCK < n ? at + BLOCK : n;
        if (at && at + BLOCK + 2 <= n && !holds_spelled(codes + at)) {
            at = stop;
            continue;
        }
        for (; at < stop; at++) {
            const u8 code = codes[at];
            int64_t begin = -1;
            if (code == 'w') {
                const u8 next = at + 1 < n ? codes[at + 1] : 0, third = at + 2 < n ? codes[at + 2] : 0;
                *is_linked |= (next == 'a' && (third == '.' || third == 's')) || (next == 'h' && third == 'a');
            } else if (code == '0') {
                if (goes_on_in_words(codes, n, at)) begin = at;
            } else if (code == '8' || code == 'd' || code == 'l' || code == 'e') {
                begin = spelled_before(codes, n, at);
            }
            if (begin >= 0) begins[found++] = begin;
        }
    }
    return found;
}

/* Folding UTF-8 to one plain byte a character: see detector.folding and detector.respelling. */
#include "kernel.h"

/* ---- characters -------------------------------------------------------------------------------- */

static uint32_t point_at(const u8 *in) {
    uint32_t first = in[0], second = in[1] & 0x3F, third = in[2] & 0x3F, fourth = in[3] & 0x3F;
    if (first < 0xE0) return (first & 0x1F) << 6 | second;
    if (first < 0xF0) return (first & 0x0F) << 12 | second << 6 | third;
    return (first & 0x07) << 18 | second << 12 | third << 6 | fourth;
}

static int64_t place_of(const uint32_t *points, int64_t count, uint32_t point) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (points[middle] < point) low = middle + 1; else high = middle;
    }
    return low;
}

/* Write a block in lower case; whether it holds nothing but printable ASCII and line ends, which is all it needs. */
static inline int lowered(const u8 *in, u8 *out) {
    u8 odd = 0;
    for (int at = 0; at < BLOCK; at++) {
        u8 code = in[at];
        odd |= (u8)(((u8)(code - 32) >= 95) & (code != NEWLINE)) | (u8)(code == '`');
        out[at] = (u8)(code + (((u8)(code - 'A') < 26) << 5));
    }
    return !odd;
}

/* What code points are written as; those of several bytes stand in order, each in eight bytes ended by zeros. */
struct characters {
    const u8 *of_byte;      /* 256 */
    const u8 *of_point;     /* 0x110000 */
    const u8 *dressed;      /* 0x110000, 0 or 1 */
    const uint32_t *points; /* n_several */
    const u8 *spelled;      /* n_several * 8 */
    int64_t n_several;
};

struct met {
    int64_t *styled; /* where dressed-up characters begin, n at most */
    int64_t n_styled, n_unseen;
};

WIDE_LOOPS
static int64_t spelled_plainly(const u8 *in, int64_t n, const struct characters *as, u8 *out, struct met *met) {
    int64_t o = 0, i = 0;
    while (i < n) {
        int64_t stop = i + BLOCK;
        if (stop <= n && lowered(in + i, out + o)) {
            i = stop;
            o += BLOCK;
            continue;
        }
        if (stop > n) stop = n;
        for (; i < stop; i++) {
            u8 code = as->of_byte[in[i]];
            if (code == UNSEEN) {
                /* Eight zeros end the text, so three bytes more can be read. */
                uint32_t point = point_at(in + i);
                if (point >= 0x110000) continue;
                if (as->dressed[point]) met->styled[met->n_styled++] = i;
                code = as->of_point[point];
                int64_t place = code == SEVERAL ? place_of(as->points, as->n_several, point) : 0;
                if (code == UNSEEN || (code == SEVERAL && (place == as->n_several || as->points[place] != point))) {
                    met->n_unseen++;
                    continue;
                }
                if (code == SEVERAL) {
                    const u8 *spelled = as->spelled + 8 * place;
                    for (int at = 0; at < 8 && spelled[at]; at++) out[o++] = spelled[at];
                    continue;
                }
            }
            out[o] = code;
            o += code != DROPPED;
        }
    }
    return o;
}

/* ---- layout ------------------------------------------------------------------------------------ */

enum { STACK = 5, LONGEST_STACK = 48 };

static int holds_words(const u8 *codes, int64_t start, int64_t stop) {
    for (int64_t at = start; at <= stop; at++)
        if (codes[at] == BLANK || codes[at] == 0) return 0;
    return 1;
}

/* Words that stand on a line each, STACK at least, are read as one line. */
static void unstack(u8 *codes, int64_t n) {
    int64_t ends[STACK - 1] = {0};
    int64_t met = 0, found = 0;
    for (u8 *at = memchr(codes, NEWLINE, (size_t)n); at; at = memchr(at + 1, NEWLINE, (size_t)(codes + n - at - 1))) {
        int64_t place = at - codes;
        if (met && place - ends[STACK - 2] <= 1) met = 0; /* an empty line */
        memmove(ends, ends + 1, sizeof ends - sizeof *ends);
        ends[STACK - 2] = place;
        met++;
        if (met >= STACK - 1 && place - ends[0] <= LONGEST_STACK && holds_words(codes, ends[0], place)) {
            for (int line = 0; line < STACK - 1; line++) codes[ends[line]] = STACKED;
            found = 1;
        }
    }
    if (found)
        for (u8 *at = memchr(codes, STACKED, (size_t)n); at; at = memchr(at, STACKED, (size_t)(codes + n - at)))
            *at = BLANK;
}

WIDE_LOOPS
static int blanks_meet(const u8 *codes) {
    u8 meet = 0;
    for (int at = 0; at < BLOCK; at++) meet |= (codes[at] == BLANK) & (codes[at + 1] == BLANK);
    return meet;
}

/* Two blanks or more become one wide one. */
static int64_t widened(u8 *codes, int64_t n) {
    int64_t o = 0, i = 0;
    while (i < n) {
        int64_t stop = i + BLOCK;
        if (stop < n && !blanks_meet(codes + i)) {
            if (o != i) memmove(codes + o, codes + i, BLOCK);
            i += BLOCK;
            o += BLOCK;
            continue;
        }
        while (i < n && i < stop) {
            u8 code = codes[i++];
            if (code == BLANK && i < n && codes[i] == BLANK) {
                while (i < n && codes[i] == BLANK) i++;
                code = WIDE;
            }
            codes[o++] = code;
        }
    }
    return o;
}

/* ---- numbers in words --------------------------------------------------------------------------- */

enum { LEAST_WORDS = 7, SHORTEST_ROW = 27, LONGEST_WORD = 8 };

static int is_digit_word(const u8 *word, int64_t length) {
    for (const char *const *some = DIGIT_WORDS; *some; some++)
        if ((*some)[0] == word[0] && (int64_t)strlen(*some) == length && !memcmp(*some, word, (size_t)length)) return 1;
    return 0;
}

static int is_between_words(u8 code) {
    return code == BLANK || code == NEWLINE || code == ',' || code == '.' || code == '-' || code == WIDE;
}

/* How many names of digits stand in a row from one place on, `step` by `step`. */
static int named_in_row(const u8 *codes, int64_t n, int64_t at, int step) {
    int count = 0;
    while (at > 0 && at < n && is_letter(codes[at])) {
        int64_t end = at, pauses = 0;
        while (end >= 0 && end < n && end - at < 9 && at - end < 9 && is_letter(codes[end])) end += step;
        int64_t length = (end - at) * step;
        if (!is_digit_word(step > 0 ? codes + at : codes + end + 1, length)) break;
        count++;
        for (at = end; at > 0 && at < n && pauses < 3 && is_between_words(codes[at]); at += step) pauses++;
        if (!pauses) break;
    }
    return count;
}

/* Whether seven names of digits may stand in a row somewhere. So long a row that one look in SHORTEST_ROW meets it. */
static int may_be_named(const u8 *codes, int64_t n) {
    for (int64_t look = PAD; look < n - PAD; look += SHORTEST_ROW) {
        int64_t at = look;
        for (int pauses = 0; pauses < 3 && is_between_words(codes[at]); pauses++) at++;
        if (!is_letter(codes[at])) continue;
        int64_t back = at;
        while (back > 0 && at - back < LONGEST_WORD && is_letter(codes[back - 1])) back--;
        int after = named_in_row(codes, n, back, 1);
        if (!after) continue;
        int64_t before = back - 1;
        int pauses = 0;
        for (; before > 0 && pauses < 3 && is_between_words(codes[before]); before--) pauses++;
        if (after + (pauses ? named_in_row(codes, n, before, -1) : 0) >= LEAST_WORDS) return 1;
    }
    return 0;
}

/* Fold UTF-8 up to where numbers in words are written in digits.
 *
 * in:  n bytes, the last eight zeros; what is no UTF-8 folds to something.
 * out: room for 8 * n + 64 bytes: none is written as more than eight.
 * styled: room for n.
 * sums: how many bytes were written, how many styled, how many are in no table yet, whether numbers may stand in words.
 */
EXPORT void fold_characters(
    const u8 *in, int64_t n, const u8 *of_byte, const u8 *of_point, const u8 *dressed, const uint32_t *points,
    const u8 *spelled, int64_t n_several, u8 *out, int64_t *styled, int64_t *sums) {
    const struct characters as = {of_byte, of_point, dressed, points, spelled, n_several};
    struct met met = {styled, 0, 0};
    int64_t length = spelled_plainly(in, n, &as, out, &met);
    unstack(out, length);
    length = widened(out, length);
    sums[0] = length;
    sums[1] = met.n_styled;
    sums[2] = met.n_unseen;
    sums[3] = may_be_named(out, length);
}

/* ---- respelling --------------------------------------------------------------------------------- */

static int is_dimension(const u8 *codes, int64_t at) {
    if (codes[at + 1] != 'd' || (codes[at] != '3' && codes[at] != '4')) return 0;
    int second = kind_of(codes[at + 2]), third = kind_of(codes[at + 3]);
    return !(second == LETTER || (second == DIGIT && third == LETTER));
}

static u8 read_as(u8 code) {
    switch (code) {
    case '0': return 'o';
    case '1': return 'i';
    case '3': return 'e';
    case '4': return 'a';
    case '5': return 's';
    case '7': return 't';
    case '8': return 'b';
    default: return code;
    }
}

/* Whether a block may hold a digit within a word, or a word that is spelled letter by letter. */
WIDE_LOOPS
static int is_respelled(const u8 *codes) {
    u8 found = 0;
    for (int at = 0; at < BLOCK; at++) {
        const u8 *here = codes + at;
        u8 digit = (u8)(here[0] - '0') < 10, before = (u8)(here[-1] - 'a') < 26, after = (u8)(here[1] - 'a') < 26;
        u8 alike = (here[0] == here[2]) & (here[0] == here[4]) & (here[0] != here[1]) & (here[0] != here[3]);
        found |= (digit & before & after) | alike;
    }
    return found;
}

static int is_three(const u8 *at) {
    return at[0] == at[2] && at[0] == at[4] && is_spacer(at[0]) && is_single(at[1]) && is_single(at[3]);
}

/* Whether four letters with a separator before each stand by themselves, the first separator at `at`. */
static int is_spelled(const u8 *at, int in_number) {
    int letters = 0;
    for (int place = -1; place <= 5; place += 2) {
        int kind = kind_of(at[place]);
        if (!(kind & SINGLE)) return 0;
        letters += kind == LETTER;
    }
    if (letters < 2 && !in_number) return 0;
    const int wide = at[0] == WIDE ? 2 : at[0] == BLANK ? 1 : 0;
    for (int side = -1; side <= 1; side += 2) {
        const u8 edge = side < 0 ? at[-2] : at[6], next = side < 0 ? at[-3] : at[7], beyond = side < 0 ? at[-4] : at[8];
        if (is_single(edge) || edge >= 128) return 0;
        const int width = edge == WIDE ? 2 : edge == BLANK ? 1 : 0;
        if (is_spacer(edge) && width < wide && is_single(next) && edge == beyond) return 0;
    }
    return 1;
}

static int is_all_digits(const u8 *at) { return is_digit(at[-1]) && is_digit(at[1]) && is_digit(at[3]) && is_digit(at[5]); }

/* Which of the places found are in a number of eight digits or more: marked in `in_number`. */
static void find_numbers(const u8 *codes, const int64_t *threes, u8 *in_number, int64_t count) {
    int64_t last[4] = {0}; /* the four places of nothing but digits before this one */
    int64_t digits = 0;
    for (int64_t which = 0; which < count; which++) {
        in_number[which] = 0;
        if (!is_all_digits(codes + threes[which])) continue;
        if (digits >= 4 && threes[which] - threes[last[0]] == 8) {
            for (int k = 0; k < 4; k++) in_number[last[k]] = 1;
            in_number[which] = 1;
        }
        memmove(last, last + 1, sizeof last - sizeof *last);
        last[3] = which;
        digits++;
    }
}

static int64_t without_dropped(u8 *codes, int64_t n) {
    u8 *first = memchr(codes, DROPPED, (size_t)n);
    if (!first) return n;
    int64_t o = first - codes;
    for (int64_t i = o; i < n; i++) {
        codes[o] = codes[i];
        o += codes[i] != DROPPED;
    }
    return o;
}

WIDE_LOOPS
static int is_drawn_out(const u8 *codes) {
    u8 found = 0;
    for (int at = 0; at < BLOCK; at++) {
        found |= ((codes[at] == codes[at + 1]) & (codes[at] == codes[at + 2]) & ((u8)(codes[at] - 'a') < 26)) | (codes[at] == WIDE);
    }
    return found;
}

/* Of three letters or more alike the first is left, but not of w, for the sake of www; wide blanks become blanks. */
static int64_t shortened(u8 *codes, int64_t n) {
    int64_t o = 0, i = 0;
    while (i < n) {
        int64_t stop = i + BLOCK;
        if (stop + 1 < n && !is_drawn_out(codes + i)) {
            if (o != i) memmove(codes + o, codes + i, BLOCK);
            i += BLOCK;
            o += BLOCK;
            continue;
        }
        while (i < n && i < stop) {
            u8 code = codes[i];
            int64_t run = 1;
            if (is_letter(code) && code != 'w')
                while (i + run < n && codes[i + run] == code) run++;
            if (run > 2) {
                codes[o++] = code;
                i += run;
                continue;
            }
            for (; run; run--, i++) codes[o++] = code == WIDE ? BLANK : code;
        }
    }
    return o;
}

/* Undo digits within words, words spelled letter by letter and drawn-out letters, in place.
 *
 * codes: n of them and room for 64 more, with eight zeros before the first text and after the last.
 * threes, in_number: room for n / 2 + 1 each.
 * Returns how many codes are left.
 */
EXPORT int64_t respell(u8 *codes, int64_t n, int64_t *threes, u8 *in_number) {
    int64_t count = 0;
    for (int64_t i = PAD; i < n - PAD; i += BLOCK) {
        if (!is_respelled(codes + i)) continue;
        for (int64_t at = i; at < i + BLOCK && at < n - PAD; at++) {
            if (is_digit(codes[at])) {
                if (is_letter(codes[at + 1]) && is_letter(codes[at - 1]) && !is_dimension(codes, at)) codes[at] = read_as(codes[at]);
            } else if (is_three(codes + at)) {
                threes[count++] = at;
            }
        }
    }
    if (count) {
        find_numbers(codes, threes, in_number, count);
        int64_t kept = 0;
        for (int64_t which = 0; which < count; which++)
            if (is_spelled(codes + threes[which], in_number[which])) threes[kept++] = threes[which];
        for (int64_t which = 0; which < kept; which++)
            for (int step = 0; step < 5; step += 2) codes[threes[which] + step] = DROPPED;
        if (kept) n = without_dropped(codes, n);
    }
    return shortened(codes, n);
}

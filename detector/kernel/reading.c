/* What folded texts sound like, are laid out like and are written in: see detector.ngrams, style and languages. */
#include <math.h>

#include "kernel.h"

/* ---- n-grams ---------------------------------------------------------------------------------------------- */

/* Every digit as a zero. */
WIDE_LOOPS
EXPORT void mask_digits(const u8 *raw, int64_t n, u8 *codes) {
    for (int64_t at = 0; at < n; at++) codes[at] = is_digit(raw[at]) ? '0' : raw[at];
}

enum { CHUNK = 64 };

/* Which of 64 codes are letters or zeros, the first in the lowest bit. */
WIDE_LOOPS
static uint64_t letters_and_zeros(const u8 *codes) {
    u8 is_within[CHUNK];
    for (int at = 0; at < CHUNK; at++) is_within[at] = (u8)(((u8)(codes[at] - 'a') < 26) | (codes[at] == '0'));
    uint64_t mask = 0;
    for (int at = 0; at < CHUNK; at += 8) mask |= (eight_at(is_within + at) * 0x0102040810204080ull >> 56) << at;
    return mask;
}

static uint64_t letters_and_zeros_to(const u8 *codes, int64_t count) {
    uint64_t mask = 0;
    for (int64_t at = 0; at < count; at++) mask |= (uint64_t)(is_letter(codes[at]) | (codes[at] == '0')) << at;
    return mask;
}

static int first_bit(uint64_t bits) {
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int place = 0;
    while (!(bits >> place & 1)) place++;
    return place;
#endif
}

/* What is known while the words of codes are gone through. */
struct words {
    const u8 *codes;
    const int16_t *of_words, *of_pairs;
    const uint64_t *mix;
    const int64_t *bits;
    int16_t *sums;
    int64_t start, end; /* of the word before, none if its start is -1 */
    uint64_t hash;
};

static inline void add_word(struct words *before, int64_t start, int64_t end) {
    const uint64_t length = (uint64_t)(end - start), *mix = before->mix;
    uint64_t hash = eight_at(before->codes + start) << (64 - 8 * (length < 8 ? length : 8));
    hash = hash * mix[0] + length * mix[1];
    hash ^= hash >> 32;
    before->sums[start] = (int16_t)(before->sums[start] + before->of_words[hash * mix[3] >> (64 - before->bits[1])]);
    const int64_t gap = start - before->end;
    /* Between two texts stand PAD zeros. */
    if (before->start >= 0 && (gap < PAD || !memchr(before->codes + before->end, 0, (size_t)gap))) {
        uint64_t pair = before->hash * mix[2] + hash;
        pair = (pair ^ pair >> 32) * mix[3];
        int16_t *sum = before->sums + before->start;
        *sum = (int16_t)(*sum + before->of_pairs[pair >> (64 - before->bits[2])]);
    }
    before->start = start;
    before->end = end;
    before->hash = hash;
}

/* The weights of all n-grams that begin at each code, as detector.ngrams.carried adds them up.
 *
 * codes: n masked ones, with zeros before the first text and PAD after each.
 * bits:  of the slots of byte n-grams, words and pairs of words, whose tables follow each other in `weights`.
 * sums:  n - PAD + 1 of them, the last one 0.
 */
EXPORT void carry(
    const u8 *codes, int64_t n, const int16_t *weights, uint64_t multiplier, const int64_t *bits, const uint64_t *mix,
    int16_t *sums) {
    const int16_t *of_words = weights + ((int64_t)1 << bits[0]), *of_pairs = of_words + ((int64_t)1 << bits[1]);
    const int shift = 64 - (int)bits[0];
    const int64_t count = n - PAD;
    for (int64_t at = 0; at < count; at++) sums[at] = weights[eight_at(codes + at) * multiplier >> shift];
    sums[count] = 0;
    struct words words = {codes, of_words, of_pairs, mix, bits, sums, -1, 0, 0};
    uint64_t within = 0; /* whether the last code of the chunk before is within a word */
    int64_t start = 0;
    for (int64_t at = 0; at < n; at += CHUNK) {
        const uint64_t mask = at + CHUNK <= n ? letters_and_zeros(codes + at) : letters_and_zeros_to(codes + at, n - at);
        uint64_t edges = mask ^ (mask << 1 | within);
        within = mask >> (CHUNK - 1);
        for (; edges; edges &= edges - 1) {
            const int64_t edge = at + first_bit(edges);
            if (mask >> (edge - at) & 1) start = edge;
            else add_word(&words, start, edge);
        }
    }
}

WIDE_LOOPS
static int64_t added_up(const int16_t *values, int64_t count) {
    int64_t total = 0;
    for (int64_t at = 0; at < count;) {
        /* So few sums of 16-bit numbers fit 32 bits. */
        int64_t stop = count - at > 32768 ? at + 32768 : count;
        int32_t some = 0;
        for (; at < stop; at++) some += values[at];
        total += some;
    }
    return total;
}

/* What each text sounds like, as detector.ngrams.sound says it: as a whole, or its worst part less `margin`. */
EXPORT void sound(
    const u8 *codes, const int16_t *carried, const int64_t *starts, const int64_t *ends, int64_t n_texts, double step,
    double bias, double margin, int64_t ballast, int64_t part, double *heard) {
    for (int64_t which = 0; which < n_texts; which++) {
        const int64_t start = starts[which], end = ends[which];
        const int64_t total = added_up(carried + start, end - start);
        const double whole = (double)total * step / sqrt((double)(end - start + ballast)) + bias;
        double worst = -INFINITY;
        int64_t before = 0, from = start;
        const u8 *at = codes + start;
        while ((at = memchr(at, NEWLINE, (size_t)(codes + end - at)))) {
            const int64_t place = at - codes, lengths[2] = {place - start, end - place};
            before += added_up(carried + from, place - from);
            const int64_t totals[2] = {before, total - before};
            for (int side = 0; side < 2; side++) {
                if (lengths[side] < part) continue;
                const double one = (double)totals[side] * step / sqrt((double)(lengths[side] + ballast)) + bias;
                if (one > worst) worst = one;
            }
            from = place;
            at++;
        }
        heard[which] = worst - margin > whole ? worst - margin : whole;
    }
}

/* The weights of one text but for what stands between two quotation marks that are `least` codes apart or more.
 *
 * sums: the weights; how many codes they are of. Returns whether anything is left out.
 */
EXPORT int64_t outside_quotes(const u8 *codes, const int16_t *carried, int64_t start, int64_t end, int64_t least, int64_t *sums) {
    int64_t total = 0, length = end - start, from = start, opened = -1, found = 0;
    const u8 *at = codes + start;
    while ((at = memchr(at, '"', (size_t)(codes + end - at)))) {
        const int64_t place = at++ - codes;
        /* Marks come in pairs: the first, third, fifth open. */
        if (opened < 0) {
            opened = place;
            continue;
        }
        if (place - opened >= least) {
            total += added_up(carried + from, opened - from);
            length -= place - opened;
            from = place;
            found = 1;
        }
        opened = -1;
    }
    sums[0] = total + added_up(carried + from, end - from);
    sums[1] = length;
    return found;
}

/* Letters, line ends, hashtags and codes of nothing in ASCII in each text: four numbers a text. */
WIDE_LOOPS
EXPORT void tally(const u8 *codes, const int64_t *starts, const int64_t *ends, int64_t n_texts, int64_t *counts) {
    for (int64_t which = 0; which < n_texts; which++) {
        int64_t letters = 0, lines = 0, marks = 0, foreign = 0;
        for (int64_t at = starts[which]; at < ends[which];) {
            /* As many as a byte counts. */
            const int64_t stop = ends[which] - at > 128 ? at + 128 : ends[which];
            u8 some_letters = 0, some_lines = 0, some_marks = 0, some_foreign = 0;
            for (; at < stop; at++) {
                some_letters = (u8)(some_letters + is_letter(codes[at]));
                some_lines = (u8)(some_lines + (codes[at] == NEWLINE));
                some_marks = (u8)(some_marks + (codes[at] == '#'));
                some_foreign = (u8)(some_foreign + (codes[at] >> 7));
            }
            letters += some_letters;
            lines += some_lines;
            marks += some_marks;
            foreign += some_foreign;
        }
        int64_t *here = counts + 4 * which;
        here[0] = letters, here[1] = lines, here[2] = marks, here[3] = foreign;
    }
}

/* ---- languages -------------------------------------------------------------------------------------------- */

/* The likeliest language of each text and the mean log-probability of its trigrams; see detector.languages.
 *
 * words: n_words tables of 2**bits numbers, each of which holds the levels of several languages, `field` bits each.
 */
EXPORT void guess_language(
    const u8 *codes, const int64_t *starts, const int64_t *ends, int64_t n_texts, const uint64_t *words, int64_t n_words,
    int64_t bits, uint64_t multiplier, int64_t stride, int64_t windows, int64_t field, int64_t n_languages, double least,
    double step, int64_t *guess, double *likelihood) {
    const int64_t fields = 64 / field;
    const uint64_t mask = ((uint64_t)1 << field) - 1;
    for (int64_t which = 0; which < n_texts; which++) {
        int64_t count = (ends[which] - starts[which] + stride - 1) / stride;
        if (count > windows) count = windows;
        guess[which] = 0;
        for (int64_t word = 0; word < n_words; word++) {
            const uint64_t *table = words + (word << bits);
            uint64_t total = 0;
            for (int64_t at = 0; at < count; at++)
                total += table[eight_at(codes + starts[which] + stride * at) * multiplier >> (64 - bits)];
            for (int64_t place = 0; place < fields && word * fields + place < n_languages; place++) {
                double sum = (double)(total >> (field * place) & mask) * step;
                sum = (sum + least * (double)count) / (double)count;
                if ((word == 0 && place == 0) || sum > likelihood[which]) {
                    likelihood[which] = sum;
                    guess[which] = word * fields + place;
                }
            }
        }
    }
}

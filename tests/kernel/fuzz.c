/* Calls every function of the kernel with texts made of the pieces it has rules for, in memory of exactly the promised
 * size: run with AddressSanitizer, a byte read or written elsewhere ends it. Arguments: rounds and seed. */
#include <stdio.h>
#include <stdlib.h>

#include "../../detector/kernel/folding.c"
#include "../../detector/kernel/marks.c"
#include "../../detector/kernel/numbers.c"
#include "../../detector/kernel/reading.c"

static uint64_t state;
static uint64_t chance(uint64_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % below;
}

static const char *const PIECES[] = {
    "a", "b", "w", "4", "d", "3", " ", "  ", "\n", ".", "-", "_", "*", ", ", "satu", "dua ", "tiga-", "nol ", "delapan", "sembilan",
    "\xc3\xa9", "\xf0\x9d\x95\x98", "\xef\xac\x82", "\xf0\x9f\x98\x80", "\xe2\x80\x8b", "\xed\xa0\x80", "\xff", "\x80", "\xf8", "aaa",
    "\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd", "\xef\xac\xef\xac\xef\xac", "www", "'", "|", "0812", "62 ", "08 ", "enam ", "wa.me/", "whatsapp", "\"", "#", "\x7f", "ABC", "`", "lapan", "eight", "0",
};

static u8 *text_of(int64_t *size) {
    const int64_t pieces = (int64_t)chance(80);
    u8 *text = calloc((size_t)(PAD * 3 + pieces * 16), 1);
    int64_t at = PAD;
    for (int64_t piece = 0; piece < pieces; piece++) {
        if (!chance(25)) { /* another text */
            at += at > PAD && text[at - 1] ? PAD : 0;
            if (at > PAD * 2 + pieces * 14) break;
        }
        const char *some = PIECES[chance(sizeof PIECES / sizeof *PIECES)];
        if (at + (int64_t)strlen(some) > PAD + pieces * 15) break;
        memcpy(text + at, some, strlen(some));
        at += (int64_t)strlen(some);
    }
    *size = at + PAD;
    u8 *exact = malloc((size_t)*size);
    memcpy(exact, text, (size_t)(at));
    memset(exact + at, 0, PAD);
    free(text);
    return exact;
}

static u8 of_byte[256], of_point[0x110000], dressed[0x110000];

static void read_codes(u8 *codes, int64_t n) {
    u8 *masked = malloc((size_t)n);
    mask_digits(codes, n, masked);
    static int16_t weights[(1 << 10) + (1 << 10) + (1 << 11)];
    const int64_t bits[3] = {10, 10, 11};
    const uint64_t mix[4] = {0x9E3779B97F4A7C15u, 0xC2B2AE3D27D4EB4Fu, 0x165667B19E3779F9u, 0xD6E8FEB86659FD93u};
    int16_t *sums = malloc((size_t)(n - PAD + 1) * sizeof *sums);
    carry(masked, n, weights, 0x9E3779B100000000u, bits, mix, sums);
    const int64_t starts[1] = {PAD - 1}, ends[1] = {n - PAD};
    double heard[1], likelihood[1];
    int64_t counts[4], guess[1], pair[2];
    sound(masked, sums, starts, ends, 1, 0.01, 0, 1, 50, 60, heard);
    tally(masked, starts, ends, 1, counts);
    outside_quotes(masked, sums, starts[0], ends[0], 40, pair);
    static uint64_t words[2 << 13];
    guess_language(masked, starts, ends, 1, words, 2, 13, 0x9E37790000000000u, 2, 60, 12, 9, -9.0, 0.1, guess, likelihood);
    free(sums);
    free(masked);
}

static void find_places(const u8 *codes, int64_t n) {
    static u8 kinds[256];
    for (int code = 0; code < 256; code++) kinds[code] = is_digit((u8)code) ? 1 : code == ' ' || code == '-' || code == 'o' ? 2 : 0;
    u8 *exact = malloc((size_t)n + !n);
    memcpy(exact, codes, (size_t)n);
    int64_t *rows = malloc((size_t)(n / 7 + 1) * 2 * sizeof *rows), *begins = malloc((size_t)(n / 2 + 1) * sizeof *begins), linked;
    rows_of_digits(exact, n, kinds, 9, 7, rows);
    spelled_begins(exact, n, begins, &linked);
    free(begins);
    free(rows);
    free(exact);
}

static const char *const MARKS[] = {
    "<p>", "</p>", "<br />", "<br>", "</a>", "</strong>", "</stronk>", "<a href=\\\"https://a.example/x\\\">", "<a href=\\\"https://",
    "<a ", "<a href=\\\"http", "<", "\\n", "\\\"", "\"", "\n", " ", "\\r", "\\u0026", "\\", "&amp;", "teks", "\xa9", "s://",
};

static uint64_t known_mark(const char *mark, uint64_t mask) {
    uint64_t code = 0;
    for (int at = 0; at < 8 && mark[at]; at++) code |= (uint64_t)(u8)mark[at] << 8 * at;
    return code & mask;
}

static void replace_some(void) {
    const uint64_t every = ~(uint64_t)0;
    const uint64_t known[] = {
        known_mark("<p>", 0xFFFFFF), 0xFFFFFF, 3, 0, 0, known_mark("</p>", 0xFFFFFFFF), 0xFFFFFFFF, 4, 2, 0,
        known_mark("<br>", 0xFFFFFFFF), 0xFFFFFFFF, 4, 1, 1, known_mark("</strong>", every), every, 9, 0, 0,
    };
    char text[1024] = "";
    for (int64_t piece = (int64_t)chance(20); piece > 0; piece--) strcat(text, MARKS[chance(sizeof MARKS / sizeof *MARKS)]);
    strcat(text, "         ");
    const int64_t n = (int64_t)strlen(text);
    u8 *in = malloc((size_t)n), *out = malloc((size_t)n);
    memcpy(in, text, (size_t)n);
    int64_t *links = malloc((size_t)(n / 20 + 1) * 3 * sizeof *links), sums[2];
    replace_marks(in, n, known, 4, 3900, out, links, sums);
    free(links), free(out), free(in);
}

int main(int argc, char **argv) {
    const long rounds = argc > 1 ? atol(argv[1]) : 1000;
    state = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
    for (int code = 0; code < 256; code++) of_byte[code] = code >= 0xC0 ? UNSEEN : code >= 0x80 || (code && code < 9) ? DROPPED : (u8)code;
    for (int code = 'A'; code <= 'Z'; code++) of_byte[code] = (u8)(code + 32);
    for (int point = 0; point < 0x110000; point++) of_point[point] = point % 7 ? (u8)(128 + point % 100) : DROPPED;
    of_point[0xFB02] = SEVERAL;
    of_point[0xE9] = UNSEEN;
    dressed[0x1D558] = dressed[0x34D] = 1;
    const uint32_t points[1] = {0xFB02};
    const u8 spelled[8] = "fl";
    for (long round = 0; round < rounds; round++) {
        int64_t n, sums[4];
        u8 *in = text_of(&n);
        u8 *out = malloc((size_t)(8 * n + 64));
        int64_t *styled = malloc((size_t)n * sizeof *styled);
        fold_characters(in, n, of_byte, of_point, dressed, points, spelled, 1, out, styled, sums);
        u8 *codes = malloc((size_t)sums[0] + 64);
        memcpy(codes, out, (size_t)sums[0]);
        int64_t *threes = malloc((size_t)(sums[0] / 2 + 1) * sizeof *threes);
        u8 *in_number = malloc((size_t)(sums[0] / 2 + 1));
        const int64_t left = respell(codes, sums[0], threes, in_number);
        u8 *folded = malloc((size_t)left);
        memcpy(folded, codes, (size_t)left);
        read_codes(folded, left);
        find_places(folded + PAD, left - 2 * PAD);
        find_places(folded, left);
        replace_some();
        free(folded), free(in_number), free(threes), free(codes), free(styled), free(out), free(in);
    }
    printf("%ld rounds\n", rounds);
    return 0;
}

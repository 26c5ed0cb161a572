/* What both files of the kernel need: kinds of codes, and how a function is made known.
 *
 * The kernel holds the loops that go over every byte of every text. Each of its functions does what numpy's passes do
 * in detector.folding, detector.respelling, detector.ngrams, detector.languages and detector.style, and gives the very
 * same bytes and numbers: those are the reference, and what runs where no compiler was at hand. No function keeps
 * anything, allocates anything or reads outside the arrays it is given; sizes and offsets are in elements.
 */
#ifndef KENTONGAN_KERNEL_H
#define KENTONGAN_KERNEL_H

#include <stdint.h>
#include <string.h>

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

/* One body for any processor and one for those since 2013, chosen when the library is loaded. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE_LOOPS __attribute__((target_clones("avx2", "default")))
#else
#define WIDE_LOOPS
#endif

typedef uint8_t u8;

enum { PAD = 8, BLOCK = 32 };
enum { DROPPED = 1, SEVERAL = 2, UNSEEN = 3, WIDE = 4, STACKED = 5, NEWLINE = 10, BLANK = 32 };
enum { LETTER = 1, SPACER = 2, DIGIT = 4, SINGLE = LETTER | DIGIT };

/* Digits by their names, in Indonesian, Malay and English: see detector.respelling. */
static const char *const DIGIT_WORDS[] = {
    "nol", "kosong", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "lapan", "sembilan",
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", 0,
};

static inline int is_letter(u8 code) { return (u8)(code - 'a') < 26; }
static inline int is_digit(u8 code) { return (u8)(code - '0') < 10; }
static inline int is_single(u8 code) { return is_letter(code) | is_digit(code); }

static inline int is_spacer(u8 code) {
    switch (code) {
    case ' ': case '.': case '-': case '_': case '*': case '|': case ',': case '/': case '~': case '\'': case WIDE:
        return 1;
    default:
        return 0;
    }
}

static inline int kind_of(u8 code) { return is_letter(code) ? LETTER : is_digit(code) ? DIGIT : is_spacer(code) ? SPACER : 0; }

static inline uint64_t eight_at(const u8 *codes) {
    return (uint64_t)codes[0] | (uint64_t)codes[1] << 8 | (uint64_t)codes[2] << 16 | (uint64_t)codes[3] << 24
         | (uint64_t)codes[4] << 32 | (uint64_t)codes[5] << 40 | (uint64_t)codes[6] << 48 | (uint64_t)codes[7] << 56;
}

#endif

"""Fold one character to plain bytes: styled letters, look-alikes of other scripts, digits of every kind."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LOOKALIKES: Final[dict[str, str]] = {
    # Upper case first seen as drawn: Greek Η is an H although its lower case looks like an n.
    **dict(zip("АВЕКМНОРСТУХІЅЈԌ", "abekmhopctyxisjg", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx", strict=True)),
    **dict(zip("авгеікмнорсѕтухјһԁԛԝь", "abreikmhopcstyxjhdqwb", strict=True)),
    **dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True)),
    **dict(zip("օսհոցքյ", "ouhngpj", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
    **dict(zip("ɑɡıłøđħŧƒɩɴⲟⲣⲥⲉ", "agilodhtfinopce", strict=True)),
    **dict(zip("ӏӀѵѡσςΛ", "llvwosa", strict=True)),
    **dict(zip("ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᎾᏢᏒᏚᎢᏙᏔᎩᏃ", "abcdeghijklmoprstvwyz", strict=True)),
    **dict(zip("ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ", "abcdefghijklmnoprstuvwxyz", strict=True)),
    # With a bar or a hook, and turned upside down.
    **dict(zip("ⱥȺƀɓȼȻɖɗɇɆꞙǥǤɠɨƗɉɈꝁƙɱꞥŋꝑɍɌʂŦʈʉɄɏɎƶƵȥ", "aabbccddeefgggiijjkkmnnprrsttuuyyzzz", strict=True)),
    **dict(zip("ɐǝəɟƃɥᴉɾʞʅɯɹʇʌʍʎ", "aeefghijklmrtvwy", strict=True)),
    **{chr(a + i): chr(97 + i) for a in (0x249C, 0x1F110, 0x1F150, 0x1F170, 0x1F1E6) for i in range(26)},
    **dict.fromkeys("Яя", "r"),
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("∕⁄", "/"), **dict.fromkeys("。‧∙⋅", "."), "×": "x",
    # Braille and Hangul have signs that show nothing.
    **dict.fromkeys("\0\t\r\u2800\u3164\uffa0\u115f\u1160", " "),
    **dict.fromkeys("\n\x0b\x0c\x85\u2028\u2029", "\n"),
}  # fmt: skip


def _hashed(character: str) -> int:
    """Put a character outside ASCII into one of the codes 128 to 255, the same on every machine."""
    return 128 + ((ord(character) * 2_654_435_761 >> 12) & 127)


_LONGEST: Final = 8
"""Letters that one character is written as, at most: more mean a sign, as a letter of another script does."""


def fold_character(character: str) -> bytes:
    r"""Fold one character; the empty string means it is dropped.

    Examples:
        >>> fold_character("𝐒"), fold_character("Ⓖ"), fold_character("ﬂ"), fold_character("é")
        (b's', b'g', b'fl', b'e')
        >>> fold_character("\u200b"), fold_character("😀") == fold_character("😀")
        (b'', True)
    """
    if (plain := _LOOKALIKES.get(character)) is not None:
        return plain.encode()
    folded = bytearray()
    for part in unicodedata.normalize("NFKD", character):
        category = unicodedata.category(part)
        if category in {"Mn", "Me", "Cf", "Cc", "Sk", "Co", "Cn"} and part not in "^`~":
            continue
        if category in {"Zs", "Zl", "Zp"}:
            part = " "  # noqa: PLW2901 - the part is what is being folded
        elif category == "Pd":
            part = "-"  # noqa: PLW2901
        elif category in {"Nd", "No"} and (digit := unicodedata.digit(part, None)) is not None:
            part = str(digit)  # noqa: PLW2901
        lowered = _LOOKALIKES.get(part) or part.lower()
        for small in lowered:
            plain = _LOOKALIKES.get(small, small)
            folded += plain.encode() if plain.isascii() else bytes([_hashed(plain)])
    if len(folded) > _LONGEST or (len(folded) > 1 and not folded.isascii()):
        return bytes([_hashed(character)])
    return bytes(folded)


STYLED: Final = (
    (0x1D400, 0x1D7FF),  # mathematical letters and digits
    (0xFF10, 0xFF5A),  # full width
    (0x2460, 0x24FF),  # circled, bracketed
    (0x1F130, 0x1F189),  # squared
    (0x030D, 0x0326), (0x0329, 0x034E), (0x0350, 0x036F),  # strokes and lines, but not the accents that languages write with
)  # fmt: skip
"""Code points that dress a letter up, first and last of each range; see also `STYLED_LETTERS`."""

STYLED_LETTERS: Final = "ℂℊℋℌℍℎℐℑℒℓℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ"
"""The letters that are missing from mathematical alphabets, and small capitals."""


@cache
def dressed() -> NDArray[np.bool_]:
    """Return which code points dress a letter up, shape (0x110000,)."""
    table = np.zeros(0x110000, dtype=bool)
    for first, last in STYLED:
        table[first : last + 1] = True
    table[[ord(one) for one in STYLED_LETTERS]] = True
    return table

"""What users could pick instead: TF-IDF with logistic regression, and counting keywords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.gather import Progress, no_progress
from detector.indicators._finder import Finder
from detector.pipeline import batches
from detector.text import fold

TFIDF: Final = "TF-IDF + logistic"
RULES: Final = "keyword rules"

WORDS: Final = (1, 2)
"""Words in a term, from and to."""

CHARACTERS: Final = (3, 5)
"""Characters in a term, from and to."""


def rules(texts: Sequence[str], finder: Finder) -> NDArray[np.float64]:
    """Count, for each text, findings that speak for a stranger less those that speak for the owner."""
    sign = {"stranger": 1, "owner": -1}
    worth = {name: sign.get(one.speaks_for, 0) for name, one in finder.indicators.items()}
    return np.array(
        [
            float(sum(worth[finding.indicator] for finding in findings))
            for some in batches(texts)
            for findings in finder.find(fold(some))
        ]
    )


def tfidf_across(
    texts: Sequence[str],
    positive: NDArray[np.bool_],
    folds: NDArray[np.int64],
    *,
    seed: int,
    show: Progress = no_progress,
) -> NDArray[np.float64]:
    """Return log-odds of each text by a model fitted on the other folds, shape (n_texts,)."""
    scores = np.zeros(len(texts))
    numbers = np.unique(folds).tolist()
    for done, fold_number in enumerate(numbers, 1):
        held = folds == fold_number
        seen = [text for text, is_held in zip(texts, held, strict=True) if not is_held]
        unseen = [text for text, is_held in zip(texts, held, strict=True) if is_held]
        scores[held] = tfidf(seen, positive[~held], unseen, seed=seed)
        show("peers", done, len(numbers))
    return scores


def tfidf(
    seen: Sequence[str], positive: NDArray[np.bool_], unseen: Sequence[str], *, seed: int
) -> NDArray[np.float64]:
    """Return log-odds of unseen texts by a model fitted on seen ones, shape (n_unseen,)."""
    from scipy import sparse  # noqa: PLC0415 - heavy
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    fitted, asked = [], []
    for vectorizer in _vectorizers():
        fitted.append(vectorizer.fit_transform(seen))
        asked.append(vectorizer.transform(unseen))
    model = LogisticRegression(
        class_weight="balanced", solver="liblinear", max_iter=1_000, random_state=seed
    )
    model.fit(sparse.hstack(fitted).tocsr(), positive)
    scores: NDArray[np.float64] = model.decision_function(sparse.hstack(asked).tocsr())
    return scores


def _vectorizers() -> list[Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    # Terms of a single text teach nothing about any other, and there are millions of them.
    shared = {"min_df": 2, "sublinear_tf": True, "dtype": np.float64}
    return [
        TfidfVectorizer(analyzer="word", ngram_range=WORDS, **shared),
        TfidfVectorizer(analyzer="char", ngram_range=CHARACTERS, **shared),
    ]

"""Sum scores: ends of the scale, reversal, blanks."""

import numpy as np
import pytest
from trialbalance.outcomes.scores.sum_scores import score_sums

NONE = np.zeros(16, dtype=bool)


@pytest.mark.parametrize(("level", "index"), [(1, 0), (2, 25), (3, 50), (5, 100)])
def test_ends_and_middle_of_the_scale(level, index):
    value, best = score_sums(np.full((1, 16), float(level)), 5, NONE, (0, 100))
    assert value[0] == index
    assert best[0] == (level == 5)


def test_one_level_up_on_one_of_sixteen_items_is_a_sixty_fourth():
    answers = np.full((1, 16), 3.0)
    answers[0, 4] = 4
    assert score_sums(answers, 5, NONE, (0, 100))[0][0] == pytest.approx(50 + 100 / 64)


def test_reversing_every_item_mirrors_the_scale():
    answers = np.random.default_rng(3).integers(1, 6, (50, 16)).astype(float)
    plain, turned = (score_sums(answers, 5, flags)[0] for flags in (NONE, ~NONE))
    np.testing.assert_allclose(plain + turned, 1, atol=1e-14)


def test_blanks_are_not_filled_unless_told():
    answers = np.full((3, 16), 4.0)
    answers[1, :2] = np.nan
    answers[2, :] = np.nan
    assert np.isnan(score_sums(answers, 5, NONE)[0]).tolist() == [False, True, True]
    assert np.isnan(score_sums(answers, 5, NONE, missing_up_to=1)[0]).tolist() == [
        False,
        True,
        True,
    ]
    filled = score_sums(answers, 5, NONE, missing_up_to=2)[0]
    assert filled[0] == filled[1] == 0.75
    assert np.isnan(filled[2])


def test_order_of_items_does_not_matter():
    answers = np.random.default_rng(5).integers(1, 6, (10, 16)).astype(float)
    flags = np.arange(16) % 3 == 0
    mixed = np.random.default_rng(6).permutation(16)
    np.testing.assert_allclose(
        score_sums(answers, 5, flags)[0], score_sums(answers[:, mixed], 5, flags[mixed])[0]
    )

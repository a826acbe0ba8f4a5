"""Sentences whose vectors prove an engine right. Written for this purpose: no training data is in a bundle."""

GOLDEN_TITLES = (
    "Parliament votes on the new budget after a long night",
    "Home team wins the final in the last minute",
    "Scientists find water under the surface of a small moon",
    "How to bake bread with four ingredients",
    "Shares fall as the central bank raises rates",
    "新的火车站今天开放",
    "Sängerin kündigt Tournee an",
    "La pluie revient sur tout le pays demain",
)

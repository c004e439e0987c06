"""The nine domains and their families of problems."""

from ..problem import Family
from . import algebra, analysis, biology, chemistry, code, discrete, geometry, number_theory, physics

DOMAINS: dict[str, tuple[Family, ...]] = {
    "algebra": algebra.FAMILIES,
    "analysis": analysis.FAMILIES,
    "biology": biology.FAMILIES,
    "chemistry": chemistry.FAMILIES,
    "code": code.FAMILIES,
    "discrete": discrete.FAMILIES,
    "geometry": geometry.FAMILIES,
    "number_theory": number_theory.FAMILIES,
    "physics": physics.FAMILIES,
}

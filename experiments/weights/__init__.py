"""Weights and what they do to standard errors: design, non-response, longitudinal for any waves, trimmed and calibrated."""

from experiments.weights.raking import Raked, rake
from experiments.weights.survey import Survey, survey_mean, survey_regression, survey_total

__all__ = ["Raked", "Survey", "rake", "survey_mean", "survey_regression", "survey_total"]

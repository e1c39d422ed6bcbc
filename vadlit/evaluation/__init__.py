"""From the scores of test events to ROC curves, counts, reports and figures."""

"""Parts of the section of stage model: endpoints, observed comparisons, what is missing."""

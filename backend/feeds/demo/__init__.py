"""A made-up site to try Siteloop on: generated scenes, laid out as a tour of the loop."""

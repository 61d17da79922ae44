"""From a study's numbers to what its readers find: reports, their states, the page that lists them."""

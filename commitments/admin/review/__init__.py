"""Review at the desk: buttons and confirmation pages, the page of a proposal, the editors' queue."""

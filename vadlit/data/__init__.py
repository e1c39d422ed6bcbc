"""Events and their labels, the frame store, sequences and the data sets made of them."""

"""How people are told: messages, whom they go to, and the channels that carry them."""

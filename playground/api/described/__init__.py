"""What the API says of itself: the fields of its requests, all of it as OpenAPI, and as a page for people."""

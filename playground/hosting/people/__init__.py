"""Who a visitor is and what they may: asked by the page, by the API and by the layers of the server."""
